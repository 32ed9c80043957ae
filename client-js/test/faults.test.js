'use strict';

// The simulation would notice a client with a fault: each of these is planted, and has to be found.

const test = require('node:test');
const assert = require('node:assert');
const { Schedule } = require('./support/schedule');

const ALL = ['ws', 'stream', 'long-poll', 'short-poll'];

// A client of its own modules, with a fault planted.
function faulty(plant) {
  const own = Object.keys(require.cache).filter((file) => /client-js[\\/]src/.test(file));
  const kept = own.map((file) => [file, require.cache[file]]);
  own.forEach((file) => delete require.cache[file]);
  plant((name) => require(`../src/${name}`));
  const made = require('../src/index');
  Object.keys(require.cache).filter((file) => /client-js[\\/]src/.test(file)).forEach((file) => delete require.cache[file]);
  kept.forEach(([file, module]) => {
    require.cache[file] = module;
  });
  return made;
}

const FAULTS = {
  'repeats are not dropped': (get) => {
    get('session').prototype.take = function (first, messages) {
      this.taken = Math.max(this.taken, first + messages.length - 1);
      return messages;
    };
  },
  'a new carrier does not repeat': (get) => {
    get('outbox').prototype.attach = function () {
      this.next = Math.max(this.sent, this.gone) + 1;
      return this.next;
    };
  },
  'what was handed over is forgotten': (get) => {
    const Outbox = get('outbox');
    const { hand } = Outbox.prototype;
    Outbox.prototype.hand = function (most, bytes) {
      const items = hand.call(this, most, bytes);
      this.taken = this.sent;
      this.settle();
      return items;
    };
  },
  'the turn is not raised': (get) => {
    Object.defineProperty(get('session').prototype, 'turn', { get: () => 1, set: () => {} });
  },
  'a proxy\'s 404 is believed': (get) => {
    const answers = get('answers');
    const { interpret } = answers;
    answers.interpret = (answer) => (answer.status === 404
      ? { kind: 'close', body: { close: { code: 4004, reason: '', last: 0, received: 0 } } } : interpret(answer));
  },
  'silence is borne for ever': (get) => {
    get('link').inspect = () => {};
  },
  'a stream is relied on untried': (get) => {
    get('ladder').prototype.isProved = () => true;
    get('link').inspect = () => {};
  },
  'nobody watches requests': (get) => {
    const xhr = get('env/xhr');
    const { send } = xhr;
    xhr.send = (env, ask, done) => send(env, { ...ask, timeout: 1e9 }, done);
  }
};

for (const [name, plant] of Object.entries(FAULTS)) {
  test(`the simulation notices it when ${name}`, () => {
    const client = faulty(plant);
    const noticed = Array.from({ length: 60 }, (_, index) => index + 1).some((seed) => {
      try {
        // Beside a WebSocket much goes unnoticed: it takes over.
        new Schedule(client, seed, { carriers: seed % 2 ? ALL : ALL.slice(2) }).run();
        return false;
      } catch {
        return true;
      }
    });
    assert.ok(noticed);
  });
}
