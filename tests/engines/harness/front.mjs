// The web server in front of a gateway that the engines talk to: serves the test's own pages, passes everything else on
// (WebSockets too), and can fail in every way a network does, at a moment that the test chooses.

import http from 'node:http';
import net from 'node:net';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';

import { remoteAt } from './remote.mjs';

const PAGES = new URL('../pages/', import.meta.url);
/** What is put into a page, by the engine that asks for it: see the files themselves. */
const ADDED = [
  [/MSIE|Firefox\/3\.6/, 'prelude.js', (html, script) => html.replace(/<head[^>]*>/i, (head) => head + script)],
  // At the end: what is put into a page while it is read makes NetSurf forget the rest of it.
  [/NetSurf/, 'remote.js', (html, script) => html.replace(/<\/body>/i, (end) => script + end)],
];
/** Another build of the client than the one inside the gateway, to try it without building the gateway. */
const CLIENT = process.env.EVERWIRE_CLIENT && readFileSync(process.env.EVERWIRE_CLIENT, 'utf8');
const CLIENTS = CLIENT ? { '/everwire/client.js': CLIENT, '/everwire/client.min.js': CLIENT } : {};
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css' };

/** Headers that speak of one connection, not of the exchange. */
const HOPS = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'accept-encoding', 'proxy-connection'];

export class Front {
  /**
   * @param {{gateway: {port: number}, pages?: Record<string, string>, commands?: Record<string, (query: URLSearchParams,
   *   exchange: {request: http.IncomingMessage, response: http.ServerResponse}) => any>}} options `pages`: path → HTML, beside
   *   the files of pages/; `commands`: what a page may ask of the test, by path: it is answered at once, or when the promise is;
   *   `host`: an address of this machine
   */
  static async start({ gateway, pages = {}, commands = {}, host = '127.0.0.1' }) {
    const front = new Front(gateway, pages, commands);
    front.server.listen(0, host);
    await once(front.server, 'listening');
    front.port = front.server.address().port;
    front.url = `http://${host}:${front.port}`;
    return front;
  }

  constructor(gateway, pages, commands) {
    this.gateway = gateway;
    this.commands = commands;
    this.pages = { ...CLIENTS, ...pages };
    this.sockets = new Set();
    this.exchanges = [];
    this.ambushes = [];
    this.starving = false;
    this.waiting = [];
    // Who goes away in the middle of a request has nobody to be told.
    this.server = http.createServer((request, response) => this.serve(request, response).catch(() => response.destroy()));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('connection', (socket) => this.keep(socket));
    // Old clients may think for long between two requests.
    this.server.keepAliveTimeout = 60_000;
  }

  keep(socket) {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }

  // ---- What a test does to it

  /** Cuts every connection, without a word; but for one, where that is given. */
  cut(spared) {
    this.sockets.forEach((socket) => socket === spared || socket.destroy());
  }

  /**
   * Cuts one exchange with the gateway, at the next request that fits.
   *
   * @param {'before' | 'torn' | 'midway' | 'after'} when before: the gateway never sees the request; torn: it sees half of it;
   *   midway: half of its answer arrives; after: nothing of its answer does
   * @returns {{struck: string | undefined}} the request's method and path, once that is done
   */
  ambush(when, fits) {
    const ambush = { when, fits, struck: undefined };
    this.ambushes.push(ambush);
    return ambush;
  }

  /** From now on nothing moves, and nobody is told. */
  starve() {
    this.starving = true;
    this.sockets.forEach((socket) => socket.pause());
  }

  /** What was held moves on. */
  heal() {
    this.starving = false;
    this.sockets.forEach((socket) => socket.resume());
    this.waiting.splice(0).forEach((proceed) => proceed());
  }

  /** What it saw last, for a failure's message. */
  get said() {
    return `the last requests:\n  ${this.exchanges.slice(-30).join('\n  ') || 'none'}`;
  }

  async stop() {
    this.heal();
    this.server.close();
    this.cut();
  }

  // ---- Serving

  async serve(request, response) {
    const url = new URL(request.url, this.url);
    const { pathname: path } = url;
    if (this.starving) await new Promise((proceed) => this.waiting.push(proceed));
    if (this.commands[path]) return this.command(url, request, response);
    if (path.startsWith('/remote/')) return remoteAt(this.port).serve(url, (script) => this.script(request, response, script));
    const page = this.pages[path] ?? file(path);
    if (page === undefined) return this.pass(request, response);
    const type = TYPES[/\.(\w+)$/.exec(path)?.[1]] ?? TYPES.html;
    return this.answer(request, response, 200, { 'content-type': type, 'cache-control': 'no-store' }, Buffer.from(page));
  }

  /** What a page asks of the test; by whatever means, so the answer is a script that does nothing. */
  async command(url, request, response) {
    const text = await this.commands[url.pathname](url.searchParams, { request, response });
    this.script(request, response, `/*${text ?? ''}*/`);
  }

  script(request, response, text) {
    return this.answer(request, response, 200, { 'content-type': TYPES.js, 'cache-control': 'no-store' }, Buffer.from(text));
  }

  async pass(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const ambush = this.spring(request);
    if (ambush?.when === 'before') return this.strike(ambush, request, response);
    const upstream = http.request({
      host: '127.0.0.1', port: this.gateway.port, method: request.method, path: request.url, headers: onward(request.headers), agent: false,
    });
    // Who went away is not waited for: the gateway has to see it.
    response.on('close', () => upstream.destroy());
    upstream.on('error', () => response.destroy());
    const sent = Buffer.concat(chunks);
    if (ambush?.when === 'torn') return this.tear(ambush, upstream, sent, request, response);
    upstream.end(sent);
    upstream.on('response', (answer) => this.back(answer, ambush, request, response).catch(() => response.destroy()));
  }

  /** The gateway's answer. What has an end is passed on when it is there; what flows, as it comes. */
  async back(answer, ambush, request, response) {
    const flows = answer.headers['content-length'] === undefined && ![204, 304].includes(answer.statusCode);
    if (flows && !ambush) return this.flow(answer, request, response);
    const parts = [];
    for await (const part of answer) parts.push(part);
    if (this.starving) await new Promise((proceed) => this.waiting.push(proceed));
    const body = Buffer.concat(parts);
    if (!ambush) return this.answer(request, response, answer.statusCode, onward(answer.headers), body);
    if (ambush.when === 'midway') await this.half(response, answer, body);
    return this.strike(ambush, request, response);
  }

  async flow(answer, request, response) {
    this.exchanges.push(`${request.method} ${request.url} ${answer.statusCode} flows`);
    response.writeHead(answer.statusCode, onward(answer.headers));
    response.flushHeaders();
    for await (const part of answer) {
      if (this.starving) await new Promise((proceed) => this.waiting.push(proceed));
      response.write(part);
    }
    response.end();
  }

  answer(request, response, status, headers, body) {
    this.exchanges.push(`${request.method} ${request.url} ${status}`);
    // Pages only: what the gateway writes into a frame is none.
    const page = /^text\/html/.test(headers['content-type'] ?? '') && !request.url.includes('/session/');
    const whole = page ? withAdded(body, request.headers['user-agent'] ?? '') : body;
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': whole.length }) });
    response.end(request.method === 'HEAD' ? undefined : whole);
  }

  spring(request) {
    const index = this.ambushes.findIndex(({ fits }) => fits(request));
    return index < 0 ? undefined : this.ambushes.splice(index, 1)[0];
  }

  strike(ambush, request, response) {
    const what = `${request.method} ${request.url}`;
    this.exchanges.push(`${what} cut ${ambush.when}`);
    response.destroy();
    ambush.struck = what;
  }

  /** The gateway is promised the whole body, and gets half of it. */
  async tear(ambush, upstream, body, request, response) {
    await new Promise((written) => upstream.write(body.subarray(0, body.length >> 1), written));
    upstream.destroy();
    this.strike(ambush, request, response);
  }

  half(response, answer, body) {
    response.writeHead(answer.statusCode, { ...onward(answer.headers), 'content-length': body.length });
    return new Promise((written) => response.write(body.subarray(0, body.length >> 1), written));
  }

  upgrade(request, socket, head) {
    this.exchanges.push(`${request.method} ${request.url} upgrade`);
    const upstream = net.connect(this.gateway.port, '127.0.0.1');
    this.keep(upstream);
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
    for (const [one, other] of [[socket, upstream], [upstream, socket]]) one.on('close', () => other.destroy());
    if (this.starving) this.sockets.forEach((each) => each.pause());
  }
}

function file(path) {
  const name = /^\/([\w-]+\.(?:html|js|css))$/.exec(path)?.[1];
  try {
    return name && readFileSync(new URL(name, PAGES), 'utf8');
  } catch {
    return undefined;
  }
}

function onward(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOPS.includes(name)));
}

/** What stands for an old browser knows more than that did, and what can't be driven has to ask for commands. */
function withAdded(body, agent) {
  const added = ADDED.filter(([fits]) => fits.test(agent));
  if (!added.length) return body;
  return Buffer.from(added.reduce((html, [, name, put]) => put(html, `<script>${file(`/${name}`)}</script>`), body.toString('utf8')));
}

/** The requests that a test lies in wait for. */
export const isPoll = (request) => request.method === 'GET' && /\/messages\?/.test(request.url);
export const isPost = (request) => request.method === 'POST' && /\/messages/.test(request.url);
export const isOpening = (request) => request.method === 'POST' && /\/session(\?|$)/.test(request.url);
