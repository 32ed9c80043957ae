'use strict';

// A gateway, or something in its place, that does not keep to the protocol; in virtual time. `fate(request)` says what becomes
// of each request: undefined (the gateway answers as it should), 'hang', an answer {status, text, headers}, {change} (a
// function that makes another answer of the gateway's) or {grow} (a function called with the request, whose answer it makes
// grow).

const assert = require('node:assert');
const { World, heard } = require('./world');

// Whatever is asked for in vain: at most so many requests in ten seconds, of the opening, a poll and a POST together.
const CALM = 24;

class Hostile extends World {
  constructor(seed) {
    super(seed);
    const { network, clock } = this;
    const honest = network.send;
    this.requests = [];
    this.open = this.most = 0;
    this.debugged = [];
    network.send = (xhr) => {
      this.note(xhr);
      const fate = this.fate?.(xhr);
      if (fate === undefined) {
        honest.call(network, xhr);
      } else if (fate.change) {
        const { end } = xhr;
        xhr.end = (status, text, headers) => {
          const answer = { status, text, headers, ...fate.change({ status, text, headers }) };
          end.call(xhr, answer.status, answer.text, answer.headers);
        };
        honest.call(network, xhr);
      } else if (fate.grow) {
        clock.setTimeout(() => fate.grow(xhr), 10);
      } else if (fate !== 'hang') {
        clock.setTimeout(() => xhr.end(fate.status, fate.text, fate.headers), 20);
      }
    };
  }

  // Each request with its time; and how many are under way at once.
  note(xhr) {
    this.requests.push({ at: this.clock.time, method: xhr.method, path: xhr.path, query: xhr.query, body: xhr.body });
    this.open++;
    this.most = Math.max(this.most, this.open);
    const { over } = xhr;
    xhr.over = () => {
      this.open--;
      over.call(xhr);
    };
  }

  connect(options, env) {
    this.client = super.connect({ carriers: ['long-poll'], ...options }, env);
    this.client.debug = (text) => this.debugged.push(text);
    return this.client;
  }

  get session() {
    return this.gateway.all[this.gateway.all.length - 1];
  }

  // The sentences that people were shown.
  get sentences() {
    return heard(this.client, 'state').map(([, , sentence]) => sentence);
  }

  // Most requests that began within any `ms`.
  busiest(ms, from = 0) {
    const times = this.requests.map(({ at }) => at).filter((at) => at >= from);
    return Math.max(0, ...times.map((at, index) => times.slice(index).filter((other) => other < at + ms).length));
  }
}

// All of it has come, once; and goes on coming.
function recovers(world, said) {
  const { client } = world;
  world.pass(65000);
  assert.strictEqual(client.state, 'open', world.sentences.join('\n'));
  world.session.say(98);
  client.emit('m', 99);
  world.pass(5000);
  assert.strictEqual(world.gateway.all.length, 1, 'one session');
  assert.deepStrictEqual(world.session.got, [...said, 99]);
  assert.deepStrictEqual(heard(client, 'm').map(([, data]) => data), world.session.said);
  sound(world);
}

function calm(world, from) {
  assert.ok(world.busiest(10000, from) <= CALM, `${world.busiest(10000, from)} requests in ten seconds`);
  assert.ok(world.most <= 2, `${world.most} requests at once`);
}

function sound(world) {
  assert.deepStrictEqual(world.gateway.breaches, []);
  assert.deepStrictEqual(world.clock.errors, []);
  for (const name of ['reset', 'close', 'error']) {
    assert.deepStrictEqual(heard(world.client, name), []);
  }
}

module.exports = { Hostile, calm, recovers, sound };
