'use strict';

// The shipped client against the real gateway, through a proxy that cuts and starves: nothing is lost, doubled or
// reordered, whatever carries it.

const test = require('node:test');
const assert = require('node:assert');
const path = require('node:path');
const WebSocket = require('ws');
const { make } = require('./support/xhr');
const { start } = require('./support/binary');
const { Proxy } = require('./support/proxy');
const { seeded } = require('./support/clock');

const everwire = require(path.join(__dirname, '../dist', process.env.CLIENT ?? 'client.min.js'));

const ALL = ['ws', 'stream', 'long-poll', 'short-poll'];
const COUNT = 2000;

let gateway;

test.before(async () => {
  gateway = await start();
});

test.after(() => gateway?.stop());

// Connects through a proxy of its own.
async function connect(options, { port } = gateway) {
  const proxy = await new Proxy(port).listen();
  const client = everwire.connect(proxy.url, {
    env: { WebSocket, xhr: make }, pollInterval: 30, idleInterval: 60, timeout: 60000, retry: { min: 50, max: 500 }, ...options
  });
  const moves = [];
  const ends = [];
  client.on('carrier', (name) => moves.push(name));
  client.on('reset', (told) => ends.push(told));
  client.on('close', (told) => ends.push(told));
  client.on('error', (error) => ends.push(error));
  return { proxy, client, moves, ends };
}

async function until(what, isSo, ms = 60000) {
  const end = Date.now() + ms;
  while (!isSo()) {
    assert.ok(Date.now() < end, `in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function once(client, name) {
  return new Promise((resolve) => client.once(name, resolve));
}

// Sends numbered messages in bursts, each of which the playground returns; `trouble` is called between bursts.
async function exchange({ client, ends }, trouble) {
  const heard = [];
  client.on('n', (data) => heard.push(data));
  for (let sent = 0; sent < COUNT;) {
    for (let burst = 0; burst < 25 && sent < COUNT; burst++) {
      client.emit('n', ++sent);
    }
    await trouble(sent);
  }
  await until(`${COUNT} messages back, of which ${heard.length} are there`, () => heard.length >= COUNT || ends.length > 0);
  await until('everything is acknowledged', () => client.acked === client.sent || ends.length > 0);
  assert.deepStrictEqual(ends, [], 'nothing ended');
  assert.deepStrictEqual(heard, Array.from({ length: COUNT }, (_, index) => index + 1));
  assert.strictEqual(client.sent, COUNT);
  assert.strictEqual(client.received, COUNT);
  assert.strictEqual(client.bufferedAmount, 0);
}

async function end({ client, proxy }) {
  const closed = once(client, 'close');
  client.close();
  const told = await closed;
  assert.deepStrictEqual([told.code, told.uncertain], [4000, []]);
  await proxy.stop();
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('real sockets', { concurrency: 4 }, async (t) => {
  const all = [];
  const run = (name, fn) => all.push(t.test(name, fn));

  for (const carrier of ALL) {
    run(`2,000 messages each way over ${carrier}`, async () => {
      const one = await connect({ carriers: [carrier] });
      await exchange(one, () => pause(1));
      assert.deepStrictEqual(one.moves, [carrier]);
      await end(one);
    });
  }

  for (const carrier of ['stream', 'long-poll']) {
    run(`2,000 messages each way over ${carrier} by fetch, where there is no XMLHttpRequest`, async () => {
      const one = await connect({ carriers: [carrier], env: { WebSocket: null, xhr: null } });
      await exchange(one, () => pause(1));
      assert.deepStrictEqual(one.moves, [carrier]);
      await end(one);
    });
  }

  run('2,000 messages each way while switching carriers', async () => {
    const one = await connect({});
    const random = seeded(7);
    await exchange(one, async (sent) => {
      if (sent % 75 === 0) {
        one.client.use(ALL[Math.floor(random() * ALL.length)]);
      }
      await pause(10 + random() * 20);
    });
    assert.ok(new Set(one.moves).size === ALL.length && one.moves.length > 8, `it moved: ${one.moves}`);
    await end(one);
  });

  run('2,000 messages each way over connections that are cut', async () => {
    const one = await connect({});
    const random = seeded(8);
    await exchange(one, async (sent) => {
      if (sent % 100 === 0) {
        one.proxy.cut(random() < 0.3 ? 'http' : undefined);
        // Twice cut, a WebSocket would be given a rest.
        one.client.use(ALL);
      }
      await pause(10 + random() * 20);
    });
    assert.ok(one.proxy.count.socket > 3, `WebSockets: ${one.proxy.count.socket}`);
    await end(one);
  });

  for (const way of ['up', 'down']) {
    run(`2,000 messages each way when the WebSocket goes mute ${way}ward`, async () => {
      const one = await connect({});
      await exchange(one, async (sent) => {
        if (sent === 1000) {
          await until('the WebSocket has it', () => one.client.carrier === 'ws');
          one.proxy.fate.socket = 'mute';
          one.proxy.starve('socket', way);
        }
        await pause(1);
      });
      assert.deepStrictEqual(one.moves.slice(one.moves.lastIndexOf('ws'))[1], 'long-poll');
      await end(one);
    });
  }

  run('2,000 messages each way over polls that are cut', async () => {
    const one = await connect({ carriers: ['long-poll'] });
    await exchange(one, async (sent) => {
      if (sent % 100 === 0) {
        one.proxy.cut();
      }
      await pause(10);
    });
    await end(one);
  });

  for (const fate of ['mute', 'refuse', 'page']) {
    run(`a WebSocket that is met with "${fate}" delays nothing`, async () => {
      const one = await connect({});
      one.proxy.fate.socket = fate;
      const began = Date.now();
      const reply = await new Promise((resolve, reject) => {
        one.client.emit('ask', 'here', (error, data) => (error ? reject(error) : resolve(data)));
      });
      assert.strictEqual(reply, 'here');
      assert.ok(Date.now() - began < 1500, `${Date.now() - began} ms`);
      assert.strictEqual(one.client.carrier, 'long-poll');
      await end(one);
    });
  }

  run('a captive portal is waited out', async () => {
    const one = await connect({});
    one.proxy.fate = { socket: 'page', http: 'page' };
    one.client.send('early');
    await until('a few tries', () => one.proxy.count.http > 2);
    assert.strictEqual(one.client.state, 'connecting');
    one.proxy.fate = { socket: '', http: '' };
    await once(one.client, 'message');
    assert.deepStrictEqual(one.ends, []);
    await end(one);
  });

  await Promise.all(all);
});

test('a gateway that is gone for a while, and its successor that knows nothing of the session', async () => {
  const own = await start();
  const one = await connect({}, own);
  await once(one.client, 'open');
  await until('the WebSocket has it', () => one.client.carrier === 'ws');
  const { peer } = one.client;
  await own.stop();
  await until('it is noticed', () => one.client.state === 'reconnecting');
  one.client.emit('n', 'said meanwhile');
  one.proxy.target = gateway.port;
  const told = await once(one.client, 'reset');
  assert.deepStrictEqual([told.code, told.undelivered, told.uncertain.map(({ data }) => data)], [4004, null, ['said meanwhile']]);
  await until('a new session', () => one.client.state === 'open');
  assert.notStrictEqual(one.client.peer, peer);
  await end(one);
});

test('a gateway that drains is waited for', async () => {
  const own = await start();
  const one = await connect({}, own);
  await once(one.client, 'open');
  await until('the WebSocket has it', () => one.client.carrier === 'ws');
  const words = [];
  one.client.on('state', (state, sentence) => words.push(sentence));
  own.drain();
  await until('it is told', () => words.some((sentence) => /restarting/.test(sentence)));
  one.proxy.target = gateway.port;
  await once(one.client, 'reset');
  await until('a new session', () => one.client.state === 'open');
  await end(one);
});

test('rooms, replies and bytes between two clients', async () => {
  const ws = await connect({ carriers: ['ws'] });
  const poll = await connect({ carriers: ['long-poll'] });
  const join = (client) => new Promise((resolve, reject) => client.join('r', (error) => (error ? reject(error) : resolve())));
  await Promise.all([join(ws.client), join(poll.client)]);
  const heard = once(poll.client, 'bytes');
  ws.client.to('r').emit('bytes', Uint8Array.of(0, 1, 255));
  assert.deepStrictEqual(new Uint8Array(await heard), Uint8Array.of(0, 1, 255));
  const message = new Promise((resolve) => ws.client.once('said', (data, about) => resolve({ data, about })));
  poll.client.to('r').emit('said', { text: 'é\u2028\ud800"' });
  const { data, about } = await message;
  assert.deepStrictEqual(data, { text: 'é\u2028\ud800"' });
  assert.deepStrictEqual([about.room, about.peer, about.reply], ['r', poll.client.peer, null]);
  await Promise.all([end(ws), end(poll)]);
});

test('a message that the gateway refuses is given back, and those around it arrive', async () => {
  for (const carrier of ['long-poll', 'short-poll']) {
    const one = await connect({ carriers: [carrier] });
    await once(one.client, 'open');
    const heard = [];
    const errors = [];
    one.client.on('n', (data) => heard.push(data));
    const deep = JSON.parse('['.repeat(90) + ']'.repeat(90));
    for (let number = 1; number <= 20; number++) {
      one.client.emit('n', number === 7 || number === 15 ? deep : number, (error) => error && errors.push(error.code));
    }
    await until('eighteen acknowledged', () => one.client.acked === 18 && errors.length === 2);
    assert.deepStrictEqual([errors, one.client.sent, one.ends], [[4002, 4002], 18, []]);
    await end(one);
  }
});

test('a message that is too large is refused when it is said', async () => {
  const one = await connect({});
  const late = [];
  one.client.emit('n', 'x'.repeat(1100000), (error) => late.push(error.code));
  await once(one.client, 'open');
  await until('the early one is refused', () => late.length === 1);
  assert.strictEqual(one.client.emit('n', 'x'.repeat(1100000), (error) => late.push(error.code)), false);
  assert.deepStrictEqual(late, ['too_large', 'too_large']);
  const back = once(one.client, 'n');
  one.client.emit('n', 'x'.repeat(1000000));
  assert.strictEqual((await back).length, 1000000);
  await end(one);
});
