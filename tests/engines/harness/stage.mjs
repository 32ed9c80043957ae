// What most tests begin with: a gateway, the web server before it, and somebody to talk to. All of it ends with the test.

import assert from 'node:assert/strict';

import { atEnd } from './cleanup.mjs';
import { Front } from './front.mjs';
import { Gateway } from './gateway.mjs';
import { faults } from './ledger.mjs';
import { PlainSession } from './plain_session.mjs';
import { until } from './wait.mjs';

/** @param {import('node:test').TestContext} test */
export async function setUp(test, { settings, pages } = {}) {
  const gateway = await Gateway.start({ settings });
  atEnd(test, () => gateway.stop());
  const front = await Front.start({ gateway, pages });
  atEnd(test, () => front.stop());
  return { gateway, front, base: `${gateway.url}/everwire` };
}

/** Somebody in a room, straight at the gateway. */
export async function partnerIn(test, base, room) {
  const partner = await PlainSession.open(base);
  atEnd(test, () => partner.close());
  await partner.join(room);
  return partner;
}

/** A session in a page of any engine: `ask(code)` evaluates there. */
export class Talk {
  constructor({ ask, partner, room, explain }) {
    Object.assign(this, { ask, partner, room, explain });
    this.saidHere = 0;
    this.saidThere = 0;
  }

  async begin(carriers, url = '') {
    await this.ask(`session.connect('${carriers}', '${url}')`);
    await this.until('session.state()', 'open');
    await this.ask(`session.join('${this.room}')`);
    await this.until('session.replies()', 'joined');
    this.peer = await this.ask('session.peer()');
  }

  async until(code, expected, options = {}) {
    let is;
    const fits = typeof expected === 'function' ? expected : (value) => value === expected;
    await until(async () => fits((is = await this.ask(code))), options.what ?? `${code} is ${expected}`, {
      ...options, explain: async () => `it is ${JSON.stringify(is)}\n${await this.story()}`,
    });
    return is;
  }

  /** The page says so many more numbers. */
  async say(count) {
    const first = this.saidHere + 1;
    this.saidHere += count;
    await this.ask(`session.say('${this.room}', ${first}, ${this.saidHere})`);
  }

  /** The other one does. */
  async beTold(count) {
    const first = this.saidThere + 1;
    this.saidThere += count;
    await this.partner.say(this.room, first, this.saidThere);
  }

  /**
   * Waits until as many have come as were said, either way and back to the page itself, and checks that each did once and in
   * order.
   */
  async settle(options) {
    await until(() => this.partner.heard(this.room).length >= this.saidHere, `${this.saidHere} messages come from the page`, {
      explain: () => this.story(), ...options,
    });
    for (const [whose, count] of [['heard', this.saidThere], ['own', this.saidHere]]) {
      await this.until(`session.${whose}()`, (text) => numbers(text).length >= count, {
        what: `${count} messages (${whose}) come to the page`, ...options,
      });
    }
    const wrong = await this.faults();
    if (wrong) assert.fail(`${wrong}\n${await this.story()}`);
  }

  /** What is wrong with what has come so far, in words. */
  async faults() {
    const [heard, own] = [numbers(await this.ask('session.heard()')), numbers(await this.ask('session.own()'))];
    return [
      ['to the page', faults(heard, this.saidThere)],
      ['back to the page', faults(own, this.saidHere)],
      ['from the page', faults(this.partner.heard(this.room), this.saidHere)],
    ].filter(([, wrong]) => wrong).map(([way, wrong]) => `${way}: ${wrong}`).join('\n');
  }

  async story() {
    const told = await this.ask('session.story()').catch((error) => error.message);
    return `the session in the page: ${told}\n${this.partner.said}\n${await this.explain?.() ?? ''}`;
  }
}

const numbers = (text) => (text ? text.split(',').map(Number) : []);
