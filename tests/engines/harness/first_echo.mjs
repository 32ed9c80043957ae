// How long it takes from `connect()` to the first echo, for Everwire and others, through the same proxy: in a page in Chromium,
// each client against its own server.

import http from 'node:http';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { openWindow } from './chromium.mjs';
import { FaultProxy } from './fault_proxy.mjs';
import { everythingBuffered, framesDropped, upgradeAnswered, upgradeHangs } from './faults.mjs';
import { Front } from './front.mjs';
import { until } from './wait.mjs';

const require = createRequire(import.meta.url);

/** One way, ms: a round trip is twice that. */
const LATENCY = 50;
export const ROUND_TRIP = 2 * LATENCY;

/** What stands in between. */
export const CLASSES = {
  clean: () => [],
  'Upgrade hangs': () => [upgradeHangs()],
  'Upgrade answered 400': () => [upgradeAnswered(400)],
  'buffering, Upgrade answered 400': () => [everythingBuffered(), upgradeAnswered(400)],
  'WebSocket opens, frames dropped': () => [framesDropped({ up: true, down: true })],
};

export const CLIENTS = ['everwire', 'socket.io-client', 'sockjs-client'];

/** In the page: connects, says something, and gives the time of the echo, ms. */
const PAGE = `<!DOCTYPE html><html><head><title>First echo</title>
<script src="/everwire/client.min.js"></script><script src="/others/socketio.js"></script><script src="/others/sockjs.js"></script>
<script>
var clients = {
  'everwire': function (done) {
    var wire = everwire.connect('/everwire');
    wire.emit('ask', 'echo', function (error, reply) { done(reply, function () { wire.close(); }); });
  },
  'socket.io-client': function (done) {
    var socket = io({ path: '/socket.io', forceNew: true });
    socket.emit('ask', 'echo', function (reply) { done(reply, function () { socket.close(); }); });
  },
  'sockjs-client': function (done) {
    var socket = new SockJS('/sockjs');
    socket.onopen = function () { socket.send('echo'); };
    socket.onmessage = function (event) { done(event.data, function () { socket.close(); }); };
  }
};
function measure(name) {
  return new Promise(function (resolve, reject) {
    var began = performance.now();
    clients[name](function (reply, close) {
      var took = performance.now() - began;
      close();
      if (reply === 'echo') { resolve(took); } else { reject(new Error(name + ' brought ' + reply)); }
    });
  });
}
</script></head><body></body></html>`;

/** socket.io's and sockjs's own servers, that say back what they hear. */
async function startOthers() {
  const server = http.createServer((_, response) => response.writeHead(404).end());
  const { Server } = require('socket.io');
  const io = new Server(server, { path: '/socket.io' });
  io.on('connection', (socket) => socket.on('ask', (data, reply) => reply(data)));
  const sockjs = require('sockjs').createServer({ log: () => {} });
  sockjs.on('connection', (connection) => connection.on('data', (data) => connection.write(data)));
  sockjs.installHandlers(server, { prefix: '/sockjs' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    io.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, stop };
}

const dist = (file) => readFileSync(new URL(`../node_modules/${file}`, import.meta.url), 'utf8');

/** Where everything stands: a proxy for each class, before the gateway, the others and the page. */
export class Course {
  static async set({ gateway, chromium }) {
    const course = new Course();
    course.chromium = chromium;
    course.others = await startOthers();
    const pages = {
      '/echo.html': PAGE,
      '/others/socketio.js': dist('socket.io-client/dist/socket.io.min.js'),
      '/others/sockjs.js': dist('sockjs-client/dist/sockjs.min.js'),
    };
    course.front = await Front.start({ gateway, pages });
    const isScript = (path) => /^\/everwire\/[\w.]+\.js$/.test(path);
    course.target = (path) => {
      if (/^\/(socket\.io|sockjs)\//.test(path)) return course.others.port;
      return path.startsWith('/everwire/') && !isScript(path) ? gateway.port : course.front.port;
    };
    return course;
  }

  /**
   * One time, ms, in a window of its own: nothing is remembered of the last one.
   *
   * @param {string} what of `CLASSES`
   * @param {boolean} cold a new connection has to be made even for the first request
   */
  async run(what, name, cold = false) {
    const proxy = await FaultProxy.start(this.target, { latency: LATENCY, setUp: 1 });
    const page = await openWindow(this.chromium, `${proxy.url}/echo.html`);
    try {
      proxy.faults = CLASSES[what]();
      if (cold) await this.cool(proxy);
      return await page.evaluate(`measure('${name}')`);
    } finally {
      await page.context().close();
      proxy.stop();
    }
  }

  /** Closes what the page has left open, and waits until nothing is. */
  async cool(proxy) {
    await until(() => {
      proxy.cut();
      return proxy.line.pairs.size === 0;
    }, 'no connection is left');
  }

  stop() {
    this.front.stop();
    this.others.stop();
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[sorted.length >> 1];
}

/** As a table of Markdown: a row for each client, a column for each class. @param {Map<string, number>} times by `client class` */
export function table(times) {
  const cells = (name) => Object.keys(CLASSES).map((what) => `${Math.round(times.get(`${name} ${what}`))}`);
  return [
    `| ms | ${Object.keys(CLASSES).join(' | ')} |`, `|${'---|'.repeat(Object.keys(CLASSES).length + 1)}`,
    ...CLIENTS.map((name) => `| ${[name, ...cells(name)].join(' | ')} |`),
  ].join('\n');
}

/**
 * What `pick` makes of the times of several runs of everything, by `client class`. All take turns, so that what else the machine
 * does befalls each.
 *
 * @param {{runs: (name: string) => number, pick: (times: number[]) => number, cold?: boolean, atOnce?: number}} options `runs`:
 *   of each client; `atOnce`: windows
 */
export async function measureAll(course, { runs, pick, cold = false, atOnce = 1 }) {
  const times = new Map();
  const most = Math.max(...CLIENTS.map(runs));
  const jobs = Array.from({ length: most }, (_, run) => CLIENTS.filter((name) => run < runs(name))
    .flatMap((name) => Object.keys(CLASSES).map((what) => [what, name]))).flat();
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const [what, name] = job;
      const key = `${name} ${what}`;
      const time = await course.run(what, name, cold);
      times.set(key, [...times.get(key) ?? [], time]);
    }
  };
  // The browser's own first steps are not the matter.
  await course.run('clean', CLIENTS[0]);
  await Promise.all(Array.from({ length: atOnce }, work));
  return new Map([...times].map(([key, all]) => [key, pick(all)]));
}
