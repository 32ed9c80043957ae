// The other side of pages/scenario.js, and its judge: the whole of a session in an engine that drives itself.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { atEnd } from './cleanup.mjs';
import { Front } from './front.mjs';
import { CARRIERS, Gateway } from './gateway.mjs';
import { faults } from './ledger.mjs';
import { expected } from './matrix.mjs';
import { partnerIn } from './stage.mjs';
import { pause, until } from './wait.mjs';

const PAGE = readFileSync(new URL('../pages/scenario.html', import.meta.url), 'utf8');
/** Numbered messages each way. */
const COUNT = 500;
/** The whole of it in the slowest of engines, on a busy machine, ms. */
const PATIENCE = 240_000;
const BATCH = 10;
const RHYTHM = 15;

const SETTINGS = {
  // A script that is held holds up everything in some engines: so it is not held for long.
  wait: '1s',
  // A gateway that has something to say while nothing is said.
  ping: '1s',
};

/** Runs the scenario and judges it: see `play`, `judge`. */
export async function runScenario(test, start, row, options) {
  await judge(await play(test, start, row, options), row);
}

/**
 * Runs the scenario until the page has reported.
 *
 * @param {import('node:test').TestContext} test
 * @param {() => Promise<{open: (url: string) => Promise<void>, stop: () => any, said: string}>} start an engine
 * @param {Record<string, string>} row of the matrix
 * @param {{elsewhere?: boolean, pages?: Record<string, string>}} options `elsewhere`: the page is of another origin than the gateway
 */
export async function play(test, start, row, { elsewhere = false, pages } = {}) {
  const scene = await setUp(test, elsewhere, pages);
  const engine = (scene.engine = await start());
  atEnd(test, () => engine.stop());
  const query = new URLSearchParams({ room: 'pub', count: COUNT, expected: expected(row).join(',') });
  if (elsewhere) query.set('gateway', scene.front.url);
  await engine.open(`${scene.site.url}/scenario.html?${query}`);
  const ended = () => engine.program && !engine.program.alive;
  scene.tell = () => `${engine.said}\n${scene.site.said}\n${scene.front.said}\n${scene.partner.said}`;
  await until(() => scene.report() || ended(), 'the page has reported', { limit: PATIENCE, explain: scene.tell });
  return scene;
}

async function setUp(test, elsewhere, pages) {
  const gateway = await Gateway.start({ settings: SETTINGS });
  atEnd(test, () => gateway.stop());
  const scene = { gateway, parts: {}, turns: new Set() };
  scene.report = () => reported(scene.parts);
  scene.partner = await partnerIn(test, `${gateway.url}/everwire`, 'pub');
  const commands = {
    '/test/speak': (query) => speak(scene, query),
    '/test/sleep': (query) => pause(Number(query.get('ms'))),
    '/test/report': (query) => {
      scene.parts[query.get('part')] = query.get('value');
      scene.parts.of = Number(query.get('of'));
    },
  };
  scene.site = await Front.start({ gateway, commands, pages });
  atEnd(test, () => scene.site.stop());
  // Another address, not only another port: Internet Explorer up to 9 does not look at that.
  scene.front = elsewhere ? await Front.start({ gateway, host: '127.0.0.2' }) : scene.site;
  if (elsewhere) atEnd(test, () => scene.front.stop());
  scene.site.pages['/scenario.html'] ??= PAGE.replace('GATEWAY', elsewhere ? scene.front.url : '');
  scene.said = 0;
  scene.speaking = Promise.resolve();
  return scene;
}

/** Answered at once; the page goes on while there is speaking. An engine may ask twice for what it has been cut off from. */
function speak(scene, query) {
  if (scene.turns.has(query.get('turn'))) return;
  scene.turns.add(query.get('turn'));
  const [count, cut] = [Number(query.get('count')), query.get('cut') === '1'];
  scene.speaking = scene.speaking.then(() => numbers(scene, count, cut)).catch((error) => {
    scene.failure = error;
  });
}

async function numbers(scene, count, cut) {
  const last = scene.said + count;
  for (let batch = 0; scene.said < last; batch += 1) {
    const first = scene.said + 1;
    scene.said = Math.min(last, scene.said + BATCH);
    await scene.partner.say('pub', first, scene.said);
    await pause(RHYTHM);
    if (cut && batch === 1) scene.front.cut();
  }
}

/** What the page has reported, once all parts are here: `NAME=VALUE` lines, and then what happened, line by line. */
function reported({ of, ...parts }) {
  if (!of || Object.keys(parts).length < of) return undefined;
  const story = Array.from({ length: of }, (_, part) => parts[part]).join('');
  const fields = [...story.matchAll(/^([a-z]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  return { ...Object.fromEntries(fields.reverse()), story };
}

/**
 * Fails unless every message came once and in order, and the gateway's record has the carriers of the row and no other; and, where
 * the row has none, unless the page stayed unconnected.
 */
export async function judge(scene, row) {
  const report = scene.report();
  assert.ok(report, `it ended without a report\n${scene.tell()}`);
  const explain = `${report.story}\n${scene.tell()}\n${scene.failure?.stack ?? ''}`;
  assert.deepEqual(scene.engine.uncaught, [], explain);
  if (!expected(row).length) return assert.equal(report.outcome, 'nothing carries: connecting', explain);
  assert.equal(report.outcome, 'done', explain);
  assert.deepEqual([report.heard, report.own, report.wrong, report.opened], [String(COUNT), String(COUNT), '', 'new'], explain);
  await until(() => scene.partner.heard('pub').length >= COUNT, 'the other one has heard all', { explain: () => explain });
  assert.equal(faults(scene.partner.heard('pub'), COUNT), '', explain);
  const record = await scene.gateway.record(report.peer);
  const used = CARRIERS.filter((name) => record.carriers[name] > 0);
  assert.deepEqual(used, expected(row), `by the gateway's record: ${JSON.stringify(record)}\n${explain}`);
  assert.deepEqual([record.code, record.undelivered], [4000, 0], JSON.stringify(record));
}
