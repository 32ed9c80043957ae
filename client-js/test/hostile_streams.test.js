'use strict';

// Answers that do not end: what a client takes of them is bounded, and it goes on elsewhere.

const test = require('node:test');
const assert = require('node:assert');
const { heard } = require('./support/world');
const { Hostile, calm, recovers, sound } = require('./support/hostile');

const isPoll = ({ method }) => method === 'GET';

// Bytes that a client may take of an answer that tells it nothing before it gives that up.
const BEARABLE = 4 * 1024 * 1024;
// Bytes a second, and how often they come.
const FLOOD = 1024 * 1024;
const BEAT = 50;

for (const [what, first, piece] of [
  ['without a line', '', 'x'],
  ['of nothing but spaces', '', ' '],
  ['of blank lines', '', `${' '.repeat(63)}\n`],
  ['without a line behind a good beginning', 'open', 'x'],
  ['of blank lines behind a good beginning', 'open', `${' '.repeat(63)}\n`],
  ['of pings', 'open', '{"ping":0}\n']
]) {
  test(`a stream ${what} that never ends is given up before it has taken much`, () => {
    const world = new Hostile();
    const client = world.connect({ carriers: ['stream', 'long-poll'] });
    world.pass(5000);
    assert.strictEqual(client.carrier, 'stream');
    let most = 0;
    world.fate = (xhr) => (/stream$/.test(xhr.path) && !xhr.query.probe ? { grow: (one) => flood(world, one, first, piece, (size) => {
      most = Math.max(most, size);
    }) } : undefined);
    client.reconnect();
    world.pass(10000);
    client.emit('m', 1);
    world.session.say(1);
    world.pass(110000);
    assert.ok(most > 0 && most <= BEARABLE, `${most} bytes were taken`);
    calm(world);
    world.fate = undefined;
    recovers(world, [1]);
  });
}

// Makes an answer grow for as long as the client takes it.
function flood(world, xhr, first, piece, told) {
  let size = 0;
  const chunk = piece.repeat(Math.ceil(FLOOD * BEAT / 1000 / piece.length));
  const grow = (text) => {
    // Twice too much is enough to see it.
    if (!xhr.isOver && size <= 2 * BEARABLE) {
      size += text.length;
      told(size);
      xhr.grow(text);
      world.clock.setTimeout(() => grow(chunk), BEAT);
    }
  };
  const { session } = world;
  session.turn = Math.max(session.turn, Number(xhr.query.turn));
  grow(first ? `${' '.repeat(2048)}\n${JSON.stringify(session.open(Number(xhr.query.after) + 1))}\n` : chunk);
}

test('a poll whose answer never ends is given up in time', () => {
  const world = new Hostile();
  const client = world.connect();
  world.pass(2000);
  world.fate = (xhr) => (isPoll(xhr) ? { grow: (one) => flood(world, one, '', 'x', () => {}) } : undefined);
  client.reconnect();
  world.pass(60000);
  const polls = world.requests.filter(isPoll);
  assert.ok(polls.length >= 2, 'the first was given up');
  calm(world);
  world.fate = undefined;
  recovers(world, []);
});

test('an answer of twenty megabytes that is a good one is taken', () => {
  const world = new Hostile();
  const client = world.connect();
  world.pass(2000);
  for (let value = 1; value <= 20; value++) {
    world.session.say('x'.repeat(1 << 20));
  }
  world.pass(10000);
  assert.strictEqual(heard(client, 'm').length, 20);
  sound(world);
});
