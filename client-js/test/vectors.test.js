'use strict';

// The client's session and packets agree with tests/vectors, which the gateway's are held to as well.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { run } = require('./support/driver');
const Outbox = require('../src/outbox');
const Session = require('../src/session');
const packet = require('../src/packet');
const message = require('../src/message');
const base64 = require('../src/base64');
const Model = require('./support/outbox');
const model = require('./support/inbox');

const FOLDER = path.join(__dirname, '../../tests/vectors');
const DRIVERS = {
  'outbox.json': [outbox, modelOutbox],
  'inbox.json': [inbox, modelInbox],
  'packets-both.json': [() => packets(hears)],
  'packets-from-client.json': [() => packets(composes)],
  'packets-from-gateway.json': [() => packets(hears)]
};

// The client's own messages. What `attach` says of the other end is an acknowledgement before it.
function outbox() {
  const box = new Outbox();
  const ack = (number) => (box.ack(number) ? null : { refused: 'beyond', sent: box.sent });
  const ops = {
    push: (step) => {
      for (let count = step.optional('count') ?? 1; count > 0; count--) {
        box.push({ number: box.last() + 1, size: 1 });
      }
      step.expect(box.last());
    },
    attach: (step) => {
      const after = step.optional('after');
      step.expect((after !== undefined && ack(after)) || { from: box.attach() });
    },
    hand: (step) => step.expect(box.hand(step.optional('most')).map((item) => item.number)),
    ack: (step) => step.expect(ack(step.argument('number')) ?? 'ok'),
    cut: () => box.cut(),
    held: (step) => step.expect(box.queue.map((item) => item.number))
  };
  return (step) => {
    one(ops, step);
    assert.strictEqual(box.bytes, box.queue.length, 'the bytes are counted');
  };
}

// The simulated gateway's, which the client is tried against, are held to the same.
function modelOutbox() {
  const box = new Model();
  const ops = {
    push: (step) => {
      for (let count = step.optional('count') ?? 1; count > 0; count--) {
        box.push({ number: box.last() + 1, bytes: 1 });
      }
      step.expect(box.last());
    },
    attach: (step) => step.expect(box.attach(step.optional('after'))),
    hand: (step) => step.expect(box.hand(step.optional('most')).map((item) => item.number)),
    ack: (step) => step.expect(box.ack(step.argument('number')) ?? 'ok'),
    cut: () => box.cut(),
    held: (step) => step.expect(box.queue.map((item) => item.number))
  };
  return (step) => one(ops, step);
}

// What the client takes. It has a place for every message: a receiver that has none keeps its own count (`room`).
function inbox() {
  const session = new Session();
  const lanes = {};
  const take = (first, count, room) => {
    const before = session.taken, fresh = session.take(first, Array(count).fill(0));
    if (!fresh) {
      return { refused: 'gap', taken: session.taken };
    }
    session.taken = Math.min(session.taken, before + (room ?? count));
    return { repeats: count - fresh.length, taken: session.taken - before };
  };
  const ops = {
    carrier: (step) => {
      lanes[step.argument('name')] = { from: step.argument('opens') ? 1 : 0 };
    },
    from: (step) => {
      const lane = lanes[step.argument('on')], from = step.argument('number');
      const isGap = from > session.taken + 1;
      step.expect(isGap ? { refused: 'gap', taken: session.taken } : 'ok');
      Object.assign(lane, isGap ? {} : { from, isBusy: false });
    },
    message: (step) => step.expect(heardOn(lanes[step.argument('on')], step.optional('room') ?? true, take)),
    batch: (step) => step.expect(take(step.argument('first'), step.argument('count'), step.optional('room'))),
    taken: (step) => step.expect(session.taken)
  };
  return (step) => one(ops, step);
}

function heardOn(lane, room, take) {
  if (!lane.from || lane.isBusy) {
    return lane.isBusy ? 'dropped' : { refused: 'no-from' };
  }
  const { repeats, taken } = take(lane.from, 1, room ? 1 : 0);
  lane.isBusy = repeats + taken === 0;
  lane.from += lane.isBusy ? 0 : 1;
  return lane.isBusy ? 'busy' : taken ? 'take' : 'repeat';
}

function modelInbox() {
  const box = new model.Inbox();
  const lanes = {};
  const ops = {
    carrier: (step) => {
      lanes[step.argument('name')] = new model.Lane(box, step.argument('opens'));
    },
    from: (step) => step.expect(lanes[step.argument('on')].from(step.argument('number'))),
    message: (step) => step.expect(lanes[step.argument('on')].message(step.optional('room') ?? true)),
    batch: (step) => step.expect(box.batch(step.argument('first'), step.argument('count'), step.optional('room'))),
    taken: (step) => step.expect(box.taken)
  };
  return (step) => one(ops, step);
}

function one(ops, step) {
  if (!Object.hasOwn(ops, step.op)) {
    throw new Error(`unknown op ${step.op}`);
  }
  ops[step.op](step);
}

function packets(how) {
  return (step) => one(how, step);
}

// What the client hears has a meaning, or is refused (why, it does not say); what the gateway says is heard by it.
const hears = {
  hear: (step) => hear(step, packet.read(step.argument('text'))),
  'hear-binary': (step) => hear(step, packet.readFrame(fromHex(step.argument('hex')))),
  say: (step) => heard(step, (text) => packet.read(text)),
  'say-binary': (step) => heard(step, (hex) => packet.readFrame(fromHex(hex)))
};

function hear(step, read) {
  const expected = step.argument('expect');
  assert.deepStrictEqual(read ? meaning(read) : null, expected.refused ? null : expected);
}

function heard(step, read) {
  const expected = step.argument('meaning');
  assert.deepStrictEqual(meaning(read(step.argument('expect'))), expected);
}

// What the client says: each meaning has a text of the same JSON value.
const composes = {
  hear: (step) => said(step, (expected) => compose(expected)),
  'hear-body': (step) => said(step, (expected) => message.body(expected.map(compose)), true)
};

function said(step, say, isBody) {
  const text = step.argument('text');
  const expected = step.argument('expect');
  if (!step.optional('loose')) {
    const value = JSON.parse(text);
    assert.deepStrictEqual(JSON.parse(say(expected)), isBody && !Array.isArray(value) ? [value] : value);
  }
}

// How the vectors call what is a value, or an object's members, on the wire.
const VALUES = { event: 'name', reply: 'id', from: 'number', ack: 'number', ping: 'number', pong: 'number', auth: 'auth' };
const MEMBERS = ['data', 'binary', 'id', 'ns', 'room', 'peer', 'at', 'busy', 'error'];

// A meaning as the vectors write it, from the client's packet, and back.
function meaning({ kind, ...rest }) {
  const value = rest[kind];
  const told = { kind, ...(VALUES[kind] ? { [VALUES[kind]]: value } : value) };
  for (const name of MEMBERS.filter((one) => one !== kind && rest[one] !== undefined)) {
    told[name] = name === 'binary' ? base64.encode(rest.binary) : rest[name];
  }
  if (told.ns === '/') {
    delete told.ns;
  }
  return JSON.parse(JSON.stringify(told));
}

function compose({ kind, data, binary, id, ...rest }) {
  const value = VALUES[kind] === 'name' ? rest.name : VALUES[kind] === 'id' ? id : rest[VALUES[kind]];
  const inside = { ...rest };
  const beside = kind === 'event' || kind === 'reply' ? ['ns', 'room', 'error'] : kind === 'connect' ? [] : ['ns'];
  const packet = {};
  for (const name of beside.filter((one) => one in inside)) {
    packet[name] = inside[name];
    delete inside[name];
  }
  const said = { [kind]: VALUES[kind] ? value : inside, ...packet, ...(kind !== 'reply' && id ? { id } : {}) };
  return message.text(message.compose(said, binary === undefined ? data : Uint8Array.from(base64.decode(binary))));
}

function fromHex(hex) {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

for (const [name, makers] of Object.entries(DRIVERS)) {
  test(`vectors: ${name}`, () => {
    for (const make of makers) {
      assert.ok(run(fs.readFileSync(path.join(FOLDER, name), 'utf8'), make) > 0);
    }
  });
}

test('vectors: every file has its driver', () => {
  const files = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  assert.deepStrictEqual(files.sort(), Object.keys(DRIVERS).sort());
});

test('vectors: the binary frames of the client are those that the gateway reads', () => {
  const frame = message.frame(message.compose({ event: 'x' }, Uint8Array.of(0, 255)));
  assert.strictEqual(Buffer.from(frame).toString('hex'), '0d7b226576656e74223a2278227d00ff');
  const long = message.frame(message.compose({ event: 'é'.repeat(100), room: 'r', id: 7 }, Uint8Array.of(1)));
  const { kind, event, room, id } = packet.readFrame(new Uint8Array(long));
  assert.deepStrictEqual({ kind, event, room, id }, { kind: 'event', event: 'é'.repeat(100), room: 'r', id: 7 });
});

test('vectors: what is left unread, unknown, or different is a fault', () => {
  const fails = (text, pattern) => assert.throws(() => run(text, outbox), pattern);
  const one = (step) => JSON.stringify([{ name: 'n', why: 'w', steps: [step] }]);
  fails('[]', /no cases/);
  fails(JSON.stringify([{ name: 'n', why: 'w', steps: [] }]), /`steps`/);
  fails(JSON.stringify([{ name: 'n', why: 'w', steps: [{ op: 'cut' }], more: 1 }]), /unused: more/);
  fails(JSON.stringify([{ name: 'n', why: 'w', end: 'gateway', steps: [{ op: 'cut' }] }]), /this end/);
  fails(one({ op: 'cutt' }), /unknown op/);
  fails(one({ op: 'cut', expect: 'ok' }), /unused: expect/);
  fails(one({ op: 'push' }), /no `expect`/);
  fails(one({ op: 'push', expect: 2 }), /expected 2, got 1/);
});
