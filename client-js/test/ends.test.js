'use strict';

// What an end says of messages, and small bounds that decide whether one travels.

const test = require('node:test');
const assert = require('node:assert');
const Outbox = require('../src/outbox');
const { ALL, World, heard } = require('./support/world');

test('outbox: what is acknowledged ahead of a repeat stays acknowledged, and is not uncertain', () => {
  const outbox = new Outbox();
  outbox.attach();
  ['a', 'b', 'c', 'd'].forEach((name) => outbox.push({ name, size: 1 }));
  outbox.hand();
  outbox.attach();
  assert.strictEqual(outbox.ack(3), true);
  assert.strictEqual(outbox.ack(1), true);
  assert.strictEqual(outbox.taken, 3);
  assert.deepStrictEqual(outbox.unacked().map((item) => item.name), ['d']);
});

test('a reset tells what may have arrived from what certainly did not', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] });
  world.pass(2000);
  const [session] = world.gateway.all;
  world.gateway.posted = () => { /* Nothing is answered. */ };
  client.emit('m', 1);
  world.pass(200);
  client.emit('m', 2);
  world.pass(200);
  session.end(4008);
  world.pass(200);
  const [[, told]] = heard(client, 'reset');
  assert.deepStrictEqual(told.uncertain.map((item) => [item.data, item.sent]), [[1, true], [2, false]]);
});

test('an end that a POST tells waits for the messages that stand before it', () => {
  const world = new World();
  const client = world.connect({ carriers: ['short-poll'], pollInterval: 3000 });
  world.pass(4000);
  const [session] = world.gateway.all;
  session.say(1);
  session.end(4100);
  client.emit('m', 1);
  world.pass(10000);
  assert.deepStrictEqual(heard(client, 'm').map(([, data]) => data), [1]);
  assert.deepStrictEqual(heard(client, 'close').map(([, told]) => told.code), [4100]);
});

test('a WebSocket that takes nothing any more is left, though it still brings', () => {
  const world = new World();
  const client = world.connect({ carriers: ALL });
  world.pass(2000);
  assert.strictEqual(client.carrier, 'ws');
  world.network.sockets.forEach((socket) => {
    socket.isDumb = true;
  });
  client.emit('m', 1);
  for (let time = 0; time < 15; time++) {
    world.pass(1000);
    world.gateway.all[0].say(time);
  }
  assert.deepStrictEqual(world.gateway.all[0].got, [1]);
});

test('the largest message that the gateway takes is sent, one byte more is refused', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] });
  world.pass(1000);
  const frame = '[{"event":"m","data":""}]'.length;
  assert.strictEqual(client.emit('m', 'x'.repeat(65536 - frame)), true);
  assert.strictEqual(client.emit('m', 'x'.repeat(65536 - frame + 1)), false);
  world.pass(1000);
  assert.deepStrictEqual(heard(client, 'error').map(([, error]) => error.code), ['too_large']);
  assert.deepStrictEqual([client.sent, client.acked], [1, 1]);
});

test('in the background what is said goes at once, without a timer', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] }, { document: { hidden: true } });
  world.pass(2000);
  const posts = [];
  const { posted } = world.gateway;
  world.gateway.posted = function (...all) {
    posts.push(world.clock.time);
    return posted.apply(this, all);
  };
  const { setTimeout } = client.env;
  client.env.setTimeout = (fn, ms) => setTimeout(fn, ms || 60000);
  client.emit('m', 1);
  world.pass(1000);
  assert.strictEqual(posts.length, 1);
});
