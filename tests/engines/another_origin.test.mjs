// A page that comes from elsewhere than its gateway: the one that the documents offer to copy.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { consoleOf, openWindow, startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { Gateway } from './harness/gateway.mjs';
import { Front } from './harness/front.mjs';
import { until } from './harness/wait.mjs';

const PAGE = readFileSync(new URL('../../examples/another-origin.html', import.meta.url), 'utf8');

describe('the page to copy, on another origin', () => {
  let chromium;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium.close());

  for (const [what, settings, name] of [
    ['the playground takes any origin', {}, 'ws'],
    ['a gateway that names it in allowed_origins', { allowed_origins: 'own' }, 'ws'],
    ['a gateway that names others only leaves it streams', { allowed_origins: ['https://elsewhere.example'] }, 'stream'],
  ]) {
    it(what, async (test) => {
      const { gateway, site } = await elsewhere(test, settings);
      const [one, other] = [await copied(test, chromium, site), await copied(test, chromium, site)];
      await says(one, 'across origins');
      for (const page of [one, other]) await shows(page, ': across origins');
      await until(() => one.evaluate(`wire.carrier === '${name}'`), `the carrier is ${name}`, { explain: () => story(one) });
      await says(other, 'and back <b>again</b>');
      await shows(one, ': and back <b>again</b>');
      const peer = await one.evaluate('wire.peer');
      await one.evaluate('wire.close()');
      const { carriers } = await gateway.record(peer);
      assert.equal(carriers.ws > 0, name === 'ws', JSON.stringify(carriers));
      assert.deepEqual(refusals(one).filter((line) => !line.includes('/ws')), [], 'no request is refused, whatever the origin');
    });
  }
});

/** A gateway, and the page as it is written but for the gateway's address, on a server that knows nothing of Everwire. */
async function elsewhere(test, settings) {
  const site = await Front.start({ gateway: { port: 9 }, pages: {} });
  atEnd(test, () => site.stop());
  const own = settings.allowed_origins === 'own' ? { allowed_origins: [site.url] } : settings;
  const gateway = await Gateway.start({ settings: own });
  atEnd(test, () => gateway.stop());
  assert.ok(PAGE.includes('http://127.0.0.1:8080'), 'the page names the gateway as the documents do');
  site.pages['/page.html'] = PAGE.replaceAll('http://127.0.0.1:8080', gateway.url);
  return { gateway, site };
}

async function copied(test, chromium, site) {
  const page = await openWindow(chromium, `${site.url}/page.html`);
  atEnd(test, () => page.context().close());
  await shows(page, 'You are in the lobby.');
  return page;
}

async function says(page, text) {
  await page.getByLabel('Say').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

async function shows(page, text) {
  const found = async () => (await page.locator('#log').innerText()).includes(text);
  await until(found, `the page shows ${text}`, { explain: () => story(page) });
}

const story = async (page) => `it shows:\n${await page.locator('body').innerText()}\n${consoleOf(page)}`;

const refusals = (page) => page.said.filter((line) => /CORS|blocked|refused|page error/i.test(line));
