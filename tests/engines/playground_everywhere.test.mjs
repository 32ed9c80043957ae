// The playground's page in every browser: one joins, says and hears, moves to every carrier that the browser has, and is cut.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { atEnd } from './harness/cleanup.mjs';
import { BROWSERS, launch } from './harness/engines/index.mjs';
import { expected, MATRIX } from './harness/matrix.mjs';
import { partnerIn, setUp } from './harness/stage.mjs';
import { until } from './harness/wait.mjs';

const PICTURES = fileURLToPath(new URL('build/', import.meta.url));

/** The text of an element, in any of them. */
const FIND = '(function (id) { var it = document.getElementById(id); return it.textContent || it.innerText || ""; })';

/** Two at a time: there may be two cores. */
describe("the playground's page", { concurrency: 2 }, () => {
  for (const name of BROWSERS) it(`works in ${name}`, (test) => plays(test, name));
});

async function plays(test, name) {
  const { gateway, front, base } = await setUp(test);
  const engine = await launch(name);
  atEnd(test, () => engine.stop());
  const partner = await partnerIn(test, base, 'lobby');
  await engine.open(`${front.url}/`);
  const page = pageOf(engine, front);

  await page.shows('log', includes('You are in lobby.'));
  await chats(page, partner);
  const carriers = expected(MATRIX[name].same);
  let came = 0;
  for (const carrier of carriers) {
    await page.press(`use-${carrier}`);
    await page.shows('carrier', carrier);
    await page.press('burst-20');
    await page.press('cut');
    await page.shows('came', String(came += 20));
  }
  for (const id of ['lost', 'doubled', 'disorder', 'outstanding']) await page.shows(id, '0');
  await picture(engine, name);

  const peer = await engine.evaluate('wire.peer');
  await engine.evaluate('wire.close(); ""');
  const record = await gateway.record(peer);
  for (const carrier of carriers) assert.ok(record.carriers[carrier] > 0, `${carrier}: ${JSON.stringify(record.carriers)}`);
  assert.deepEqual(engine.console.filter((line) => /script error|page error|uncaught/i.test(line)), []);
}

async function chats(page, partner) {
  await page.engine.evaluate("document.getElementById('text').value = 'old but <b>here</b>'");
  await page.press('say');
  await page.shows('log', includes('old but <b>here</b>'));
  const heard = await until(() => partner.messages.find(({ event }) => event === 'chat'), 'the other hears it', { explain: () => page.engine.said });
  assert.equal(heard.data.text, 'old but <b>here</b>');
  await partner.send([{ event: 'chat', data: { nick: 'Joan', text: 'welcome' }, room: 'lobby' }]);
  await page.shows('log', includes('welcome'));
}

/** By its own fields and buttons. */
function pageOf(engine, front) {
  return {
    engine,
    shows: (id, fits) => engine.until(`${FIND}('${id}')`, fits, { what: `#${id} is ${fits} in ${engine.name}`, explain: () => front.said }),
    press: (id) => engine.evaluate(`document.getElementById('${id}').click(); ""`),
  };
}

const includes = (text) => Object.assign((is) => is.includes(text), { toString: () => `…${text}…` });

/** To be looked at: build/NAME.png. */
async function picture(engine, name) {
  mkdirSync(PICTURES, { recursive: true });
  await engine.render?.(`${PICTURES}${name.replaceAll(' ', '-').toLowerCase()}.png`);
}
