// What proxies do to WebSockets, streams and posts: a session in Chromium, and one in node, through every fault. Nothing is
// lost or doubled, the gateway's record tells what carried it, and the test's output for how long nothing could be delivered.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { carried, converse, ended, FLOWING, POLLS } from './harness/behind.mjs';
import { startChromium } from './harness/chromium.mjs';
import {
  answersHeld, everythingBuffered, framesDropped, isUpgrade, loginPage, loginPageNowAndThen, postsSwallowed, streamsBuffered,
  stripped, upgradeAnswered, upgradeHangs,
} from './harness/faults.mjs';
import { CARRIERS } from './harness/gateway.mjs';
import { ENGINES, through } from './harness/through.mjs';


const NO_WS = { some: [...FLOWING, ...POLLS], none: ['ws'] };

/**
 * By name: the faults, made anew each time; which carriers have to have carried something (`some`: one of them at least),
 * and which must not (`none`); which of them is waited for before it begins (`best`); in how many bursts it is spoken, and
 * behind how many of them everything is cut (`rounds`, `cuts`); for how long nothing may be delivered (`still`, ms); and what
 * the line is like.
 */
const SCENES = {
  'no fault at all': { faults: () => [], some: ['ws'], best: 'ws' },
  'an upgrade that hangs': { faults: () => [upgradeHangs()], ...NO_WS },
  'an upgrade answered 400': { faults: () => [upgradeAnswered(400)], ...NO_WS, best: 'stream' },
  'an upgrade answered 200': { faults: () => [upgradeAnswered(200)], ...NO_WS, best: 'stream' },
  'an upgrade answered 502': { faults: () => [upgradeAnswered(502)], ...NO_WS, best: 'stream' },
  'a WebSocket whose frames are dropped upwards': { faults: () => [framesDropped({ up: true })], ...NO_WS },
  'a WebSocket whose frames are dropped downwards': { faults: () => [framesDropped({ down: true })], ...NO_WS },
  'a WebSocket whose frames are dropped both ways': { faults: () => [framesDropped({ up: true, down: true })], ...NO_WS },
  'streams kept to their end, and no WebSocket': { faults: () => [streamsBuffered(), upgradeAnswered(400)], some: POLLS, none: ['ws', ...FLOWING] },
  'every answer kept to its end, and no WebSocket': { faults: () => [everythingBuffered(), upgradeHangs()], some: POLLS, none: ['ws', ...FLOWING] },
  'every body of a POST swallowed': { faults: () => [postsSwallowed()], some: ['ws'], best: 'ws', cuts: 1, still: 15_000 },
  'a login page in the place of the first three answers': { faults: () => [loginPage({ times: 3 })], some: CARRIERS },
  'a login page in the place of every fourth answer, and no WebSocket': { faults: () => [loginPageNowAndThen(4), upgradeAnswered(200)], ...NO_WS },
  'headers that are taken out': {
    faults: () => [stripped({ request: ['content-type', 'accept', 'origin', 'referer', 'user-agent', 'cache-control'], answer: ['content-type', 'cache-control', 'x-accel-buffering', 'x-content-type-options', 'access-control-allow-origin', 'retry-after', 'expires', 'pragma'] })],
    some: CARRIERS,
  },
  'an Upgrade that is taken out': { faults: () => [{ fits: isUpgrade, strips: { request: ['upgrade', 'connection'] } }], ...NO_WS, best: 'stream' },
  'answers that come half a second late, and no WebSocket': { faults: () => [answersHeld(500), upgradeHangs()], ...NO_WS },
  'a line with a round trip of 300 ms': { faults: () => [], latency: 150, some: ['ws'], best: 'ws' },
  'a line that breaks after 12 KB downwards': { faults: () => [], cutAfter: { down: 12_000 }, rounds: 10, cuts: 0, some: CARRIERS },
  'a line that breaks after 6 KB upwards': { faults: () => [], cutAfter: { up: 6_000 }, rounds: 10, cuts: 0, some: CARRIERS },
};

let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium.close());

// They wait more than they work: several at a time.
describe('a session passes through', { concurrency: 4 }, () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    for (const engine of ENGINES) it(`${name}, in ${engine}`, (test) => passes(test, engine, scene));
  }
});

async function passes(test, engine, { faults: make, some, none = [], best, rounds, cuts, still, ...line }) {
  const faults = make();
  const scene = await through(test, engine, { chromium, faults, names: CARRIERS.join(), ...line });
  if (best) await scene.talk.until('session.carrier()', best);
  await converse(scene, { still, rounds, cuts });
  carried(test, await ended(scene), { some, none });
  if (faults.length) assert.ok(scene.proxy.struck > 0, 'the fault has happened');
  if (line.cutAfter) assert.ok(scene.proxy.line.breaks > 0, 'the line has broken');
}
