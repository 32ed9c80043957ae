// A page whose gateway stands behind a proxy, and somebody it talks to who does not.

import assert from 'node:assert/strict';

import { consoleOf, openWindow } from './chromium.mjs';
import { atEnd } from './cleanup.mjs';
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

export async function behind(test, chromium, file, names = 'ws,long-poll,short-poll') {
  const { gateway, front, base } = await setUp(test);
  const proxy = await startProxy(file, { gateway, site: front });
  atEnd(test, () => proxy.stop());
  const relay = await Relay.start(proxy.port);
  atEnd(test, () => relay.stop());
  const page = await openWindow(chromium, `${proxy.scheme}://127.0.0.1:${relay.port}/session.html`, { ignoreHTTPSErrors: true });
  atEnd(test, () => page.context().close());
  const partner = await partnerIn(test, base, 'pub');
  const explain = () => `${consoleOf(page)}\n${proxy.said}`;
  const talk = new Talk({ ask: (code) => page.evaluate(code), partner, room: 'pub', explain });
  await talk.begin(names);
  return { test, talk, relay, gateway, proxy };
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
