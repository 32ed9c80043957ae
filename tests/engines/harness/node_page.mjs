// node in the place of a browser: the client and the script of session.html, with what a program there gives the client.

import { createRequire } from 'node:module';
import vm from 'node:vm';

const require = createRequire(new URL('../../../client-js/package.json', import.meta.url));
const WebSocket = require('ws');

export class NodePage {
  /** @param {string} origin where the client's and the session's scripts are, and the gateway */
  static async open(origin) {
    const page = new NodePage(origin);
    for (const path of ['/everwire/client.js', '/session.js']) await page.run(path);
    return page;
  }

  constructor(origin) {
    this.origin = origin;
    this.timers = new Set();
    this.context = vm.createContext({
      WebSocket, fetch, AbortController, TextDecoder, console, clearTimeout, setTimeout: (fn, ms) => this.later(fn, ms),
    });
  }

  later(fn, ms) {
    // As a browser's, it is a number that counts as true: a client that waits for nothing would ask for ever.
    if (this.isOver) return -1;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      fn();
    }, ms);
    this.timers.add(timer);
    return timer;
  }

  /** Through whatever stands in between, as a page would have it. */
  async run(path) {
    const response = await fetch(this.origin + path, { headers: { connection: 'close' } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    vm.runInContext(await response.text(), this.context, { filename: path });
  }

  async evaluate(code) {
    return vm.runInContext(code, this.context);
  }

  /** As when a page is left: nothing of it goes on. */
  stop() {
    this.isOver = true;
    this.timers.forEach(clearTimeout);
  }
}
