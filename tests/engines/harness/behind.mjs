// A page whose gateway stands behind a proxy, and somebody it talks to who does not.

import assert from 'node:assert/strict';

import { consoleOf, openWindow } from './chromium.mjs';
import { atEnd } from './cleanup.mjs';
import { launch } from './engines/index.mjs';
import { CARRIERS } from './gateway.mjs';
import { startProxy } from './proxies.mjs';
import { Relay } from './relay.mjs';
import { partnerIn, setUp, Talk } from './stage.mjs';
import { Stillness } from './stillness.mjs';
import { until } from './wait.mjs';

/** Messages each way, and in how many bursts they go; between two, everything is cut. */
const COUNT = 200;
const ROUNDS = 5;
/** The longest that nothing may be delivered: that a cut takes to be noticed and answered on a busy machine, ms. */
const STILL = 5000;
/** A single wait for what comes late by a fault, ms. */
const LONG = 60_000;

/**
 * @param {object} chromium a running one; a name of harness/engines/index.mjs: that engine
 * @param {string} file what harness/proxies.mjs starts
 * @param {string} names the carriers that the client may use
 */
export async function behind(test, chromium, file, names = CARRIERS.join()) {
  const { gateway, front, base } = await setUp(test);
  const proxy = await startProxy(file, { gateway, site: front });
  atEnd(test, () => proxy.stop());
  const relay = await Relay.start(proxy.port);
  atEnd(test, () => relay.stop());
  const url = proxy.isForward ? front.url : `${proxy.scheme}://127.0.0.1:${relay.port}`;
  const { ask, said } = await (typeof chromium === 'string' ? inEngine : inChromium)(test, chromium, `${url}/session.html`, proxy.isForward && relay);
  const partner = await partnerIn(test, base, 'pub');
  const explain = () => `${said()}\n${proxy.said}`;
  const talk = new Talk({ ask, partner, room: 'pub', explain });
  await talk.begin(names);
  return { test, talk, relay, gateway, proxy };
}

async function inChromium(test, chromium, url, forward) {
  // Without the exception that it makes for the machine it runs on.
  const told = forward ? { proxy: { server: `http://127.0.0.1:${forward.port}`, bypass: '<-loopback>' } } : {};
  const page = await openWindow(chromium, url, { ignoreHTTPSErrors: true, ...told });
  atEnd(test, () => page.context().close());
  return { ask: (code) => page.evaluate(code), said: () => consoleOf(page) };
}

async function inEngine(test, name, url) {
  const engine = await launch(name);
  atEnd(test, () => engine.stop());
  await engine.open(url);
  return { ask: (code) => engine.evaluate(code), said: () => engine.said };
}

/**
 * Both talk at once, in bursts, and in between everything is cut. The test's output tells for how long nothing could be
 * delivered.
 *
 * @param {{still?: number, rounds?: number, cuts?: number}} options `still`: how long that may be at most, ms; `rounds`: bursts;
 *   `cuts`: behind how many of them everything is cut
 */
export async function converse({ talk, relay, test }, { still = STILL, rounds = ROUNDS, cuts = rounds - 1 } = {}) {
  const stillness = new Stillness({ talk });
  try {
    const burst = COUNT / rounds;
    for (let round = 0; round < rounds; round += 1) {
      await talk.say(burst / 2);
      await talk.beTold(burst / 2);
      await talk.ask(`session.ask('sum', ${round})`);
      if (round < cuts) relay.cut();
      await talk.say(burst / 2);
      await talk.beTold(burst / 2);
      // Somewhere in the middle of it, and not always at the same place.
      await until(async () => Number(await talk.ask('session.count()')) > talk.saidThere - burst, 'some of it came', { limit: LONG, explain: () => talk.story() });
    }
    await talk.settle({ limit: LONG });
    await talk.until('session.replies()', ['joined', ...Array(rounds).keys()].join(), { limit: LONG });
  } finally {
    await stillness.stop();
  }
  await told(test, stillness, still, talk);
  assert.ok(relay.cuts > 0, 'something was cut');
  assert.equal(await talk.ask('session.opened()'), 'new', 'one session, never lost');
}

async function told(test, { longest }, still, talk) {
  const words = Object.entries(longest).map(([way, ms]) => `${ms} ms ${way}`).join(', ');
  test.diagnostic(`nothing could be delivered for at most ${words}`);
  for (const ms of Object.values(longest)) assert.ok(ms <= still, `nothing could be delivered for ${words}\n${await talk.story()}`);
}

/** The page closes its session; the gateway says what it saw of it. */
export async function ended({ talk, gateway }) {
  await talk.ask('session.close()');
  return gateway.record(talk.peer);
}

/** Streams and what is like one: whoever gets no part of an answer before its end can have none of these. */
export const FLOWING = ['stream', 'sse', 'frame'];
export const POLLS = ['long-poll', 'jsonp', 'short-poll'];

/**
 * Fails unless the session was carried by one of `some` at least, and by none of `none`; the test's output tells by which.
 *
 * @param {{some?: string[], none?: string[]}} expected
 */
export function carried(test, { carriers, undelivered }, { some = CARRIERS, none = [] }) {
  const used = CARRIERS.filter((name) => carriers[name] > 0);
  const words = `carried by ${used.map((name) => `${name} (${carriers[name]})`).join(', ')}`;
  test.diagnostic(words);
  assert.ok(used.some((name) => some.includes(name)), words);
  assert.deepEqual(used.filter((name) => none.includes(name)), [], words);
  assert.equal(undelivered, 0);
}
