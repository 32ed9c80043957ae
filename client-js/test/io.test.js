'use strict';

// The names of Socket.IO, against the real gateway: its playground sends back what is for no room, and answers a request
// with its own data.

const test = require('node:test');
const assert = require('node:assert');
const WebSocket = require('ws');
const { make } = require('./support/xhr');
const { start } = require('./support/binary');
const { Proxy } = require('./support/proxy');

const io = require('../dist/io.min.js');

let gateway;
let location;
const open = new Set();

test.before(async () => {
  gateway = await start();
  location = { href: `http://127.0.0.1:${gateway.port}/page.html`, pathname: '/page.html' };
});

test.afterEach(() => {
  open.forEach((socket) => socket.disconnect());
  open.clear();
});

test.after(() => gateway?.stop());

// A socket of a session of its own.
function connect(url = '/', options = {}) {
  const socket = io(url, { env: { WebSocket, xhr: make, location }, forceNew: true, ...options });
  open.add(socket);
  return socket;
}

const once = (target, name) => new Promise((resolve) => target.once(name, (...args) => resolve(args)));

test('io: the page that the seed prints', async () => {
  const lines = [];
  const page = new Function('io', 'console', `
    var socket = io.connect('/');
    socket.on('connect', function () {
      socket.send('welcome');
    });
    socket.on('message', function (message) {
      console.log(message);
      done();
    });
    return new Promise(function (resolve) { done = resolve; });
    var done;`);
  await page({ connect }, { log: (line) => lines.push(line) });
  assert.deepStrictEqual(lines, ['welcome']);
});

test('io: what a socket tells of itself before, while and after it is connected', async () => {
  const socket = connect();
  const seen = () => [socket.connected, socket.disconnected, socket.active, typeof socket.id];
  assert.deepStrictEqual(seen(), [false, true, true, 'undefined']);
  let here;
  socket.on('connect', function () { here = this; });
  await once(socket, 'connect');
  assert.strictEqual(here, socket);
  assert.deepStrictEqual([...seen(), socket.id === socket.io.client.peer, socket.nsp, socket.recovered],
    [true, false, true, 'string', true, '/', false]);
  const reasons = [];
  socket.on('disconnect', (reason) => reasons.push(reason));
  assert.strictEqual(socket.disconnect(), socket);
  assert.deepStrictEqual([...seen(), reasons], [false, true, false, 'undefined', ['io client disconnect']]);
  const first = socket.io.client;
  assert.strictEqual(first, null);
  socket.connect();
  await once(socket, 'connect');
  assert.deepStrictEqual([socket.connected, reasons.length], [true, 1]);
});

test('io: any number of arguments travel, each as it was', async () => {
  const socket = connect();
  const all = [[], ['a'], [null], [undefined], ['a', 1, { b: [2] }], [[]], [[1, 2]], [[1], [2]], [{ args: 1 }], [false, null]];
  const heard = [];
  socket.on('e', (...args) => heard.push(args));
  const seen = [];
  socket.onAny((event, ...args) => seen.push([event, ...args]));
  all.forEach((args) => socket.emit('e', ...args));
  const acks = await Promise.all(all.map((args) => new Promise((resolve) => socket.emit('ask', ...args, (...answer) => resolve(answer)))));
  const expected = all.map((args) => (args.length === 1 && args[0] === undefined ? [] : args));
  assert.deepStrictEqual(heard, expected);
  assert.deepStrictEqual(acks, expected);
  assert.deepStrictEqual(seen, expected.map((args) => ['e', ...args]));
});

test('io: what a native client makes of the arguments', async () => {
  const socket = connect();
  await once(socket, 'connect');
  const { client } = socket.io;
  const heard = [];
  client.on('e', (data) => heard.push(data));
  socket.emit('e').emit('e', 'a').emit('e', 'a', 'b').emit('e', ['a', 'b']);
  await new Promise((resolve) => socket.emit('ask', resolve));
  assert.deepStrictEqual(heard, [undefined, 'a', ['a', 'b'], [['a', 'b']]]);
  const args = [];
  socket.on('n', (...all) => args.push(all));
  client.emit('n');
  client.emit('n', { a: 1 });
  client.emit('n', [1, 2]);
  await new Promise((resolve) => socket.emit('ask', resolve));
  assert.deepStrictEqual(args, [[], [{ a: 1 }], [1, 2]]);
});

test('io: bytes are an argument by themselves', async () => {
  const socket = connect();
  const [back] = await Promise.all([once(socket, 'b'), socket.emit('b', Uint8Array.of(1, 255))]);
  assert.deepStrictEqual(new Uint8Array(back[0]), Uint8Array.of(1, 255));
  assert.throws(() => socket.emit('b', 'name', Uint8Array.of(1)), TypeError);
  assert.throws(() => socket.emit('b', Uint8Array.of(1), 'name'), TypeError);
});

test('io: names that only the connection may say are refused', () => {
  const socket = connect('/', { autoConnect: false });
  for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']) {
    assert.throws(() => socket.emit(name), { message: `"${name}" is a reserved event name` });
  }
});

test('io: an event of any other name is the application\'s', async () => {
  const socket = connect();
  for (const name of ['open', 'state', 'close', 'error', 'ack', 'rtt', 'carrier', 'reset', 'lost', '*', 'message', '__proto__', 'constructor']) {
    const [heard] = await Promise.all([once(socket, name), socket.emit(name, name, 2)]);
    assert.deepStrictEqual(heard, [name, 2]);
  }
});

test('io: an answer within its time, one too late, and as promises', async () => {
  const socket = connect();
  assert.deepStrictEqual(await new Promise((resolve) => socket.timeout(5000).emit('ask', 1, 2, (...all) => resolve(all))), [null, 1, 2]);
  assert.strictEqual(await socket.emitWithAck('ask', 7), 7);
  assert.strictEqual(await socket.timeout(5000).emitWithAck('ask', 8), 8);
  const slow = connect('http://127.0.0.1:1');
  const late = await new Promise((resolve) => slow.timeout(20).emit('ask', 1, (...all) => resolve(all)));
  assert.deepStrictEqual(late.map(String), ['Error: operation has timed out']);
  await assert.rejects(slow.timeout(20).emitWithAck('ask', 1), { message: 'operation has timed out' });
});

test('io: a callback hears once, whatever comes later', async () => {
  const socket = connect();
  let count = 0;
  socket.timeout(1).emit('ask', () => { count++; });
  await once(socket, 'connect');
  await socket.emitWithAck('ask');
  assert.strictEqual(count, 1);
});

test('io: what was said before there is a connection is said then, in order', async () => {
  const socket = connect('/', { autoConnect: false });
  const heard = [];
  socket.on('n', (number) => heard.push(number));
  socket.emit('n', 1).emit('n', 2);
  socket.volatile.emit('n', 'dropped');
  const answer = socket.emitWithAck('ask', 3);
  assert.deepStrictEqual([socket.active, socket.io.client], [false, null]);
  socket.open().emit('n', 4);
  socket.volatile.emit('n', 'dropped');
  await answer;
  await socket.emitWithAck('ask');
  assert.deepStrictEqual(heard, [1, 2, 4]);
});

test('io: a volatile event arrives where something carries it', async () => {
  const socket = connect();
  await once(socket, 'connect');
  const [heard] = await Promise.all([once(socket, 'v'), socket.volatile.emit('v', 1, 2)]);
  assert.deepStrictEqual(heard, [1, 2]);
  const [timed] = await Promise.all([once(socket, 'v'), socket.timeout(100).volatile.compress(true).emit('v', 3)]);
  assert.deepStrictEqual(timed, [3]);
});

test('io: credentials are a value, a function, or come later', async () => {
  for (const auth of [{ token: 1 }, (done) => done({ token: 1 }), (done) => setTimeout(done, 10, { token: 1 })]) {
    const sent = [];
    const xhr = () => {
      const one = make();
      const send = one.send.bind(one);
      one.send = (body) => {
        sent.push(body);
        send(body);
      };
      return one;
    };
    const socket = connect('/', { auth, env: { WebSocket, xhr, location } });
    await once(socket, 'connect');
    assert.deepStrictEqual(JSON.parse(sent[0])[0].open.auth, { token: 1 });
  }
});

test('io: sockets of one gateway share a session, those of one namespace do not', async () => {
  const options = { env: { WebSocket, xhr: make, location }, forceNew: false, path: '/everwire' };
  const first = connect('/', options);
  assert.strictEqual(connect('/other', { ...options, autoConnect: false }).io, first.io);
  const second = connect('/', options);
  assert.notStrictEqual(second.io, first.io);
  assert.notStrictEqual(connect('/third', { ...options, autoConnect: false, multiplex: false }).io, first.io);
  await Promise.all([once(first, 'connect'), once(second, 'connect')]);
  assert.notStrictEqual(first.id, second.id);
});

test('io: which gateway and which namespace an address means', () => {
  const cases = [
    [undefined, {}, '', '/'], ['/', {}, '', '/'], ['/chat', {}, '', '/chat'], ['/chat/?a=1', {}, '', '/chat'],
    ['https://rt.test', {}, 'https://rt.test', '/'], ['https://rt.test/chat', {}, 'https://rt.test', '/chat'],
    ['https://rt.test?token=1', {}, 'https://rt.test', '/'], ['localhost:3000', {}, '//localhost:3000', '/'],
    ['//rt.test/a/b', {}, '//rt.test', '/a/b'], ['/chat', { path: '/rt' }, '/rt', '/chat'],
    ['https://rt.test', { path: '/rt' }, 'https://rt.test/rt', '/'], ['/', { path: '/socket.io/' }, '', '/']
  ];
  for (const [url, options, uri, nsp] of cases) {
    const socket = io(url, { ...options, autoConnect: false, forceNew: true });
    assert.deepStrictEqual([socket.io.uri, socket.nsp], [uri, nsp], url);
  }
  assert.strictEqual(io({ path: '/rt', autoConnect: false }).io.uri, '/rt');
});

test('io: the carriers are those of the transports that are asked for', async () => {
  for (const [transports, name, engine] of [[['websocket'], 'ws', 'websocket'], [['polling'], 'long-poll', 'polling']]) {
    const socket = connect('/', { transports });
    await once(socket, 'connect');
    assert.strictEqual(socket.io.engine.transport.name, engine);
    if (name === 'ws') {
      assert.strictEqual(socket.io.client.carrier, 'ws');
    }
  }
});

test('io: a session outlives a cut, of which the manager tells', async () => {
  const proxy = await new Proxy(gateway.port).listen();
  const socket = connect(proxy.url, { transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 50 });
  await once(socket, 'connect');
  const { id } = socket;
  const reasons = [];
  socket.on('disconnect', (reason) => reasons.push(reason));
  const attempt = once(socket.io, 'reconnect_attempt');
  const again = Promise.all([once(socket.io, 'reconnect'), once(socket, 'reconnect')]);
  proxy.cut();
  assert.strictEqual((await attempt)[0], 1);
  const back = once(socket, 'n');
  socket.emit('n', 'said meanwhile');
  const [[count]] = await again;
  assert.ok(count > 0);
  assert.deepStrictEqual(await back, ['said meanwhile']);
  assert.deepStrictEqual([socket.id, socket.connected, reasons], [id, true, []]);
  socket.disconnect();
  await proxy.stop();
});

test('io: a gateway that is not there is told, and without reconnection that is all', async () => {
  const socket = connect('http://127.0.0.1:1');
  const [error] = await once(socket, 'connect_error');
  assert.deepStrictEqual([error instanceof Error, socket.active, socket.connected], [true, true, false]);
  const none = connect('http://127.0.0.1:1', { reconnection: false });
  const told = once(none, 'connect_error');
  await once(none.io, 'reconnect_failed');
  await told;
});

test('io: a session that is lost is a new connection', async () => {
  const own = await start();
  const proxy = await new Proxy(own.port).listen();
  const socket = connect(proxy.url, { reconnectionDelay: 10, reconnectionDelayMax: 50 });
  await once(socket, 'connect');
  const { id } = socket;
  const lost = once(socket, 'disconnect');
  proxy.target = gateway.port;
  await own.stop();
  const [reason, { code }] = await lost;
  assert.deepStrictEqual([reason, code, socket.active, socket.connected, socket.id], ['ping timeout', 4004, true, false, undefined]);
  await once(socket, 'connect');
  assert.notStrictEqual(socket.id, id);
  assert.strictEqual(await socket.emitWithAck('ask', 1), 1);
  socket.disconnect();
  await proxy.stop();
});
