'use strict';

// The small parts, one by one.

const test = require('node:test');
const assert = require('node:assert');
const json = require('../src/json');
const base64 = require('../src/base64');
const utf8 = require('../src/utf8');
const url = require('../src/url');
const Ladder = require('../src/ladder');
const answers = require('../src/answers');
const link = require('../src/link');
const receiver = require('../src/receiver');
const { seeded } = require('./support/clock');

// Runs `fn` as in a browser without JSON.
function withoutJson(fn) {
  const { JSON: native } = globalThis;
  globalThis.JSON = undefined;
  try {
    return fn();
  } finally {
    globalThis.JSON = native;
  }
}

const VALUES = [
  null, true, false, 0, -1.5, 1e21, '', 'a"\\\b\f\n\r\t\u0000\u007f', 'é\u2028\u2029\ufeff\u200b', '😀', [], {}, [[1], { a: [] }],
  { a: 1, 'b"': null, c: undefined, toString: 'own' }, [undefined, () => 1, NaN, Infinity], new Date(0), new Date(86399999.5e4),
  [new String('s'), new Number(1), new Boolean(false)], { toJSON: () => 'other' }
];

test('json: what is written without JSON means the same', () => {
  for (const value of VALUES) {
    const text = withoutJson(() => json.stringify(value));
    assert.deepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)), text);
  }
  assert.strictEqual(withoutJson(() => json.stringify(undefined)), undefined);
  const loop = [];
  loop.push(loop);
  assert.throws(() => withoutJson(() => json.stringify(loop)), TypeError);
});

test('json: what is read without JSON is the same', () => {
  for (const value of VALUES) {
    const text = JSON.stringify(value);
    const read = withoutJson(() => json.parse(text));
    assert.deepStrictEqual(JSON.parse(JSON.stringify(read)), JSON.parse(text));
  }
});

test('json: what is none is refused, and never run', () => {
  globalThis.wasRun = false;
  for (const text of ['', '{', '[1,]x', "{'a':1}", 'wasRun=true', '(function(){wasRun=true})()', '[wasRun=true]', '{"a":wasRun}',
    '"\n"', '01a', '{"a":1}{"b":2}', 'new Date']) {
    assert.throws(() => withoutJson(() => json.parse(text)), SyntaxError, text);
  }
  assert.strictEqual(globalThis.wasRun, false);
  delete globalThis.wasRun;
});

test('json: separators and half surrogates never travel bare, whoever writes', () => {
  const write = () => json.stringify({ 'a\u2028': '\u2029 \ud800 \udc00\ud800 😀' });
  for (const text of [write(), withoutJson(write)]) {
    assert.doesNotMatch(text, /[\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])/);
    assert.deepStrictEqual(JSON.parse(text), { 'a\u2028': '\u2029 \ud800 \udc00\ud800 😀' });
  }
});

test('json: a library that teaches arrays `toJSON` changes nothing', () => {
  Array.prototype.toJSON = function () {
    return 'spoilt';
  };
  try {
    assert.strictEqual(json.stringify([1, ['a']]), '[1,["a"]]');
  } finally {
    delete Array.prototype.toJSON;
  }
});

test('base64: both ways like everyone else', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Array.from({ length }, (_, index) => (index * 89 + length) & 255);
    const text = Buffer.from(bytes).toString('base64');
    assert.strictEqual(base64.encode(bytes), text);
    assert.deepStrictEqual(base64.decode(text), bytes);
  }
  for (const text of ['A', 'AA', 'AA=', 'A===', 'AA_-', 'AAAA=', '====', 'A A=']) {
    assert.strictEqual(base64.decode(text), null, text);
  }
});

test('utf8: bytes are counted and coded', () => {
  for (const text of ['', 'abc', 'é', '€', '😀', 'a\ud800', '\udc00b', 'x😀é€']) {
    assert.strictEqual(utf8.size(text), Buffer.byteLength(text), JSON.stringify(text));
  }
  assert.strictEqual(Buffer.from(utf8.encode('é😀'), 'latin1').toString('utf8'), 'é😀');
  assert.strictEqual(utf8.decode(utf8.encode('é😀')), 'é😀');
});

test('url: what may be given, and what it means', () => {
  const page = { href: 'https://page.test:8443/a/b?c#d' };
  const src = 'https://cdn.test/rt/client.min.js?v=1';
  const cases = [
    ['https://rt.test', 'https://rt.test/everwire'], ['https://rt.test/', 'https://rt.test/everwire'],
    ['wss://rt.test/x/y/', 'https://rt.test/x/y'], ['WS://RT.test', 'http://RT.test/everwire'],
    ['/rt', 'https://page.test:8443/rt'], ['/', 'https://page.test:8443/everwire'], ['//rt.test/z', 'https://rt.test/z']
  ];
  for (const [given, meant] of cases) {
    assert.strictEqual(url.resolve(given, page, src), meant);
  }
  assert.strictEqual(url.resolve(undefined, page, src), 'https://cdn.test/rt');
  assert.strictEqual(url.resolve(undefined, page, '/rt/client.js'), 'https://page.test:8443/rt');
  assert.strictEqual(url.resolve('', page, 'https://page.test/bundle.js'), 'https://page.test:8443/everwire');
  for (const wrong of ['rt.test', 'ftp://rt.test', 'https://', 'https://rt.test?x', 'https://rt.test/#x', 7, {}]) {
    assert.throws(() => url.resolve(wrong, page, src), TypeError, String(wrong));
  }
  for (const wrong of [undefined, '/rt']) {
    assert.throws(() => url.resolve(wrong, null, ''), TypeError);
  }
});

test('url: every file that a gateway serves tells where it stands, of a version or not', () => {
  const files = ['client.js', 'client.min.js', 'client.modern.min.js', 'client.mjs', 'client.modern.mjs', 'io.min.js'];
  for (const file of files) {
    for (const address of [`https://rt.test/x/${file}`, `https://rt.test/x/0.1.0/${file}?v=1#a`, `https://rt.test/x/10.2.0-rc.1/${file}`]) {
      assert.ok(url.FILE.test(address), address);
      assert.strictEqual(url.resolve(undefined, { href: 'http://page.test/' }, address), 'https://rt.test/x');
    }
  }
  const old = { href: 'http://page.test/a/b.html', pathname: '/a/b.html' };
  assert.strictEqual(url.resolve(undefined, old, '../rt/0.1.0/io.min.js'), 'http://page.test/a/../rt');
  for (const other of ['https://rt.test/x/myclient.js', 'https://rt.test/x/client.js/y', 'https://rt.test/io.js', '']) {
    assert.ok(!url.FILE.test(other), other);
    assert.strictEqual(url.resolve(undefined, old, other), 'http://page.test/everwire');
  }
});

// A ladder, and the time it lives in.
function laddered(localStorage = null) {
  const env = { time: 0, now: () => env.time, localStorage };
  return { env, ladder: new Ladder(env, 'http://rt.test/x') };
}

// For how many milliseconds a carrier is left alone from now on.
function rest({ env, ladder }, name) {
  const began = env.time;
  while (ladder.rests(name)) {
    env.time += 1000;
  }
  return env.time - began;
}

test('ladder: what never came about rests longer and longer', () => {
  const one = laddered();
  assert.strictEqual(rest(one, 'ws'), 0);
  for (const ms of [30000, 120000, 600000, 600000]) {
    one.ladder.judge('ws', 0);
    assert.strictEqual(rest(one, 'ws'), ms);
    assert.strictEqual(rest(one, 'long-poll'), 0);
  }
  one.ladder.judge('ws', 0);
  one.ladder.forgive();
  assert.strictEqual(rest(one, 'ws'), 0);
});

test('ladder: good service that ends has a second life', () => {
  const one = laddered();
  one.ladder.judge('ws', 5000);
  assert.strictEqual(rest(one, 'ws'), 0);
  one.ladder.judge('ws', 5000);
  assert.strictEqual(rest(one, 'ws'), 30000);
  one.ladder.judge('ws', 40000);
  assert.strictEqual(rest(one, 'ws'), 0);
});

test('ladder: a clock that is put back bans nothing for good', () => {
  const one = laddered();
  one.env.time = 1e12;
  one.ladder.judge('ws', 0);
  one.env.time = 5e11;
  assert.strictEqual(rest(one, 'ws'), 600000);
});

test('ladder: the verdict is kept for 30 minutes, of its gateway alone, where there is a place', () => {
  const kept = new Map();
  const place = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
  const one = laddered(place);
  one.env.time = 1e12;
  one.ladder.judge('ws', 0);
  one.ladder.judge('stream', 0, true);
  assert.deepStrictEqual([...kept.keys()], ['everwire:ladder:http://rt.test/x']);
  const after = (ms) => new Ladder({ now: () => 1e12 + ms, localStorage: place }, 'http://rt.test/x');
  assert.deepStrictEqual([after(1000).rests('ws'), !!after(1000).isProved('stream')], [true, true]);
  assert.strictEqual(!!after(1800001).isProved('stream'), false);
  assert.strictEqual(new Ladder({ now: () => 1e12, localStorage: place }, 'http://other.test/x').rests('ws'), false);
  kept.set('everwire:ladder:http://rt.test/x', '{');
  assert.strictEqual(after(0).rests('ws'), false);
});

test('backoff: spread below a bound that doubles', () => {
  const delay = (random, min, max) => (count) => link.delay.call({ given: { retry: { min, max } }, env: { random } }, count);
  const waits = Array.from({ length: 9 }, (_, index) => delay(() => 0.999999, 500, 30000)(index));
  assert.deepStrictEqual(waits, [499, 999, 1999, 3999, 7999, 15999, 29999, 29999, 29999]);
  assert.strictEqual(delay(() => 0.999999, 500, 30000)(5000), 29999);
  const spread = delay(seeded(1), 1000, 1000);
  assert.ok(new Set(Array.from({ length: 50 }, () => Math.floor(spread(3) / 100))).size > 7);
});

// A row of GETs by itself, and what is planned in it.
function row(way, terms = { wait: 25 }) {
  const planned = [];
  return {
    ...receiver, planned, given: { pollInterval: 2000, idleInterval: 10000 }, session: { terms },
    env: { time: 0, now: () => 0, setTimeout: (fn, ms) => planned.push(ms), clearTimeout: () => {} },
    later: (fn, ms) => planned.push(ms), carry: () => {}, failed: (get, why, lived) => planned.push(lived), askNow: () => planned.push(0)
  };
}

test('long-poll: held for less where held polls are cut, and not at all where they never last', () => {
  const one = row();
  one.choose('long-poll');
  const cut = (held, ms) => one.ended({ held, began: -ms, from: 0 }, 'it was cut');
  cut(25, 3000);
  assert.strictEqual(one.wait(), 25, 'once is an accident');
  cut(25, 3000);
  assert.strictEqual(one.wait(), 2);
  cut(2, 500);
  assert.deepStrictEqual([one.wait(), one.planned], [0, [undefined, undefined, 0]], 'which counts against it');
  const swallowed = row();
  swallowed.choose('long-poll');
  swallowed.ended({ held: 25, began: -35000, from: 0 }, 'nothing came');
  swallowed.ended({ held: 0, began: 0, from: 1, came: 1 }, '');
  assert.strictEqual(swallowed.wait(), 25, 'one that was not held is no sign');
  swallowed.ended({ held: 25, began: -35000, from: 0 }, 'nothing came');
  assert.strictEqual(swallowed.wait(), 6);
});

test('short-poll: slower while nothing comes or goes', () => {
  const one = row();
  one.choose('short-poll');
  const poll = (came) => {
    one.asking = null;
    one.ended({ held: 0, began: 0, from: 1, came }, '');
    return one.planned.pop();
  };
  assert.deepStrictEqual([1, 2, 3, 4, 5, 6].map(() => poll(1)), [3000, 4500, 6750, 10000, 10000, 10000]);
  assert.strictEqual(poll(2), 2000);
  poll(1);
  one.due = 9000;
  one.hasten();
  assert.strictEqual(one.planned.pop(), 2000);
});

test('answers: a status counts only with a body of the protocol', () => {
  const kind = (status, text) => {
    const answer = answers.interpret({ status, text, retry: 0 });
    return answer.kind === 'ok' && !Object.keys(answer.body).length ? 'empty' : answer.kind || 'broken';
  };
  const close = '{"error":{"code":4004,"message":"m"},"close":{"code":4004,"reason":"r","last":0,"received":0}}';
  assert.strictEqual(kind(404, close), 'close');
  for (const text of ['', '<h1>404</h1>', '"x"', 'null', '[]', '{"error":"no"}', '{"close":true}', '{"error":{"code":404}}']) {
    assert.strictEqual(kind(404, text), 'broken', text);
  }
  assert.strictEqual(kind(200, '<html>login'), 'empty');
  assert.strictEqual(kind(0, ''), 'broken');
  assert.strictEqual(kind(409, '{"error":{"code":"stale","message":""},"turn":3}'), 'stale');
  assert.strictEqual(kind(503, '{"error":{"code":4003,"message":""}}'), 4003);
  assert.strictEqual(kind(429, '{"error":{"code":4009,"message":""},"ack":3}'), 4009);
});
