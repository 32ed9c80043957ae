// A proxy that does what proxies do to WebSockets, streams and posts, and a line before it that is as long as a test wants.
// What it does is a list of faults (harness/faults.mjs) that may change at any moment.

import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';

import { Line } from './line.mjs';
import { pause } from './wait.mjs';

/** Headers that speak of one connection, not of the exchange. */
const HOPS = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection'];

export class FaultProxy {
  /**
   * @param {number | ((path: string) => number)} target the port behind it, by path where there are several
   * @param {{faults?: object[], latency?: number, setUp?: number, cutAfter?: {up?: number, down?: number}}} options
   *   `faults` of harness/faults.mjs; the others are the line's
   */
  static async start(target, { faults = [], ...line } = {}) {
    const proxy = new FaultProxy(typeof target === 'function' ? target : () => target, faults);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.line = await Line.start(proxy.server.address().port, line);
    proxy.port = proxy.line.port;
    proxy.url = `http://127.0.0.1:${proxy.port}`;
    return proxy;
  }

  constructor(target, faults) {
    this.target = target;
    this.faults = faults;
    this.exchanges = [];
    /** How often any fault has struck. */
    this.struck = 0;
    this.sockets = new Set();
    this.server = http.createServer((request, response) => this.serve(request, response).catch(() => response.destroy()));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('connection', (socket) => this.keep(socket));
    this.server.keepAliveTimeout = 60_000;
  }

  keep(socket) {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }

  /** Cuts every connection. */
  cut() {
    this.line.cut();
  }

  get cuts() {
    return this.line.cuts;
  }

  get said() {
    return `the proxy's last requests:\n  ${this.exchanges.slice(-40).join('\n  ') || 'none'}`;
  }

  stop() {
    this.line.stop();
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
  }

  /** What befalls this request. */
  fate(request) {
    const fate = Object.assign({}, ...this.faults.filter(({ fits }) => !fits || fits(request)));
    if (fate.hangs || fate.answers || fate.swallows || fate.holds || fate.strips) this.struck += 1;
    return fate;
  }

  note(request, what) {
    this.exchanges.push(`${request.method} ${request.url} ${what}`);
  }

  // ---- Requests

  async serve(request, response) {
    const fate = this.fate(request);
    if (fate.hangs) return this.note(request, 'hangs');
    if (fate.answers) {
      request.resume();
      this.note(request, `answered ${fate.answers.status} here`);
      return response.writeHead(fate.answers.status, fate.answers.headers).end(fate.answers.body);
    }
    const upstream = http.request({
      host: '127.0.0.1', port: this.target(request.url), method: request.method, path: request.url, agent: false,
      headers: onward(request.headers, fate.strips?.request),
    });
    // Who went away is not waited for: what is behind has to see it.
    response.on('close', () => upstream.destroy());
    upstream.on('error', () => response.destroy());
    upstream.on('response', (answer) => this.back(fate, answer, request, response).catch(() => response.destroy()));
    if (!fate.swallows) return request.pipe(upstream);
    this.note(request, 'swallowed');
    request.resume();
    return upstream.flushHeaders();
  }

  async back(fate, answer, request, response) {
    this.note(request, answer.statusCode);
    if (fate.holds) await pause(fate.holds);
    const parts = [];
    const buffers = fate.buffers?.(answer);
    if (buffers) this.struck += 1;
    else this.begin(fate, answer, response);
    for await (const part of answer) {
      if (buffers) parts.push(part);
      else response.write(part);
    }
    if (buffers) this.begin(fate, answer, response);
    response.end(Buffer.concat(parts));
  }

  begin(fate, answer, response) {
    response.writeHead(answer.statusCode, onward(answer.headers, fate.strips?.answer));
    // A stream's head comes before anything of it does.
    if (answer.headers['content-length'] === undefined) response.flushHeaders();
  }

  // ---- Upgrades

  upgrade(request, socket, head) {
    const fate = this.fate(request);
    if (fate.hangs) return this.note(request, 'upgrade hangs');
    if (fate.answers) {
      this.note(request, `upgrade answered ${fate.answers.status} here`);
      return socket.end(raw(`HTTP/1.1 ${fate.answers.status} ${http.STATUS_CODES[fate.answers.status]}`, fate.answers.headers, fate.answers.body));
    }
    this.note(request, 'upgrade');
    const upstream = net.connect(this.target(request.url), '127.0.0.1');
    this.keep(upstream);
    const kept = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !fate.strips?.request?.includes(name)));
    upstream.write(raw(`${request.method} ${request.url} HTTP/1.1`, kept));
    for (const [one, other] of [[socket, upstream], [upstream, socket]]) one.on('close', () => other.destroy());
    socket.on('data', (bytes) => this.starves(request, 'up') || upstream.write(bytes));
    if (head.length && !this.starves(request, 'up')) upstream.write(head);
    let opened = false;
    upstream.on('data', (bytes) => {
      // The handshake itself passes, whatever becomes of what is behind it.
      const end = opened ? 0 : bytes.indexOf('\r\n\r\n');
      const handshake = opened ? 0 : end < 0 ? bytes.length : end + 4;
      opened ||= end >= 0;
      socket.write(this.starves(request, 'down') ? bytes.subarray(0, handshake) : bytes);
    });
    return undefined;
  }

  /** Asked for each piece that comes: faults change. */
  starves(request, way) {
    const starved = this.faults.some(({ fits, starves }) => starves?.[way] && (!fits || fits(request)));
    if (starved) this.struck += 1;
    return starved;
  }
}

function onward(headers, stripped = []) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOPS.includes(name) && !stripped.includes(name)));
}

function raw(first, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body)}`, 'connection: close');
  return `${[first, ...lines].join('\r\n')}\r\n\r\n${body ?? ''}`;
}
