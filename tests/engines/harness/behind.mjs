// A page whose gateway stands behind a proxy, and somebody it talks to who does not.

import assert from 'node:assert/strict';

import { consoleOf, openWindow } from './chromium.mjs';
import { atEnd } from './cleanup.mjs';
import { startProxy } from './proxies.mjs';
import { Relay } from './relay.mjs';
import { partnerIn, setUp, Talk } from './stage.mjs';
import { until } from './wait.mjs';

/** Messages each way, and how often everything is cut while they go. */
const COUNT = 200;
const CUTS = 4;

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
  return { talk, relay, gateway, proxy };
}

/** Both talk at once, in bursts, and in between everything is cut. */
export async function converse({ talk, relay }) {
  const burst = COUNT / (CUTS + 1);
  for (let round = 0; round <= CUTS; round += 1) {
    await talk.say(burst / 2);
    await talk.beTold(burst / 2);
    if (round < CUTS) relay.cut();
    await talk.say(burst / 2);
    await talk.beTold(burst / 2);
    // Somewhere in the middle of it, and not always at the same place.
    await until(async () => Number(await talk.ask('session.count()')) > talk.saidThere - burst, 'some of it came', { explain: () => talk.story() });
  }
  await talk.settle();
  assert.ok(relay.cuts > 0, 'something was cut');
  assert.equal(await talk.ask('session.opened()'), 'new', 'one session, never lost');
}

/** The page closes its session; the gateway says what it saw of it. */
export async function ended({ talk, gateway }) {
  await talk.ask('session.close()');
  return gateway.record(talk.peer);
}
