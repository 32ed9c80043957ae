'use strict';

// What is not the gateway's, at each carrier of old browsers: the client says what happened and goes on when it can; nothing
// is lost, doubled or reordered, and strangers are not heard.

const test = require('node:test');
const assert = require('node:assert');
const { start } = require('./support/binary');
const { visit, connect, until, exchange, end, assertClean } = require('./support/old_session');

const HTML = '<html><head><script>var wifi = 1;</script></head><body><h1>Please log in</h1></body></html>';
const OPEN = '{"open":{"v":1,"session":"00000000-0000-4000-8000-000000000000","peer":"0123456789abcdef","turn":99,"received":0,"last":0,"from":1,"ping":25,"wait":25,"resume":60,"max":1048576,"carriers":["sse"]}}';

let gateway;

test.before(async () => {
  gateway = await start();
});

test.after(() => gateway?.stop());

const callbackOf = ({ url }) => url.searchParams.get('callback');
const page = (type, text, end = 'whole') => () => ({ headers: { 'content-type': type }, pieces: [[0, text]], end });
const script = (make) => (asked) => ({ headers: { 'content-type': 'text/javascript' }, pieces: [[0, make(callbackOf(asked))]] });
const frame = (make) => (asked) => ({ headers: { 'content-type': 'text/html' }, pieces: [[0, make(callbackOf(asked))]] });
const lines = (text) => page('application/x-ndjson', `${' '.repeat(2048)}\n${text}`);

// Where, and what comes in place of the gateway's answer.
const CASES = [
  ['ie8', 'other', 'jsonp', 'jsonp', {
    'a login page in place of a script': page('text/html', HTML),
    'a foreign script': script(() => 'var advertisement = 1;'),
    'a script that is cut in half': script((name) => `/**/${name}({"from":1,"mess`),
    'a callback called with nothing': script((name) => `${name}();`),
    'a callback called with nonsense': script((name) => `${name}("hello");`),
    'a callback called with a number that is too high': script((name) => `${name}({"from":900,"messages":[{"event":"n","data":0}]});`),
    'a callback called twice': script((name) => `${name}({"from":1,"messages":[]});${name}({"from":1,"messages":[{"event":"n","data":0}]});`)
  }],
  ['ie9', 'other', 'stream', 'stream', {
    'a login page in place of a stream': page('text/html', HTML + ' '.repeat(2048)),
    'half a packet': lines(OPEN.slice(0, 60)),
    'a stream of another session': lines(`${OPEN}\n{"event":"n","data":0}\n`),
    'a stream without its beginning': lines('{"event":"n","data":0}\n'),
    'lines that are no packets': lines('{"event":1}\nhello\n[]\n')
  }],
  ['opera11', 'own', 'sse', 'events', {
    'a login page in place of events': page('text/html', HTML),
    'events of another session': page('text/event-stream', `\n:\nevent: open\ndata: ${OPEN}\n\nid: 1\ndata: {"event":"n","data":0}\n\n`),
    'events without their beginning': page('text/event-stream', '\n:\ndata: {"event":"n","data":0}\n\n'),
    'a refusal that is none': page('text/event-stream', '\n:\nevent: refused\ndata: <p>\n\n')
  }],
  ['ie6', 'own', 'frame', 'frame', {
    'a login page in the frame': page('text/html', HTML),
    'a frame of another session': frame((name) => `<script>function ${name}(p){parent.${name}(p)}</script><script>${name}(${OPEN});</script><script>${name}({"event":"n","data":0});</script>`),
    'a frame without its beginning': frame((name) => `<script>parent.${name}({"event":"n","data":0});</script>`),
    'a frame that calls with nonsense': frame((name) => `<script>parent.${name}();parent.${name}(0);parent.${name}(function(){});</script>`)
  }],
  ['ie8', 'other', 'frame', 'frame', {
    'a page that posts nonsense': frame((name) => `<script>parent.postMessage('${name}:<p>','http://page.test');parent.postMessage('${name}:','http://page.test');</script>`),
    'a page that posts of another session': frame((name) => `<script>parent.postMessage('${name}:'+JSON.stringify(${OPEN}),'http://page.test');</script>`)
  }],
  ['ie8', 'other', 'long-poll', 'messages', {
    'a login page in place of a poll': page('text/html', HTML),
    'half a poll\'s answer': page('application/json', '{"from":1,"messages":[{"eve')
  }]
];

for (const [browser, where, name, path, answers] of CASES) {
  for (const [what, answer] of Object.entries(answers)) {
    test(`${browser}, ${name}: ${what}`, async () => {
      // Twice, in the middle of a session that went well.
      let bad = 0;
      const net = { answer: (asked) => (bad > 0 && asked.method === 'GET' && asked.url.pathname.endsWith(`/${path}`) && bad-- ? answer(asked) : undefined) };
      const visited = visit(browser, where, gateway, { net });
      const session = connect(visited, gateway, { carriers: name === 'long-poll' ? [name] : [name, 'long-poll', 'jsonp'] });
      session.client.use(name);
      await exchange(session, 10);
      bad = 2;
      session.client.reconnect('the test');
      if (/another session/.test(what)) {
        // Somebody else holds it, or it is none: told, and nothing of it is heard.
        await until('it is told', () => session.told.ends.length > 0);
        assert.ok([4004, 4006].includes(session.told.ends[0].code), JSON.stringify(session.told.ends[0]));
        assert.ok(!session.told.heard.includes(0));
      } else {
        await exchange(session, 20);
        assert.strictEqual(bad, 0, 'it came');
        await end(session);
      }
      assert.deepStrictEqual(visited.faults, []);
      session.client.close();
      visited.stop();
    });
  }
}

test('what strangers post is not heard', async () => {
  const visited = visit('ie8', 'other', gateway);
  const session = connect(visited, gateway, { carriers: ['frame'] });
  await exchange(session, 5);
  const [{ url }] = visited.net.log.filter((asked) => asked.url.pathname.endsWith('/frame')).slice(-1);
  const name = url.searchParams.get('callback');
  const forged = '{"event":"n","data":0}';
  for (const [data, origin] of [
    [`${name}:${forged}`, 'http://stranger.test'], [`${name}:${forged}`, 'null'], [`${name}:${forged}`, undefined],
    [`${name}x:${forged}`, `http://127.0.0.1:${gateway.port}`], ['hasOwnProperty:{}', `http://127.0.0.1:${gateway.port}`],
    [{ [name]: 1 }, `http://127.0.0.1:${gateway.port}`], [null, ''], [undefined, ''], ['', ''], [`${name}`, `http://127.0.0.1:${gateway.port}`]
  ]) {
    visited.post(data, origin);
  }
  await exchange(session, 5);
  assert.ok(!session.told.heard.includes(0));
  await end(session);
  assertClean(visited);
  visited.stop();
});

test('a script that comes when nobody waits any more calls nothing that matters', async () => {
  const visited = visit('ie8', 'other', gateway);
  const session = connect(visited, gateway, { carriers: ['jsonp'] });
  await exchange(session, 10);
  for (let time = 0; time < 5; time++) {
    session.client.reconnect('the test');
    await exchange(session, 5);
  }
  const names = visited.net.log.map(callbackOf).filter(Boolean);
  names.forEach((name) => assert.strictEqual(typeof visited.window[name], 'function', 'it stays defined'));
  assert.ok(new Set(names).size < names.length, 'names are used again');
  await end(session);
  assertClean(visited);
  visited.stop();
});
