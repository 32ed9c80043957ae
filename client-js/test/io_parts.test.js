'use strict';

// The names of Socket.IO over a client that does what the gateway of this step does not.

const test = require('node:test');
const assert = require('node:assert');
const everwire = require('../src/index');
const Manager = require('../src/io/manager');

// A manager whose client is made of handlers and of what was said.
function fake(nsp = '/', options = {}) {
  const channel = (name) => ({
    name, said: [], handlers: {}, closed: 0,
    on(event, fn) { (this.handlers[event] = this.handlers[event] ?? []).push(fn); },
    tell(event, ...args) { (this.handlers[event] ?? []).forEach((fn) => fn(...args)); },
    emit(...args) { this.said.push(args); },
    close() { this.closed++; }
  });
  const clients = [];
  const connect = everwire.connect;
  everwire.connect = (uri, given) => {
    const client = { ...channel(''), state: 'connecting', peer: '', given, of: (name, auth) => (client.channel = { ...channel(name), auth }) };
    clients.push(client);
    return client;
  };
  const manager = new Manager('https://rt.test', options);
  const socket = manager.socket(nsp);
  socket.connect();
  everwire.connect = connect;
  const events = [];
  for (const name of ['connect', 'disconnect', 'connect_error', 'error']) {
    socket.on(name, (one, two) => events.push([name, one, two]));
  }
  return { manager, socket, clients, client: clients[0], events };
}

function opened(client) {
  Object.assign(client, { state: 'open', peer: 'p1' });
  client.tell('state', 'open');
  client.tell('open', { session: 'new' });
}

test('io: handlers go as they came', async () => {
  const { socket } = fake();
  const heard = [];
  const add = (name) => function handler() { heard.push(name); };
  const [a, b, c, any] = ['a', 'b', 'c', 'any'].map(add);
  const say = () => {
    heard.length = 0;
    socket.hear('e', [], {});
    return heard.join();
  };
  socket.on('e', a).addListener('e', b).addEventListener('e', c).onAny(any);
  assert.strictEqual(say(), 'any,a,b,c');
  socket.off('e', a).offAny(any);
  assert.strictEqual(say(), 'b,c');
  socket.removeListener('e', c);
  assert.strictEqual(say(), 'b');
  socket.removeAllListeners('e');
  assert.strictEqual(say(), '');
  socket.once('e', a).on('e', b);
  assert.deepStrictEqual([say(), say()], ['a,b', 'b']);
  socket.off();
  assert.strictEqual(say(), '');
});

test('io: the gateway asks, and the last argument of the handler answers', () => {
  const { socket, client } = fake();
  const replies = [];
  socket.on('sum', (a, b, done) => done && done(a + b)).on('none', (done) => done()).on('two', (list, done) => done(list, 2));
  const message = { reply: (data) => replies.push(data) };
  client.tell('*', 'sum', [1, 2], message);
  client.tell('*', 'none', undefined, message);
  client.tell('*', 'two', [[1]], message);
  client.tell('*', 'sum', 1, { reply: null });
  assert.deepStrictEqual(replies, [3, undefined, [[1], 2]]);
});

test('io: how a session ends, in the words of Socket.IO', () => {
  for (const [code, reason] of [[4000, 'io server disconnect'], [4100, 'io server disconnect'], [4001, 'io server disconnect'],
    [4002, 'transport close'], [4003, 'transport close']]) {
    const { socket, client, events, manager } = fake();
    opened(client);
    client.tell('close', { code, reason: 'why' });
    assert.deepStrictEqual(events, [['connect', undefined, undefined], ['disconnect', reason, { code, reason: 'why' }]]);
    assert.deepStrictEqual([socket.active, socket.connected, manager.client], [false, false, null]);
  }
  for (const [code, reason] of [[4004, 'ping timeout'], [4008, 'transport close'], [4011, 'transport close']]) {
    const { socket, client, events } = fake();
    opened(client);
    client.tell('reset', { code, reason: 'why' });
    assert.deepStrictEqual(events[1], ['disconnect', reason, { code, reason: 'why' }]);
    assert.deepStrictEqual([socket.active, socket.connected], [true, false]);
    opened(client);
    assert.strictEqual(socket.connected, true);
  }
});

test('io: who is not let in is told why, and may try again', () => {
  const { socket, client, events } = fake();
  client.tell('close', { code: 4001, reason: 'who are you?' });
  assert.deepStrictEqual(events.map(([name, error]) => [name, error.message, error.data.code]), [['connect_error', 'who are you?', 4001]]);
  assert.deepStrictEqual([socket.active, socket.connected], [false, false]);
});

test('io: what went wrong with nobody to hear it is told by the manager', () => {
  const { socket, client, manager } = fake();
  const errors = [];
  manager.on('error', (error) => errors.push(error.code));
  let count = 0;
  socket.emit('ask', () => { count++; });
  client.said[0][2]({ code: 'uncertain', message: 'the session ended' });
  client.tell('error', { code: 'queue_full', message: 'too much' });
  assert.deepStrictEqual([errors, count], [['uncertain', 'queue_full'], 0]);
});

test('io: credentials that are asked for again are those of that moment, or the last there were', () => {
  let count = 0;
  let later;
  const now = fake('/', { auth: (done) => done(++count) });
  assert.deepStrictEqual([now.client.given.auth(), now.client.given.auth(), count], [1, 2, 2]);
  const { clients, socket, manager } = fake('/', { auth: (done) => { later = done; } });
  assert.strictEqual(clients.length, 0);
  socket.disconnect();
  later('too late');
  assert.strictEqual(manager.client, null);
});

test('io: a namespace is joined, spoken in, left, and refused by itself', () => {
  const { socket, client, events, manager } = fake('/chat', { auth: { token: 1 } });
  const root = manager.socket('/');
  assert.deepStrictEqual([client.channel.name, client.channel.auth, client.given.auth()], ['/chat', { token: 1 }, { token: 1 }]);
  opened(client);
  assert.deepStrictEqual([socket.connected, root.connected], [false, false]);
  client.channel.tell('open', {});
  assert.deepStrictEqual([socket.connected, socket.id, events.length], [true, 'p1', 1]);
  socket.emit('e', 1, 2);
  assert.deepStrictEqual([client.channel.said, client.said], [[['e', [1, 2], undefined]], []]);
  const heard = [];
  socket.on('e', (...args) => heard.push(args));
  client.tell('*', 'e', 'of the other', {});
  client.channel.tell('*', 'e', 'mine', {});
  assert.deepStrictEqual(heard, [['mine']]);
  root.connect();
  assert.strictEqual(root.connected, true);
  socket.disconnect();
  assert.deepStrictEqual([client.channel.closed, client.closed, manager.client === client], [1, 0, true]);
  root.disconnect();
  assert.deepStrictEqual([client.closed, manager.client], [1, null]);
  const other = fake('/nope');
  opened(other.client);
  other.client.channel.tell('error', { code: 4001, message: 'Invalid namespace' });
  assert.deepStrictEqual(other.events.map(([name, error]) => [name, error.message]), [['connect_error', 'Invalid namespace']]);
});
