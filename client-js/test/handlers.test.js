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
