'use strict';

// The shipped client over everything that old browsers have, each a fake that refuses what the real one refuses, with the
// real gateway behind them: opened, said, heard, cut, ended at the stream's bound, resumed, closed. Nothing is lost.

const test = require('node:test');
const assert = require('node:assert');
const { start } = require('./support/binary');
const { visit, connect, until, exchange, end, assertClean } = require('./support/old_session');

// Browser, the gateway's origin (its own or another), what it can use, best first, and the path of each that is tried.
const BROWSERS = [
  ['ie6', 'own', 'frame long-poll jsonp short-poll'],
  ['ie6', 'other', 'jsonp'],
  ['ie8', 'own', 'frame long-poll jsonp short-poll'],
  ['ie8', 'other', 'stream frame long-poll jsonp short-poll'],
  ['ie9', 'other', 'stream frame long-poll jsonp short-poll'],
  ['opera11', 'own', 'stream sse frame long-poll jsonp short-poll'],
  ['opera11', 'other', 'frame jsonp'],
  ['safari7', 'other', 'stream sse frame long-poll jsonp short-poll'],
  ['konqueror', 'own', 'stream frame long-poll jsonp short-poll'],
  ['konqueror', 'other', 'jsonp'],
  ['netsurf', 'own', 'sse frame jsonp']
];
const PATHS = { stream: 'stream', sse: 'events', frame: 'frame', 'long-poll': 'messages', 'short-poll': 'messages', jsonp: 'jsonp' };
const STREAMS = ['stream', 'sse', 'frame'];
// Those that a browser has, and that do not work there.
const BROKEN = ['netsurf sse', 'konqueror frame'];

let gateway;

test.before(async () => {
  gateway = await start();
});

test.after(() => gateway?.stop());

for (const [browser, where, list] of BROWSERS) {
  test(`what ${browser} can use for its ${where} origin is decided by what it has`, async () => {
    const page = visit(browser, where, gateway);
    const { client } = connect(page, gateway);
    assert.strictEqual(client.carriers().join(' '), list);
    client.close();
    page.stop();
  });

  for (const name of list.split(' ').filter((one) => !BROKEN.includes(`${browser} ${one}`))) {
    test(`${browser}, ${where} origin, ${name}: nothing is lost`, async () => {
      const page = visit(browser, where, gateway);
      const session = connect(page, gateway, { carriers: [name] });
      const carries = ({ method, url }) => method === 'GET' && url.pathname.endsWith(`/${PATHS[name]}`);
      let cuts = 0;
      await exchange(session, 20);
      // More than a stream carries.
      await exchange(session, 150, () => {}, 'x'.repeat(1000));
      await exchange(session, 60, (sent) => {
        // Where nobody tells that a script has failed it takes half a minute.
        cuts += sent % 20 === 0 && !(name === 'jsonp' && page.kind.script === 'silent') ? page.net.cut(carries) : 0;
      });
      await exchange(session, 20);
      await end(session);
      const gets = page.net.log.filter(carries).length;
      assert.ok(gets >= (STREAMS.includes(name) ? 2 + cuts : 5), `${gets} of them, ${cuts} cuts`);
      assert.deepStrictEqual(session.told.carriers.filter((one) => one !== name), []);
      assertClean(page);
      page.stop();
    });
  }

  test(`${browser}, ${where} origin, left to itself: it climbs to the best that works`, async () => {
    const page = visit(browser, where, gateway);
    const session = connect(page, gateway);
    const best = list.split(' ').find((name) => !BROKEN.includes(`${browser} ${name}`));
    await exchange(session, 20);
    await until('it is there', () => session.client.carrier === best, 20000);
    await exchange(session, 100);
    await end(session);
    assertClean(page);
    if (page.kind.limit === 2) {
      assert.deepStrictEqual(page.net.most, { GET: 1, POST: 1 });
    }
    page.stop();
  });
}

test('in quirks mode Internet Explorer 8 tells the document what is posted', async () => {
  const page = visit('ie8', 'other', gateway, { isQuirks: true });
  const session = connect(page, gateway, { carriers: ['frame'] });
  await exchange(session, 100);
  await end(session);
  assertClean(page);
  page.stop();
});

test('a page that has made itself one of a larger domain is of another origin', async () => {
  const page = visit('ie6', 'own', gateway, { domain: 'example.test' });
  const session = connect(page, gateway);
  assert.deepStrictEqual([...session.client.carriers()], ['jsonp']);
  await exchange(session, 30);
  await end(session);
  assertClean(page);
  page.stop();
});

test('what a page says before it has a body is said when it has one', async () => {
  const page = visit('ie6', 'other', gateway, { body: false });
  const session = connect(page, gateway);
  session.client.emit('n', 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.strictEqual(page.net.log.length, 0, 'there is no place for a form yet');
  page.document.load();
  await until('it is heard', () => session.told.heard.length === 1);
  await end(session);
  assertClean(page);
  page.stop();
});

test('two clients on a page do not get in each other\'s way', async () => {
  const page = visit('ie9', 'other', gateway);
  const one = connect(page, gateway, { carriers: ['jsonp'] });
  const two = connect(page, gateway, { carriers: ['frame', 'jsonp'] });
  await Promise.all([exchange(one, 60), exchange(two, 60)]);
  one.client.close();
  two.client.close();
  await until('both are closed', () => one.told.ends.length && two.told.ends.length);
  assertClean(page);
  page.stop();
});

test('a page that goes leaves nothing open behind it', async () => {
  for (const [browser, where, list] of BROWSERS) {
    for (const name of list.split(' ').filter((one) => !BROKEN.includes(`${browser} ${one}`))) {
      const page = visit(browser, where, gateway);
      const session = connect(page, gateway, { carriers: [name] });
      await until(`${browser} ${name} is open`, () => session.client.state === 'open');
      session.client.emit('n', 1);
      // A script can't be called off, and an event stream the browser closes by itself.
      const open = page.unload().filter((one) => !/(jsonp|events)$/.test(one));
      assert.deepStrictEqual(open, [], `${browser} ${where} ${name}`);
      assertClean(page);
      page.stop();
    }
  }
});
