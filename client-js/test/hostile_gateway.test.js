'use strict';

// A gateway that answers nonsense, or something on the way that answers in its place: the client says what happened, backs off,
// never spins, recovers when it can, and loses and doubles nothing.

const test = require('node:test');
const assert = require('node:assert');
const { ALL, heard } = require('./support/world');
const { Hostile, calm, recovers } = require('./support/hostile');

const HTML = '<!DOCTYPE html><html><head><title>Log in</title></head><body>Please log in to {"from":1,"messages":[]}</body></html>';
const SID = '00000000-0000-4000-8000-00000000abcd';
const open = (more) => JSON.stringify({ open: { v: 1, session: SID, peer: 'p', turn: 1, received: 0, last: 0, ping: 25, wait: 25, resume: 60, max: 65536, ...more } });

// What comes in the gateway's place, whatever was asked.
const NONSENSE = {
  'garbage': { status: 200, text: '\u0000\ufffd%PDF-1.4 \ud800' },
  'nothing': { status: 200, text: '' },
  'no content': { status: 204, text: '' },
  'half of a JSON text': { status: 200, text: '{"from":1,"messages":[{"event":"m","da' },
  'a login page with status 200': { status: 200, text: HTML },
  'a login page with status 201': { status: 201, text: HTML },
  'an error page': { status: 404, text: '<h1>Not Found</h1>' },
  'a bad gateway': { status: 502, text: 'Bad Gateway' },
  'a redirection that nobody followed': { status: 302, text: '', headers: { location: 'http://login.test/' } },
  'a wish for a name and a password': { status: 407, text: HTML },
  'null': { status: 200, text: 'null' },
  'a list': { status: 200, text: '[{"event":"m","data":666}]' },
  'somebody else\'s JSON': { status: 200, text: '{"status":"ok","messages":"none","open":true,"error":null}' },
  'somebody else\'s error': { status: 403, text: '{"error":"blocked by policy","code":4001}' },
  'an error that looks like one of ours': { status: 503, text: '{"error":{"code":503,"message":"Service Unavailable"}}' },
  'messages that are none': { status: 200, text: '{"from":1,"messages":[{"event":7},{"evnt":"m"},5,null]}' },
  'messages from no number': { status: 200, text: '{"from":"1","messages":[{"event":"m","data":666}]}' },
  'an opening without a session': { status: 201, text: '{"open":{"v":1,"turn":1},"from":1,"messages":[]}' },
  'an opening with words for numbers': { status: 201, text: open({ turn: 'one', received: '0' }) },
  'a million brackets': { status: 200, text: '['.repeat(1e6) },
  'a close that is none': { status: 410, text: '{"close":{"code":"gone"},"error":{"code":4004}}' },
  'a megabyte of spaces': { status: 200, text: ' '.repeat(1 << 20) }
};

// So that a session is found again before it expires.
const SOON = { min: 500, max: 5000 };

for (const [what, answer] of Object.entries(NONSENSE)) {
  test(`${what} in place of everything, from the beginning: it is said, borne, and recovered from`, () => {
    const world = new Hostile();
    world.fate = () => answer;
    const client = world.connect({ retry: SOON });
    client.emit('m', 1);
    world.pass(40000);
    assert.strictEqual(client.state, 'connecting');
    assert.match(world.sentences.at(-1), /reconnecting/);
    assert.ok(world.debugged.some((text) => /the opening failed/.test(text)), world.debugged.join('\n'));
    calm(world);
    world.fate = undefined;
    recovers(world, [1]);
  });

  test(`${what} in place of everything, in mid-session`, () => {
    const world = new Hostile();
    const client = world.connect({ retry: SOON });
    world.pass(1000);
    client.emit('m', 1);
    world.session.say(1);
    world.pass(1000);
    const before = world.requests.length;
    world.fate = () => answer;
    client.emit('m', 2);
    world.session.say(2);
    world.pass(40000);
    assert.ok(world.requests.length > before + 2, 'it tries');
    calm(world);
    world.fate = undefined;
    recovers(world, [1, 2]);
  });
}

test('attempts come more and more rarely, and spread: a thousand clients do not come together', () => {
  // When each of many clients, cut off at the same moment, comes for the nth time.
  const rounds = Array.from({ length: 9 }, () => []);
  for (let seed = 1; seed <= 60; seed++) {
    const world = new Hostile(seed);
    world.fate = () => ({ status: 502, text: 'Bad Gateway' });
    world.connect();
    world.pass(200000);
    world.requests.slice(1, 10).forEach(({ at }, index) => rounds[index].push(at - world.requests[index].at));
  }
  const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const means = rounds.map(mean);
  const spreads = rounds.map((times, index) => Math.sqrt(mean(times.map((time) => (time - means[index]) ** 2))));
  // A random part of 0.5 s, 1 s, 2 s, … up to 30 s: half of it in the mean, and 29 % of it as standard deviation.
  rounds.forEach((_, index) => {
    const bound = Math.min(30000, 500 * 2 ** index);
    assert.ok(means[index] > 0.35 * bound && means[index] < 0.65 * bound + 30, `attempt ${index + 2} after ${means[index]} ms`);
    assert.ok(spreads[index] > 0.2 * bound, `attempt ${index + 2} spread over ${spreads[index]} ms`);
  });
});

test('requests that are never answered, nor refused: few at once, given up in time, and what was said arrives', () => {
  const world = new Hostile();
  world.fate = () => 'hang';
  const client = world.connect();
  client.emit('m', 1);
  world.pass(50000);
  assert.ok(world.requests.length >= 3, `${world.requests.length} requests`);
  calm(world);
  world.fate = undefined;
  recovers(world, [1]);
});

test('429 with Retry-After: no request before that, the session goes on, and it is said', () => {
  for (const fits of [({ method }) => method === 'POST', ({ method }) => method === 'GET', () => true]) {
    const world = new Hostile();
    const client = world.connect();
    world.pass(2000);
    const times = [];
    world.fate = (xhr) => {
      if (!fits(xhr)) {
        return undefined;
      }
      times.push([world.clock.time, xhr.method]);
      return { status: 429, text: '{"error":{"code":4009,"message":"Too many requests."}}', headers: { 'retry-after': '7' } };
    };
    client.emit('m', 1);
    world.session.say(1);
    world.pass(60000);
    for (const method of ['GET', 'POST']) {
      const own = times.filter((one) => one[1] === method).map(([at]) => at);
      own.slice(1).forEach((at, index) => assert.ok(at - own[index] >= 7000, `${method} after ${at - own[index]} ms`));
    }
    assert.ok(times.length >= 3, `${times.length} tries`);
    if (fits({ method: 'GET' })) {
      assert.ok(world.sentences.some((sentence) => /busy; reconnecting in 7 s/.test(sentence)), world.sentences.join('\n'));
    }
    world.fate = undefined;
    recovers(world, [1]);
  }
});

test('503 in a drain: clients come back spread over the time they were given, and the session goes on', () => {
  const returns = [];
  for (let seed = 1; seed <= 40; seed++) {
    const world = new Hostile(seed);
    const client = world.connect();
    world.pass(2000);
    let isDraining = true;
    let told = 0;
    world.fate = () => {
      if (!isDraining) {
        returns.push(world.clock.time - told);
        world.fate = undefined;
        return undefined;
      }
      isDraining = false;
      told = world.clock.time + 20;
      return { status: 503, text: '{"error":{"code":4003,"message":"The gateway drains."}}', headers: { 'retry-after': '10' } };
    };
    // What is under way has to end for the next request to come.
    world.session.say(1);
    world.pass(30000);
    assert.ok(world.sentences.some((sentence) => /restarting/.test(sentence)), world.sentences.join('\n'));
    client.emit('m', 1);
    recovers(world, [1]);
  }
  const late = returns.filter((ms) => ms > 5000).length;
  assert.ok(returns.every((ms) => ms <= 10100) && late > 8 && late < 32, `${returns}`);
});

test('a sid that dies: it is told what may have arrived, a new session opens, and nothing is sent into it by itself', () => {
  const world = new Hostile();
  const client = world.connect();
  world.pass(2000);
  world.fate = ({ query }) => (query.seq ? 'hang' : undefined);
  client.emit('m', 1);
  world.pass(200);
  client.emit('m', 2);
  world.gateway.forget(world.session);
  world.fate = undefined;
  world.pass(60000);
  const [[, told], ...more] = heard(client, 'reset');
  assert.deepStrictEqual([told.code, more.length], [4004, 0]);
  assert.deepStrictEqual(told.uncertain.map(({ data }) => data), [1, 2]);
  assert.strictEqual(world.gateway.all.length, 2);
  client.emit('m', 3);
  world.session.say(3);
  world.pass(5000);
  assert.deepStrictEqual([world.session.got, heard(client, 'm').map(([, data]) => data)], [[3], [3]]);
});

test('a sid that dies again and again: new sessions come more and more rarely', () => {
  const world = new Hostile();
  world.connect();
  world.fate = ({ path }) => (path === '/session' ? undefined
    : { status: 404, text: '{"error":{"code":4004,"message":"unknown"},"close":{"code":4004,"reason":"unknown","last":0,"received":0}}' });
  world.pass(120000);
  const openings = world.requests.filter(({ path }) => path === '/session').map(({ at }) => at);
  assert.ok(openings.length >= 4 && openings.length < 40, `${openings.length} sessions in two minutes`);
  calm(world, 20000);
});

// ---- Answers that are of the protocol, and wrong

const changed = (fits, change) => (xhr) => (fits(xhr)
  ? { change: ({ status, text }) => ({ text: JSON.stringify(change(JSON.parse(text), status)) }) } : undefined);
const isPoll = ({ method }) => method === 'GET';
const isPost = ({ query }) => !!query.seq;

test('numbers that leave a gap: nothing behind it is given out, and what is missing comes', () => {
  const world = new Hostile();
  const client = world.connect();
  world.pass(2000);
  world.fate = changed(isPoll, (body) => ({ ...body, from: body.from + 1 }));
  client.reconnect();
  [1, 2, 3].forEach((value) => world.session.say(value));
  world.pass(20000);
  assert.deepStrictEqual(heard(client, 'm'), []);
  calm(world);
  world.fate = undefined;
  recovers(world, []);
});

test('messages that come twice and three times are given out once', () => {
  const world = new Hostile();
  const client = world.connect();
  const kept = [];
  world.pass(2000);
  // Everything that ever came, each time.
  world.fate = changed(isPoll, (body) => {
    kept.splice(body.from - 1, Infinity, ...body.messages);
    return { ...body, from: 1, messages: kept };
  });
  for (let value = 1; value <= 30; value++) {
    world.session.say(value);
    world.pass(100);
  }
  world.pass(10000);
  assert.deepStrictEqual(heard(client, 'm').map(([, data]) => data), world.session.said);
  calm(world, 6000);
  recovers(world, []);
});

test('an answer that comes a second time, to the next question', () => {
  const world = new Hostile();
  const client = world.connect();
  let last;
  world.pass(2000);
  world.fate = (xhr) => (isPoll(xhr) ? {
    change: (answer) => {
      const told = world.random() < 0.5 && last ? last : answer;
      last = answer;
      return told;
    }
  } : undefined);
  for (let value = 1; value <= 50; value++) {
    world.session.say(value);
    client.emit('m', value);
    world.pass(200);
  }
  world.fate = undefined;
  recovers(world, Array.from({ length: 50 }, (_, index) => index + 1));
});

test('an acknowledgement of what was never sent: the session is given up, and that is told', () => {
  const world = new Hostile();
  const client = world.connect();
  world.pass(2000);
  world.fate = changed(isPost, () => ({ ack: 77 }));
  client.emit('m', 1);
  world.pass(1000);
  world.fate = undefined;
  const [[, told]] = heard(client, 'reset');
  assert.deepStrictEqual([told.code, told.reason, told.uncertain.map(({ data }) => data)],
    [4004, 'The gateway has other messages than were said here.', [1]]);
  world.pass(30000);
  assert.strictEqual(client.state, 'open');
});

test('acknowledgements that are none are not believed', () => {
  for (const ack of ['1', -1, 1.5, null, 1e300, { ack: 1 }]) {
    const world = new Hostile();
    const client = world.connect();
    world.pass(2000);
    world.fate = (xhr) => (isPost(xhr) ? { status: 200, text: JSON.stringify({ ack }) } : undefined);
    client.emit('m', 1);
    world.pass(30000);
    assert.strictEqual(client.acked, 0);
    calm(world);
    world.fate = undefined;
    recovers(world, [1]);
  }
});

test('an opening that is answered with the session of somebody else, once ours is open', () => {
  const world = new Hostile();
  const client = world.connect({ carriers: ALL });
  world.pass(3000);
  assert.strictEqual(client.carrier, 'ws');
  world.network.sockets.forEach((socket) => socket.hear(open()));
  world.pass(30000);
  const [[, told]] = heard(client, 'reset');
  assert.deepStrictEqual([told.code, told.reason], [4004, 'The gateway means another session.']);
  assert.deepStrictEqual([client.state, world.gateway.all.length], ['open', 2]);
});

// ---- WebSockets

const FRAMES = {
  'garbage': '\u0000\u0001garbage',
  'half of a JSON text': '{"event":"m","da',
  'HTML': HTML,
  'a list': '[{"event":"m","data":666}]',
  'null': 'null',
  'two kinds in one': '{"event":"m","data":666,"ack":1}',
  'an unknown kind': '{"teapot":418}',
  'a number that is none': '{"from":-1}',
  'an acknowledgement of what was never sent': '{"ack":12345}',
  'a message without an event': '{"data":666}',
  'a binary frame that is none': new Uint8Array([255, 255, 255, 255, 255]).buffer,
  'a binary frame longer than itself': new Uint8Array([100, 123]).buffer
};

for (const [what, frame] of Object.entries(FRAMES)) {
  test(`a WebSocket that brings ${what} is left, and nothing is lost`, () => {
    const world = new Hostile();
    const client = world.connect({ carriers: ALL });
    world.pass(3000);
    assert.strictEqual(client.carrier, 'ws');
    const [bad] = world.network.sockets;
    client.emit('m', 1);
    bad.hear(frame);
    world.session.say(1);
    client.emit('m', 2);
    world.pass(1000);
    assert.strictEqual(bad.readyState, 3, 'it is closed');
    assert.match(world.debugged.join('\n'), /ws failed: it makes no sense/);
    recovers(world, [1, 2]);
  });
}
