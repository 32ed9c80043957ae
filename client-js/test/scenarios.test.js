'use strict';

// What happens to a session on purpose, in virtual time: closing, refusals, reloads, copies of a tab, handlers that do
// surprising things.

const test = require('node:test');
const assert = require('node:assert');
const everwire = require('../src/index');
const { ALL, World, heard, storage } = require('./support/world');

for (const carriers of [ALL, ['ws'], ['long-poll'], ['short-poll']]) {
  test(`close: what was said before arrives first (${carriers})`, () => {
    const world = new World();
    const client = world.connect({ carriers });
    client.emit('m', 1);
    world.pass(2000);
    for (let number = 2; number <= 100; number++) {
      client.emit('m', number);
    }
    client.close(4123, 'done');
    assert.strictEqual(client.state, 'closed');
    assert.strictEqual(client.emit('m', 0, () => {}), false);
    world.pass(6000);
    const [session] = world.gateway.all;
    assert.strictEqual(session.got.length, 100);
    assert.ok(session.close, 'the gateway knows');
    assert.deepStrictEqual(heard(client, 'close').length, 1);
    assert.deepStrictEqual(heard(client, 'close')[0][1].uncertain, []);
    assert.deepStrictEqual(heard(client, 'error'), []);
  });
}

test('close: before the session is open', () => {
  const world = new World();
  const client = world.connect();
  client.emit('m', 1);
  client.close();
  world.pass(10000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[1]]);
  assert.ok(world.gateway.all[0].close);
  assert.deepStrictEqual(heard(client, 'close').length, 1);
});

test('close: without a network what was said is uncertain, after a while', () => {
  const world = new World();
  const client = world.connect();
  world.pass(1000);
  world.weather = { lost: 1, cut: 1 };
  world.pass(2000);
  const told = [];
  client.emit('m', 1);
  client.emit('m', 2, (error) => told.push(error.code));
  client.close();
  world.pass(10000);
  assert.deepStrictEqual(told, ['closed']);
  assert.deepStrictEqual(heard(client, 'close')[0][1].uncertain.map((item) => item.data), [1, 2]);
});

test('a handler may close, say, move and throw', () => {
  for (const carriers of [ALL, ['long-poll']]) {
    const world = new World();
    const client = world.connect({ carriers });
    world.pass(1000);
    const order = [];
    client.on('m', (data) => {
      order.push(data);
      if (data === 1) {
        client.emit('m', 'said in a handler');
        client.use(['long-poll']);
        client.reconnect();
        throw new Error('thrown in a handler');
      }
      if (data === 3) {
        client.close();
      }
    });
    for (let number = 1; number <= 5; number++) {
      world.gateway.all[0].say(number);
    }
    world.pass(20000);
    assert.deepStrictEqual(order, [1, 2, 3], 'once each, in order, and nothing behind the end');
    assert.deepStrictEqual(world.gateway.all[0].got, ['said in a handler']);
    assert.deepStrictEqual(world.clock.errors.map((error) => error.message), ['thrown in a handler']);
  }
});

test('credentials that are refused end it: 4001', () => {
  const world = new World();
  world.gateway.opening = (packets, query, respond) => respond(403, {
    error: { code: 4001, message: 'no' }, close: { code: 4001, reason: 'no', last: 0, received: 0 }
  });
  const client = world.connect({ auth: () => 'wrong' });
  client.emit('m', 1);
  world.pass(60000);
  assert.deepStrictEqual(heard(client, 'close')[0][1].code, 4001);
  assert.strictEqual(client.state, 'closed');
  assert.strictEqual(everwire.codes[4001].over, true);
});

test('credentials are asked anew for each session, and may throw', () => {
  const world = new World();
  const seen = [];
  const { opening } = world.gateway;
  world.gateway.opening = function (packets, ...rest) {
    seen.push(packets[0].open.auth);
    return opening.call(this, packets, ...rest);
  };
  let count = 0;
  const client = world.connect({
    auth: () => {
      if (count++ === 1) {
        throw new Error('no token');
      }
      return { token: count };
    }
  });
  world.pass(1000);
  world.gateway.all[0].end(4004);
  world.pass(2000);
  world.gateway.all[1].end(4008);
  world.pass(2000);
  assert.deepStrictEqual(seen, [{ token: 1 }, undefined, { token: 3 }]);
  assert.deepStrictEqual(world.clock.errors.map((error) => error.message), ['no token']);
  assert.strictEqual(client.state, 'open');
});

test('what is no JSON is refused where it is said, and leaves nothing behind', () => {
  const world = new World();
  const client = world.connect();
  const loop = {};
  loop.loop = loop;
  const calls = [];
  assert.throws(() => client.emit('m', loop, (error) => calls.push(error)), TypeError);
  world.pass(20000);
  assert.deepStrictEqual([calls, client.sent], [[], 0]);
});

test('moving from a WebSocket to polls is no reconnection', () => {
  const world = new World();
  const client = world.connect();
  world.pass(2000);
  client.use('long-poll');
  world.pass(2000);
  client.use(ALL);
  world.pass(2000);
  assert.deepStrictEqual(heard(client, 'carrier').map(([, name]) => name), ['long-poll', 'ws', 'long-poll', 'ws']);
  assert.deepStrictEqual([...new Set(heard(client, 'state').map(([, state]) => state))], ['open']);
});

test('a proxy that answers 403 or 404 is no verdict', () => {
  const world = new World();
  world.weather = { proxied: 2 };
  const client = world.connect();
  client.emit('m', 1);
  world.pass(20000);
  world.weather = {};
  world.pass(60000);
  assert.deepStrictEqual(world.gateway.all.flatMap((session) => session.got).concat(heard(client, 'reset').flatMap(([, told]) =>
    told.uncertain.map((item) => item.data))), [1]);
  assert.strictEqual(client.state, 'open');
});

test('an opening whose answer is lost for longer than the gateway remembers is uncertain, not repeated', () => {
  const world = new World();
  world.gateway.kept = 60000;
  world.weather = { unanswered: 1, noSocket: 1 };
  const client = world.connect({ carriers: ['long-poll'] });
  client.emit('m', 1);
  world.pass(100);
  client.emit('m', 2);
  world.weather = { refused: 1 };
  world.pass(90000);
  world.weather = {};
  world.pass(60000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[1], [2]]);
  assert.deepStrictEqual(heard(client, 'reset').map(([, told]) => told.uncertain.map((item) => item.data)), [[1]]);
});

test('a gateway that another page has used the key at gives another session', () => {
  const world = new World();
  const client = world.connect({ carriers: ['ws'] });
  const { make } = world.gateway;
  world.gateway.make = function (key) {
    const session = make.call(this, key);
    session.used = this.all.length === 1;
    this.make = make;
    return session;
  };
  world.weather = { cut: 1 };
  world.pass(3000);
  world.weather = {};
  client.emit('m', 1);
  world.pass(30000);
  assert.strictEqual(client.state, 'open');
  assert.deepStrictEqual(world.gateway.all.flatMap((session) => session.got), [1]);
});

test('remember: a page that is loaded again goes on with the session, exactly', () => {
  for (const carriers of [ALL, ['long-poll'], ['ws']]) {
    const world = new World();
    const sessionStorage = storage();
    const first = world.connect({ remember: true, carriers }, { sessionStorage });
    first.emit('m', 1);
    world.pass(2000);
    world.gateway.all[0].say(1);
    world.pass(2000);
    world.weather = { unanswered: 1, starve: 1 };
    world.pass(1500);
    first.emit('m', 2);
    world.pass(500);
    first.hide(false);
    world.gateway.all[0].say(2);
    world.weather = {};
    const second = world.connect({ remember: true, carriers }, { sessionStorage });
    second.emit('m', 3);
    world.pass(40000);
    assert.strictEqual(world.gateway.all.length, 1);
    assert.deepStrictEqual(world.gateway.all[0].got, [1, 2, 3]);
    assert.deepStrictEqual([...heard(first, 'm'), ...heard(second, 'm')].map(([, data]) => data), [1, 2]);
    assert.deepStrictEqual(heard(second, 'open').map(([, told]) => told.session), ['resumed']);
    assert.deepStrictEqual([heard(first, 'reset'), heard(second, 'reset')], [[], []]);
    assert.deepStrictEqual(world.gateway.breaches, []);
  }
});

test('remember: a copy of a tab opens a session of its own', () => {
  const world = new World();
  const sessionStorage = storage();
  const first = world.connect({ remember: true }, { sessionStorage });
  world.pass(2000);
  const copy = world.connect({ remember: true }, { sessionStorage: sessionStorage.copy() });
  world.pass(2000);
  assert.strictEqual(world.gateway.all.length, 2);
  assert.notStrictEqual(first.peer, copy.peer);
  assert.deepStrictEqual([heard(first, 'reset'), heard(copy, 'reset')], [[], []]);
});

test('a session that somebody else has taken over is left to them, and reported', () => {
  for (const carriers of [ALL, ['long-poll'], ['short-poll'], ['ws']]) {
    const world = new World();
    const client = world.connect({ carriers });
    world.pass(2000);
    const [session] = world.gateway.all;
    world.gateway.request({
      method: 'GET', path: `/session/${session.sid}/messages`, query: { turn: String(session.turn + 5), after: '0', wait: '25' }
    }, () => {});
    world.pass(30000);
    assert.deepStrictEqual(heard(client, 'reset').map(([, told]) => told.code), [4006], String(carriers));
    assert.strictEqual(world.gateway.all.length, 2);
    assert.strictEqual(client.peer, 'peer2');
  }
});

test('a queue that is full says so, and loses nothing', () => {
  const world = new World();
  world.weather = { lost: 1 };
  const client = world.connect({ maxQueue: 1000, carriers: ['long-poll'] });
  const codes = [];
  let taken = 0;
  for (let number = 1; number <= 100; number++) {
    taken += client.emit('m', number, (error) => error && codes.push(error.code)) ? 1 : 0;
  }
  client.emit('m', 'x'.repeat(2000));
  assert.strictEqual(codes.length, 100 - taken);
  assert.ok(codes.every((code) => code === 'queue_full'));
  assert.strictEqual(heard(client, 'error')[0][1].code, 'queue_full');
  assert.ok(client.bufferedAmount <= 1000);
});

test('a message with the name of an event of the client reaches `*` alone', () => {
  const world = new World();
  const client = world.connect();
  world.pass(1000);
  const all = [];
  client.on('*', (event, data, message) => all.push([event, data, message.seq]));
  world.gateway.all[0].push({ event: 'close', data: 1 });
  world.pass(1000);
  assert.deepStrictEqual(all, [['close', 1, 1]]);
  assert.deepStrictEqual(heard(client, 'close'), []);
});

test('a request of the gateway is answered once', () => {
  const world = new World();
  const client = world.connect();
  world.pass(1000);
  const [session] = world.gateway.all;
  const packets = [];
  session.take = (list) => packets.push(...list);
  client.on('sum', ([one, other], message) => {
    assert.strictEqual(message.reply(one + other), true);
    assert.strictEqual(message.fail('late', 'too late'), false);
  });
  client.on('fail', (data, message) => message.fail('no', 'Not here.'));
  session.push({ event: 'sum', data: [1, 2], id: 5 });
  session.push({ event: 'fail', id: 6 });
  world.pass(1000);
  assert.deepStrictEqual(packets, [{ reply: 5, data: 3 }, { reply: 6, error: { code: 'no', message: 'Not here.' } }]);
});
