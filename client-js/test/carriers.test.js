'use strict';

// Which carrier, when, and for how long nothing is tried.

const test = require('node:test');
const assert = require('node:assert');
const { ALL, World, heard } = require('./support/world');

test('a carrier that is not allowed any more does not come after all', () => {
  for (let ms = 0; ms < 400; ms += 10) {
    const world = new World();
    const client = world.connect();
    world.pass(ms);
    client.use('long-poll');
    world.pass(5000);
    assert.strictEqual(client.carrier, 'long-poll', `after ${ms} ms`);
    client.emit('m', ms);
    world.pass(5000);
    assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[ms]]);
    assert.deepStrictEqual(world.gateway.breaches, []);
  }
});

test('openings that the gateway ends at once become rarer, however long the session before lived', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] });
  world.pass(120000);
  const close = { code: 4011, reason: 'a fault', last: 0, received: 0 };
  let openings = 0;
  world.gateway.opening = (packets, query, respond) => {
    openings++;
    respond(500, { error: { code: 4011, message: 'a fault' }, close });
  };
  world.gateway.all[0].end(4011);
  world.pass(600000);
  assert.ok(openings < 80, `${openings} openings in ten minutes`);
  assert.ok(openings > 10, `${openings} openings in ten minutes`);
  assert.strictEqual(heard(client, 'reset').length, openings + 1);
});

test('a round trip that a sleep made long does not make the client patient', () => {
  for (const carriers of [ALL, ['short-poll']]) {
    const world = new World();
    const client = world.connect({ carriers });
    world.pass(2000);
    // Every answer that is under way seems to have taken hours.
    for (let time = 0; time < 40; time++) {
      world.clock.offset += 3 * 3600 * 1000;
      world.pass(77);
    }
    world.pass(5000);
    assert.ok(client.rtt < 1000, `${client.rtt} ms`);
  }
});
