// WebSockets that open and then carry nothing: what hotels, schools and old proxies do to them.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { consoleOf, openWindow, startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { carriedBy } from './harness/gateway.mjs';
import { Relay } from './harness/relay.mjs';
import { partnerIn, setUp, Talk } from './harness/stage.mjs';
import { until } from './harness/wait.mjs';

/** The gateway pings after a second of silence, so that the client's patience (`ping` + 10 s) is eleven. */
const SETTINGS = { ping: '1s' };

/** What a person would not notice, ms; far below the time in which a dead WebSocket is found out. */
const PROMPT = 5000;

// At once: each of them waits for the better part of a minute, and does nothing meanwhile.
describe('a starved WebSocket', { concurrency: true }, () => {
  let chromium;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium.close());

  it('costs nothing where it is starved from the beginning', async (test) => {
    const { talk, relay, gateway } = await starvable(test, chromium, { up: true, down: true });
    await until(() => relay.upgraded > 0, 'a WebSocket was opened', { explain: () => talk.story() });
    await talk.say(20);
    await talk.beTold(20);
    await talk.settle({ limit: PROMPT });
    assert.equal(await talk.ask('session.carrier()'), 'long-poll');
    await talk.ask('session.close()');
    carriedBy(await gateway.record(talk.peer), ['long-poll']);
  });

  for (const [what, starved] of [
    ['both ways', { up: true, down: true }],
    ['towards the gateway', { up: true, down: false }],
    ['towards the page', { up: false, down: true }],
  ]) {
    it(`is left when it goes mute ${what} in mid-session`, async (test) => {
      const { talk, relay, gateway } = await starvable(test, chromium, { up: false, down: false });
      await talk.until('session.carrier()', 'ws');
      await talk.say(5);
      await talk.beTold(5);
      await talk.settle({ limit: PROMPT });
      relay.starved = starved;
      await talk.say(20);
      await talk.beTold(20);
      await talk.settle({ limit: 60_000 });
      await talk.until('session.carrier()', 'long-poll', { limit: 60_000 });
      await talk.say(5);
      await talk.beTold(5);
      await talk.settle({ limit: PROMPT });
      assert.equal(await talk.ask('session.opened()'), 'new', 'one session, never lost');
      await talk.ask('session.close()');
      carriedBy(await gateway.record(talk.peer), ['ws', 'long-poll']);
    });
  }
});

async function starvable(test, chromium, starved) {
  const { gateway, front, base } = await setUp(test, { settings: SETTINGS });
  const relay = await Relay.start(front.port, starved);
  atEnd(test, () => relay.stop());
  const page = await openWindow(chromium, `http://127.0.0.1:${relay.port}/session.html`);
  atEnd(test, () => page.context().close());
  const partner = await partnerIn(test, base, 'pub');
  const explain = () => `${consoleOf(page)}\n${front.said}`;
  const talk = new Talk({ ask: (code) => page.evaluate(code), partner, room: 'pub', explain });
  await talk.begin('ws,long-poll,short-poll');
  return { talk, relay, gateway };
}
