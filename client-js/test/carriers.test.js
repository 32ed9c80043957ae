'use strict';

// Which carrier, when, and for how long nothing is tried.

const test = require('node:test');
const assert = require('node:assert');
const { TERMS } = require('./support/gateway');
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

test('a gateway that drains with a message is left alone for as long as it asks', () => {
  const world = new World();
  world.network.random = () => 0.9;
  const client = world.connect({ carriers: ['long-poll'] }, { random: () => 0.9 });
  world.pass(2000);
  const { request } = world.gateway;
  const times = [];
  world.gateway.request = function ({ path, query }, respond) {
    times.push(world.clock.time);
    const [session] = this.all;
    if (times.length === 1) {
      session.say(1);
      session.link = null;
      session.outbox.attach();
      session.outbox.hand();
      return respond(200, { from: 1, messages: [{ event: 'm', data: 1 }], control: [{ drain: { retry: 10000 } }] });
    }
    return request.apply(this, [...arguments]);
  };
  client.reconnect();
  world.pass(60000);
  assert.deepStrictEqual(heard(client, 'm').map(([, data]) => data), [1]);
  assert.ok(times[1] - times[0] >= 9000, `${times[1] - times[0]} ms`);
  assert.deepStrictEqual([client.state, client.carrier], ['open', 'long-poll']);
});

test('in the background a WebSocket that hangs is given up as well', () => {
  const world = new World();
  const { clock } = world;
  const setTimeout = (fn, ms) => clock.setTimeout(fn, Math.ceil((clock.time + ms) / 60000) * 60000 - clock.time);
  let count = 0;
  const { WebSocket } = world.network.env();
  class Hung extends WebSocket {
    constructor(url) {
      super(url);
      if (++count === 1) {
        this.established = () => {};
      }
    }
  }
  const client = world.connect({ carriers: ['ws'] }, { setTimeout, WebSocket: Hung });
  client.emit('m', 1);
  world.pass(600000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[1]]);
  assert.strictEqual(client.state, 'open');
});

test('a time that no browser can wait is no time that is over at once', () => {
  const world = new World();
  const longest = [];
  const setTimeout = (fn, ms) => {
    longest.push(ms);
    return world.clock.setTimeout(fn, ms);
  };
  const client = world.connect({ carriers: ['long-poll'], timeout: 1e12 }, { setTimeout });
  world.gateway.opening = (packets, query, respond) => respond(429, { error: { code: 4009, message: 'busy' } }, { 'retry-after': '9999999' });
  client.emit('m', 1, () => {});
  world.pass(10000);
  assert.ok(Math.max(...longest) < 2 ** 31, `${Math.max(...longest)} ms`);
});

test('a gateway that holds no polls is asked now and then', () => {
  const { wait } = TERMS;
  TERMS.wait = 0;
  try {
    const world = new World();
    const client = world.connect({ carriers: ['long-poll'] });
    world.pass(1000);
    const before = client.session.turn;
    world.pass(60000);
    const polls = client.session.turn - before;
    assert.ok(polls >= 5 && polls <= 35, `${polls} polls in a minute`);
  } finally {
    TERMS.wait = wait;
  }
});

test('bytes go as such only over a WebSocket that can send bytes', () => {
  for (const can of [true, false]) {
    const world = new World();
    const frames = [];
    const { WebSocket } = world.network.env();
    class Old extends WebSocket {
      send(frame) {
        frames.push(frame);
        super.send(typeof frame === 'string' ? frame : '{"event":"m","data":0}');
      }
    }
    if (can) {
      Old.prototype.binaryType = 'blob';
    }
    const client = world.connect({ carriers: ['ws'] }, { WebSocket: Old });
    world.pass(1000);
    client.emit('m', Uint8Array.of(1, 2, 3));
    world.pass(10000);
    const bytes = frames.filter((frame) => frame instanceof ArrayBuffer);
    assert.strictEqual(bytes.length, can ? 1 : 0);
    assert.strictEqual(frames.includes('{"event":"m","binary":"AQID"}'), !can);
    assert.strictEqual(client.acked, 1);
  }
});

test('credentials are asked for again where the first ones have waited for the network', () => {
  for (const carriers of [['long-poll'], ['ws'], ['ws', 'long-poll']]) {
    const world = new World();
    const { opening } = world.gateway;
    let asked = 0;
    // They hold for two minutes.
    const auth = () => {
      asked++;
      return world.clock.time;
    };
    const seen = [];
    world.gateway.opening = function (packets, ...rest) {
      seen.push(world.clock.time - packets[0].open.auth);
      return opening.call(this, packets, ...rest);
    };
    world.weather = { refused: 1, noSocket: 1 };
    const client = world.connect({ carriers, auth });
    client.emit('m', 1);
    world.pass(3600000);
    assert.deepStrictEqual(seen, []);
    world.weather = {};
    world.pass(60000);
    assert.strictEqual(client.state, 'open', String(carriers));
    assert.ok(seen.every((age) => age < 120000), `${carriers}: ${seen}`);
    assert.ok(asked > 1 && world.clock.time - client.auth < 120000, String(carriers));
    const got = world.gateway.all.flatMap((session) => session.got);
    const uncertain = heard(client, 'reset').flatMap(([, told]) => told.uncertain.map(({ data }) => data));
    assert.deepStrictEqual([...got, ...uncertain], [1], 'it arrived, or is uncertain');
  }
});

test('a move that is asked for does not wait for what failed, and does for a gateway that said so', () => {
  const world = new World();
  const client = world.connect({ carriers: ['ws'] });
  world.pass(1000);
  assert.strictEqual(client.carrier, 'ws');
  world.weather = { refused: 1, noSocket: 1, cut: 1 };
  world.pass(300000);
  world.weather = {};
  const isHeld = () => client.isHolding;
  while (!isHeld()) {
    world.pass(10);
  }
  client.use('long-poll');
  world.pass(1000);
  assert.strictEqual(client.carrier, 'long-poll');
  client.paused(4009, 20000, client.get);
  client.use('short-poll');
  assert.ok(isHeld(), 'what the gateway asks for is waited for');
  world.pass(19000);
  assert.ok(isHeld());
  world.pass(3000);
  assert.strictEqual(client.carrier, 'short-poll');
});

test('where POSTs are swallowed, a WebSocket that rests is tried at once', () => {
  const world = new World();
  const client = world.connect({ carriers: ['ws', 'long-poll'] });
  world.pass(1000);
  [1, 2, 3].forEach(() => client.ladder.judge('ws', 0));
  world.network.sockets.forEach((socket) => socket.ended(1006));
  world.pass(1000);
  assert.strictEqual(client.carrier, 'long-poll');
  world.gateway.posted = () => { /* Nothing is answered. */ };
  client.emit('m', 1);
  world.pass(60000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[1]]);
  assert.strictEqual(client.carrier, 'ws');
});

test('an opening that something on the way has repeated raises the turn, and is no other page', () => {
  for (const carriers of [['short-poll'], ['long-poll'], ['stream'], ALL]) {
    const world = new World();
    const { gateway } = world;
    const { poll } = gateway;
    // It arrives once more just before the first GET.
    gateway.poll = function (session, ...rest) {
      gateway.poll = poll;
      session.turn += 3;
      return poll.call(this, session, ...rest);
    };
    const client = world.connect({ carriers });
    client.emit('m', 1);
    world.pass(10000);
    gateway.all[0].say(1);
    world.pass(10000);
    assert.deepStrictEqual([heard(client, 'reset'), gateway.all.map((session) => session.got)], [[], [[1]]], String(carriers));
    assert.deepStrictEqual(heard(client, 'm').map(([, data]) => data), [1]);
  }
});
