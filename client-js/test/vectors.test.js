'use strict';

// The client's session and packets agree with tests/vectors, which the gateway's are held to as well.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { run } = require('./support/driver');
const Outbox = require('../src/outbox');
const { Inbox, Lane } = require('../src/inbox');
const packet = require('../src/packet');
const compose = require('../src/compose');
const base64 = require('../src/base64');

const FOLDER = path.join(__dirname, '../../tests/vectors');
const DRIVERS = {
  'outbox.json': outbox,
  'inbox.json': inbox,
  'packets-both.json': () => packets(hears),
  'packets-from-client.json': () => packets(composes),
  'packets-from-gateway.json': () => packets(hears)
};

function outbox() {
  const box = new Outbox();
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
  return (step) => {
    one(ops, step);
    assert.strictEqual(box.bytes, box.queue.length, 'the bytes are counted');
  };
}

function inbox() {
  const box = new Inbox();
  const lanes = {};
  const ops = {
    carrier: (step) => {
      lanes[step.argument('name')] = new Lane(box, step.argument('opens'));
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

// What the client hears: a text or a frame has a meaning; what the gateway says is heard by it.
const hears = {
  hear: (step) => step.expect(meaning(packet.hear(step.argument('text')))),
  'hear-binary': (step) => step.expect(meaning(packet.hearBinary(fromHex(step.argument('hex'))))),
  say: (step) => heard(step, (text) => packet.hear(text)),
  'say-binary': (step) => heard(step, (hex) => packet.hearBinary(fromHex(hex)))
};

function heard(step, hear) {
  const expected = step.argument('meaning');
  assert.deepStrictEqual(JSON.parse(JSON.stringify(meaning(hear(step.argument('expect'))))), expected);
}

// What the client says: each meaning has a text of the same JSON value.
const composes = {
  hear: (step) => said(step, (expected) => compose.say(packetOf(expected))),
  'hear-body': (step) => said(step, (expected) => compose.body(expected.map((one) => compose.say(packetOf(one)))), true)
};

function said(step, say, isBody) {
  const text = step.argument('text');
  const expected = step.argument('expect');
  if (!step.optional('loose')) {
    const value = JSON.parse(text);
    assert.deepStrictEqual(JSON.parse(say(expected)), isBody && !Array.isArray(value) ? [value] : value);
  }
}

// A meaning as the vectors write it, from the client's own, and back.
function meaning({ bytes, ...rest }) {
  return bytes === undefined ? rest : { ...rest, binary: base64.encode(bytes) };
}

function packetOf({ binary, ...rest }) {
  return binary === undefined ? rest : { ...rest, bytes: base64.decode(binary) };
}

function fromHex(hex) {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

for (const [name, make] of Object.entries(DRIVERS)) {
  test(`vectors: ${name}`, () => {
    assert.ok(run(fs.readFileSync(path.join(FOLDER, name), 'utf8'), make) > 0);
  });
}

test('vectors: every file has its driver', () => {
  const files = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  assert.deepStrictEqual(files.sort(), Object.keys(DRIVERS).sort());
});

test('vectors: the binary frames of the client are those that the gateway reads', () => {
  const frame = compose.sayBinary({ kind: 'event', name: 'x', bytes: Uint8Array.of(0, 255) });
  assert.strictEqual(Buffer.from(frame).toString('hex'), '0d7b226576656e74223a2278227d00ff');
  const long = { kind: 'event', name: 'é'.repeat(100), room: 'r', id: 7, bytes: Uint8Array.of(1) };
  const { kind, name, room, id } = packet.hearBinary(new Uint8Array(compose.sayBinary(long)));
  assert.deepStrictEqual({ kind, name, room, id }, { kind: 'event', name: 'é'.repeat(100), room: 'r', id: 7 });
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
