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
