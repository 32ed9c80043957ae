'use strict';

// What handlers and callbacks do, at whatever moment they are called, leaves the client in order.

const test = require('node:test');
const assert = require('node:assert');
const { ALL, World, heard, storage } = require('./support/world');

test('a callback that throws stops nothing', () => {
  for (const carriers of [ALL, ['long-poll']]) {
    const world = new World();
    const client = world.connect({ carriers });
    world.pass(2000);
    client.emit('m', 1, () => {
      throw new Error('thrown in a callback');
    });
    world.pass(2000);
    world.gateway.all[0].say(1);
    world.pass(2000);
    assert.deepStrictEqual(heard(client, 'm').map(([, data]) => data), [1], String(carriers));
    assert.deepStrictEqual(world.clock.errors.map((error) => error.message), ['thrown in a callback']);
  }
});

test('a callback that throws when the session ends keeps nothing from the others', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] });
  const told = [];
  world.pass(2000);
  world.gateway.all[0].take = () => {};
  client.emit('m', 1, () => {
    throw new Error('thrown in a callback');
  });
  client.emit('m', 2, (error) => told.push(error.code));
  world.pass(1000);
  world.gateway.all[0].end(4000);
  world.pass(2000);
  assert.deepStrictEqual(told, ['uncertain']);
  assert.deepStrictEqual(heard(client, 'close').length, 1);
});

test('a callback that is none is refused at once', () => {
  const client = new World().connect();
  assert.throws(() => client.emit('m', 1, 2), TypeError);
  assert.throws(() => client.to('lobby').emit('m', 1, {}), TypeError);
});

test('what a callback says when the session is over is refused, not swallowed', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] });
  const told = [];
  world.pass(2000);
  world.gateway.all[0].take = () => {};
  client.emit('m', 1, () => told.push(client.emit('m', 2, (error) => told.push(error.code))));
  world.pass(1000);
  world.gateway.all[0].end(4000);
  world.pass(30000);
  assert.deepStrictEqual(told, ['closed', false]);
});

test('what a callback repeats when the session is lost goes into the next, and is counted there', () => {
  const world = new World();
  const client = world.connect();
  world.pass(2000);
  world.gateway.all[0].take = () => {};
  client.emit('m', 1, (error) => client.emit('m', error.code));
  world.pass(1000);
  world.gateway.all[0].end(4004);
  world.pass(30000);
  assert.deepStrictEqual(world.gateway.all[1].got, ['uncertain']);
  assert.deepStrictEqual([client.sent, client.acked], [1, 1]);
});

test('only what rode along with a lost opening is uncertain; the callbacks of the rest wait for their replies', () => {
  const world = new World();
  world.gateway.kept = 60000;
  world.weather = { unanswered: 1, noSocket: 1 };
  const client = world.connect({ carriers: ['long-poll'], timeout: 600000 });
  const told = [];
  client.emit('m', 1, (error) => told.push([1, error && error.code]));
  world.pass(100);
  client.emit('m', 2, (error) => told.push([2, error && error.code]));
  world.weather = { refused: 1 };
  world.pass(90000);
  world.weather = {};
  world.pass(60000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[1], [2]]);
  assert.deepStrictEqual(told, [[1, 'uncertain'], [2, null]]);
});

test('handlers of `open` may take the carrier away that is just being introduced', () => {
  const world = new World();
  const client = world.connect();
  client.once('open', () => {
    client.use('ws');
    client.reconnect();
  });
  world.pass(10000);
  assert.deepStrictEqual(world.clock.errors, []);
  assert.deepStrictEqual([client.state, client.carrier], ['open', 'ws']);
});

test('`once` does not take away the same function\'s place for good', () => {
  const world = new World();
  const client = world.connect();
  const calls = [];
  const hear = (data) => calls.push(data);
  client.on('m', hear);
  client.once('m', hear);
  world.pass(1000);
  world.gateway.all[0].say(1);
  world.gateway.all[0].say(2);
  world.pass(1000);
  assert.deepStrictEqual(calls, [1, 1, 2]);
});

test('an event may have any name', () => {
  const world = new World();
  const client = world.connect();
  const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', ''];
  const calls = [];
  names.forEach((name) => client.on(name, (data) => calls.push([name, data])));
  world.pass(1000);
  names.forEach((name, index) => world.gateway.all[0].push({ event: name, data: index }));
  world.pass(1000);
  assert.deepStrictEqual(calls, names.map((name, index) => [name, index]));
  client.off('__proto__');
  world.gateway.all[0].push({ event: '__proto__', data: 9 });
  world.pass(1000);
  assert.strictEqual(calls.length, names.length);
});

test('an answer that can\'t be given leaves the client\'s own requests alone, and the gateway\'s open', () => {
  for (const carriers of [ALL, ['long-poll']]) {
    const world = new World();
    const client = world.connect({ carriers });
    world.pass(1000);
    const [session] = world.gateway.all;
    const packets = [];
    const mine = [];
    session.take = (list) => packets.push(...list);
    client.emit('m', 1, (error) => mine.push(error.code));
    client.on('ask', (data, message) => {
      const loop = {};
      loop.loop = loop;
      assert.throws(() => message.reply(loop), TypeError);
      assert.strictEqual(message.reply('x'.repeat(70000)), false);
      assert.deepStrictEqual(mine, []);
      assert.strictEqual(message.fail('too_much', 'The answer is too large.'), true);
    });
    session.push({ event: 'ask', id: 1 });
    world.pass(2000);
    assert.deepStrictEqual(world.clock.errors, []);
    assert.deepStrictEqual(heard(client, 'error').map(([, error]) => error.code), ['too_large']);
    assert.deepStrictEqual(packets[1], { reply: 1, error: { code: 'too_much', message: 'The answer is too large.' } });
    world.pass(20000);
    assert.deepStrictEqual(mine, ['timeout']);
  }
});

test('bytes are no reply: that is said where it is tried, and the gateway does not hear of it', () => {
  const world = new World();
  const client = world.connect();
  world.pass(1000);
  const packets = [];
  world.gateway.all[0].take = (list) => packets.push(...list);
  client.on('ask', (data, message) => {
    assert.throws(() => message.reply(Uint8Array.of(1)), /bytes/);
    message.reply([1]);
  });
  world.gateway.all[0].push({ event: 'ask', id: 1 });
  world.pass(1000);
  assert.deepStrictEqual([packets, world.clock.errors], [[{ reply: 1, data: [1] }], []]);
});

test('what is no code of a close counts as none', () => {
  for (const carriers of [['ws'], ['long-poll']]) {
    const world = new World();
    const client = world.connect({ carriers });
    world.pass(1000);
    const packets = [];
    const { posted } = world.gateway;
    world.gateway.posted = function (session, list, ...rest) {
      packets.push(...list);
      return posted.call(this, session, list, ...rest);
    };
    client.emit('m', 1);
    client.close({ type: 'click' });
    world.pass(6000);
    assert.deepStrictEqual(packets.filter((packet) => packet.close), carriers[0] === 'ws' ? [] : [{ close: {} }]);
    assert.deepStrictEqual(heard(client, 'close').map(([, told]) => [told.code, told.uncertain]), [[4000, []]]);
  }
});

test('a goodbye that has no place behind the last message goes alone', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] });
  world.pass(1000);
  const { posted } = world.gateway;
  world.gateway.posted = function (session, list, query, respond) {
    return JSON.stringify(list).length > 65536 ? respond(413, { error: { code: 4002, message: 'too large' } })
      : posted.call(this, session, list, query, respond);
  };
  client.emit('m', 'x'.repeat(65536 - 40));
  client.close();
  world.pass(6000);
  assert.strictEqual(world.gateway.all[0].got.length, 1);
  assert.ok(world.gateway.all[0].close);
  assert.deepStrictEqual(heard(client, 'error'), []);
});
