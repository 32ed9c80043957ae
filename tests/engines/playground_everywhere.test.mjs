// The playground's page in every browser: one joins, says and hears, moves to every carrier that the browser has, and is cut;
// and where nothing carries, nothing breaks.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { atEnd } from './harness/cleanup.mjs';
import { BROWSERS, launch } from './harness/engines/index.mjs';
import { expected, MATRIX } from './harness/matrix.mjs';
import { partnerIn, setUp } from './harness/stage.mjs';
import { until } from './harness/wait.mjs';

/** A frame that was cut is found out by its silence alone: `ping` + 10 s. */
const SETTINGS = { ping: '1s', wait: '1s' };

const PICTURES = fileURLToPath(new URL('build/', import.meta.url));

/** The text of an element, in any of them. */
const FIND = '(function (id) { var it = document.getElementById(id); return it.textContent || it.innerText || ""; })';

/** Two at a time: there may be two cores. */
describe("the playground's page", { concurrency: 2 }, () => {
  for (const name of BROWSERS) it(`works in ${name}`, (test) => plays(test, name));
});

async function plays(test, name) {
  const { gateway, front, base } = await setUp(test, { settings: SETTINGS });
  const engine = await launch(name);
  atEnd(test, () => engine.stop());
  const partner = await partnerIn(test, base, 'lobby');
  await engine.open(`${front.url}/`);
  const page = pageOf(engine, front);

  const carriers = expected(MATRIX[name].same);
  if (!carriers.length) return alone(page);
  await page.shows('log', includes('You are in lobby.'));
  await chats(page, partner);
  let came = 0;
  for (const carrier of carriers) {
    await page.use(carrier);
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
  assert.deepEqual(engine.uncaught, []);
}

/** It says that it is not connected, and its buttons do no harm. */
async function alone(page) {
  await page.engine.until('wire.state', 'connecting');
  await page.shows('state', includes('connect'));
  for (const button of ['say', 'burst-20', 'cut', 'use-auto']) await page.press(button);
  await page.engine.until('wire.state', 'connecting');
  assert.deepEqual(page.engine.uncaught, []);
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

/** By its own fields and buttons; a carrier that has no button by the client that its console knows. */
function pageOf(engine, front) {
  return {
    engine,
    use: (carrier) => engine.evaluate(`(function (button) {
      if (button) { button.click(); } else { wire.use('${carrier}'); }
    }(document.getElementById('use-${carrier}'))); ""`),
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
