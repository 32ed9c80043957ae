'use strict';

// What is particular to the modern client (src/modern): as it is built, in the world of the simulation and before the real
// gateway.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const acorn = require('acorn');
const WebSocket = require('ws');
const { start } = require('./support/binary');
const { Clock, seeded } = require('./support/clock');
const { Gateway } = require('./support/gateway');
const { Network } = require('./support/network');
const modern = require('./support/modern');

const BUILT = path.join(__dirname, '../dist/client.modern.min.js');
const BOTH = { source: require('../src/modern'), build: require(BUILT) };
const ALL = ['ws', 'stream', 'long-poll'];

// A client in virtual time, with what it told.
function world(everwire, options, weather = {}) {
  const clock = new Clock(), random = seeded(1);
  const gateway = new Gateway(clock, random);
  const network = new Network(clock, random, gateway, () => weather);
  const client = modern(everwire).connect('http://gateway.test', { ...options, env: { ...network.env(), ...options?.env } });
  const told = [];
  ['open', 'state', 'carrier', 'reset', 'error', 'close', 'm'].forEach((name) => client.on(name, (...args) => told.push([name, ...args])));
  return { clock, gateway, client, told, of: (name) => told.filter((entry) => entry[0] === name) };
}

async function until(condition, what) {
  for (const end = Date.now() + 10000; !condition();) {
    assert.ok(Date.now() < end, `in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('the build is ES2017', () => {
  acorn.parse(fs.readFileSync(BUILT, 'utf8'), { ecmaVersion: 2017 });
});

for (const [name, everwire] of Object.entries(BOTH)) {
  test(`${name}: an address is one of a gateway, or a TypeError`, () => {
    const url = (address) => modern(everwire).connect(address, { env: new Network(new Clock(), Math.random, null, () => ({})).env() }).url;
    assert.strictEqual(url('https://rt.example'), 'https://rt.example/everwire');
    assert.strictEqual(url('wss://rt.example:444/live/'), 'https://rt.example:444/live');
    for (const wrong of ['ftp://rt.example', 'https://rt.example/?a=1', 'https://rt.example/#a', 'rt', undefined]) {
      assert.throws(() => url(wrong), TypeError, String(wrong));
    }
  });

  test(`${name}: a WebSocket is promoted, and carriers it does not know are skipped`, () => {
    const { clock, client, of } = world(everwire, { carriers: ['ws', 'sse', 'stream', 'frame', 'long-poll', 'jsonp', 'short-poll'] });
    clock.runTo(5000);
    assert.deepStrictEqual(client.carriers(), ALL);
    assert.strictEqual(client.carrier, 'ws');
    assert.deepStrictEqual(of('open').length, 1);
    client.use('long-poll');
    clock.runTo(10000);
    assert.strictEqual(client.carrier, 'long-poll');
    client.use(ALL);
    clock.runTo(15000);
    assert.strictEqual(client.carrier, 'ws');
    assert.deepStrictEqual(of('open').length, 1);
  });

  test(`${name}: what is said before the session is open rides along with the opening`, () => {
    const { clock, gateway, client } = world(everwire, { carriers: ['long-poll'] });
    let replied = null;
    client.emit('m', 1);
    client.emit('m', 2, (error, data) => {
      replied = [error, data];
    });
    clock.runTo(200);
    assert.deepStrictEqual(gateway.all[0].got, [1, 2]);
    assert.deepStrictEqual(replied, [null, 2]);
  });

  test(`${name}: a stream that is held back is not relied on`, () => {
    const { clock, gateway, client, of } = world(everwire, { carriers: ['stream', 'long-poll'] }, { held: 1 });
    clock.runTo(20000);
    assert.strictEqual(client.carrier, 'long-poll');
    assert.deepStrictEqual(of('carrier').length, 1);
    gateway.all[0].say(1);
    clock.runTo(20200);
    assert.deepStrictEqual(of('m').map((entry) => entry[1]), [1]);
  });

  test(`${name}: a page that goes away says what waits, and goodbye`, () => {
    const beacons = [];
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { sendBeacon: (...args) => beacons.push(args) }, configurable: true });
    try {
      const { clock, client } = world(everwire, { carriers: ['long-poll'] });
      clock.runTo(1000);
      client.emit('m', 7);
      client.leave_(false);
      assert.match(beacons[0][0], /\/messages\?seq=1$/);
      assert.deepStrictEqual(JSON.parse(beacons[0][1]), [{ event: 'm', data: 7 }, { close: {} }]);
    } finally {
      delete globalThis.navigator;
      if (before) {
        Object.defineProperty(globalThis, 'navigator', before);
      }
    }
  });

  test(`${name}: a page that comes back goes on with its session`, () => {
    const { clock, gateway, client, of } = world(everwire, { carriers: ALL });
    clock.runTo(1000);
    client.leave_(true);
    clock.runTo(20000);
    gateway.all[0].say(1);
    clock.runTo(21000);
    assert.deepStrictEqual(of('m'), []);
    client.back(true);
    clock.runTo(22000);
    assert.deepStrictEqual(of('m').map((entry) => entry[1]), [1]);
    assert.strictEqual(gateway.all.length, 1);
  });

  test(`${name}: handlers that throw break nothing, once is once, and replies are given once`, () => {
    const { clock, gateway, client } = world(everwire, { carriers: ['ws'] });
    const heard = [];
    client.once('m', () => {
      throw new Error('on purpose');
    });
    client.on('ask', (data, message) => heard.push(message.reply(data + 1), message.reply(0), message.event, message.seq));
    clock.runTo(1000);
    gateway.all[0].say(1);
    gateway.all[0].push({ event: 'ask', data: 1, id: 5 });
    clock.runTo(2000);
    assert.deepStrictEqual(heard, [true, false, 'ask', 2]);
    assert.deepStrictEqual(clock.errors.map(({ message }) => message), ['on purpose']);
  });

  test(`${name}: what can't be sent is refused, with the reason`, () => {
    const { clock, client, told } = world(everwire, { carriers: ['long-poll'], maxQueue: 100 });
    const errors = [];
    client.emit('m', 'x'.repeat(70000), (error) => errors.push(error.code));
    client.emit('m', 'x'.repeat(90), (error) => errors.push(error.code));
    clock.runTo(2000);
    assert.strictEqual(client.emit('m', 'x'.repeat(70000), (error) => errors.push(error.code)), false);
    client.close();
    assert.strictEqual(client.emit('m', 1, (error) => errors.push(error.code)), false);
    assert.strictEqual(errors[0], 'queue_full');
    assert.deepStrictEqual(errors.slice(-2), ['too_large', 'closed']);
    clock.runTo(9000);
    assert.strictEqual(told[told.length - 1][0], 'close');
  });

  for (const carriers of [['ws'], ['stream'], ['long-poll'], ['stream', 'long-poll'], ALL]) {
    test(`${name}: the real gateway, over ${carriers}`, async () => {
      const gateway = await start();
      try {
        const client = everwire.connect(`http://127.0.0.1:${gateway.port}`, { carriers, env: { WebSocket } });
        const replies = [], bytes = [], ends = [];
        client.on('drawn', (data, { room }) => bytes.push([room, [...new Uint8Array(data)]]));
        client.on('close', (told) => ends.push(told));
        client.join('a room');
        for (let number = 0; number < 300; number++) {
          client.emit('echo', number, (error, data) => replies.push(error || data));
        }
        client.to('a room').emit('drawn', Uint8Array.of(0, 127, 255));
        await until(() => replies.length === 300 && bytes.length === 1, 'replies and bytes');
        assert.deepStrictEqual(replies, replies.map((_, number) => number));
        assert.deepStrictEqual(bytes, [['a room', [0, 127, 255]]]);
        await until(() => client.carrier === carriers[0], `${carriers[0]} carries`);
        client.reconnect();
        client.emit('echo', 'again', (error, data) => replies.push(error || data));
        await until(() => replies[300] === 'again', 'a reply after a cut');
        client.emit('echo', 'last');
        client.close(4200, 'done');
        await until(() => ends.length === 1, 'the end');
        assert.deepStrictEqual(ends, [{ code: 4200, reason: 'done', uncertain: [] }]);
      } finally {
        await gateway.stop();
      }
    });
  }
}
