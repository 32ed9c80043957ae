// A page that is asked to remember its session goes on with it over a reload.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { consoleOf, openWindow, startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { faults } from './harness/ledger.mjs';
import { partnerIn, setUp } from './harness/stage.mjs';
import { until } from './harness/wait.mjs';

const CONNECT = "session.connect('ws,long-poll,short-poll', '', true)";

describe('a session that the page remembers', () => {
  let chromium;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium.close());

  it('outlives three reloads, while somebody talks all the time', async (test) => {
    const { gateway, front, base } = await setUp(test);
    const page = await open(test, chromium, front);
    const partner = await partnerIn(test, base, 'pub');
    const peer = await page.evaluate('session.peer()');
    await page.evaluate("session.join('pub')");
    await is(page, 'session.replies()', 'joined');
    const came = [];
    for (let round = 0; round < 3; round += 1) {
      const said = round * 30;
      await partner.say('pub', said + 1, said + 10);
      await until(async () => (await heard(page)).includes(said + 10), 'they come', { explain: () => story(page) });
      came.push(...(await heard(page)));
      await page.goto('about:blank');
      await partner.say('pub', said + 11, said + 30);
      await page.goto(`${front.url}/session.html`);
      await page.evaluate(CONNECT);
      await is(page, 'session.opened()', 'resumed');
      assert.equal(await page.evaluate('session.peer()'), peer);
      await until(async () => (await heard(page)).includes(said + 30), 'what was said meanwhile comes', { explain: () => story(page) });
      came.push(...(await heard(page)));
      await page.reload();
      await page.evaluate(CONNECT);
      await is(page, 'session.opened()', 'resumed');
    }
    assert.equal(faults(came, 90), '', await story(page));
    await page.evaluate('session.close()');
    await gateway.record(peer);
  });

  it('stays with its page when the tab is duplicated', async (test) => {
    const { front } = await setUp(test);
    const page = await open(test, chromium, front);
    const peer = await page.evaluate('session.peer()');
    // A window that a page opens begins with a copy of what that page has stored.
    const [copy] = await Promise.all([page.context().waitForEvent('page'), page.evaluate('void window.open(location.href)')]);
    copy.said = [];
    await copy.waitForLoadState();
    await copy.evaluate(CONNECT);
    await is(copy, 'session.opened()', 'new');
    assert.notEqual(await copy.evaluate('session.peer()'), peer);
    await page.evaluate("session.ask('echo', 'still here')");
    await is(page, 'session.replies()', 'still here');
    assert.equal(await page.evaluate('session.opened()'), 'new');
  });
});

async function open(test, chromium, front) {
  const page = await openWindow(chromium, `${front.url}/session.html`);
  atEnd(test, () => page.context().close());
  await page.evaluate(CONNECT);
  await is(page, 'session.state()', 'open');
  return page;
}

const is = (page, code, expected) =>
  until(async () => (await page.evaluate(code)) === expected, `${code} is ${expected}`, { explain: () => story(page) });

const heard = async (page) => ((await page.evaluate('session.heard()')) || '0').split(',').map(Number).filter((number) => number);

const story = async (page) => `${await page.evaluate('session.story()')}\n${consoleOf(page)}`;
