// What all engines have in common, whatever drives them: `open` a page, `evaluate` there (the answer is a text), `stop`.

import { fileURLToPath } from 'node:url';

import { until } from '../wait.mjs';

const HERE = new URL('../../', import.meta.url);

/** A file of tests/engines. */
export const path = (relative) => fileURLToPath(new URL(relative, HERE));

/** How long an engine may take for one command, ms; opening a page is the longest. */
const PATIENCE = 30_000;

export class Engine {
  constructor(name) {
    this.name = name;
    this.console = [];
  }

  hear(line) {
    this.console.push(line);
    if (this.console.length > 100) this.console.splice(30, 1);
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

  /** The errors of scripts that nobody caught, among what it wrote on its console. */
  get uncaught() {
    return this.console.filter((line) => /script error|page error|uncaught/i.test(line));
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
    const ended = this.program?.ended.then((code) => {
      throw new Error(`${this.name} ended (${code}) during: ${what}\n${this.said}`);
    });
    try {
      return await Promise.race([promise, late, ...(ended ? [ended] : [])]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop() {
    return this.program.stop();
  }
}
