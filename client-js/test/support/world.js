'use strict';

// A gateway, a network and clients in virtual time, for what happens to a session on purpose.

const everwire = require('../../src/index');
const { Clock, seeded } = require('./clock');
const { Gateway } = require('./gateway');
const { Network } = require('./network');

const ALL = ['ws', 'stream', 'long-poll', 'short-poll'];

class World {
  constructor(seed = 1) {
    this.random = seeded(seed);
    this.clock = new Clock();
    this.gateway = new Gateway(this.clock, this.random);
    this.weather = {};
    this.network = new Network(this.clock, this.random, this.gateway, () => this.weather);
  }

  connect(options = {}, env = {}) {
    const client = everwire.connect('http://gateway.test', { ...options, env: { ...this.network.env(), ...env } });
    client.log = [];
    for (const name of ['open', 'state', 'carrier', 'reset', 'error', 'close', 'm']) {
      client.on(name, (...args) => client.log.push([name, ...args]));
    }
    return client;
  }

  pass(ms) {
    this.clock.runTo(this.clock.time + ms);
  }
}

const heard = (client, name) => client.log.filter((entry) => entry[0] === name);

// Where pages keep things.
function storage() {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, text),
    removeItem: (name) => kept.delete(name),
    copy: () => {
      const twin = storage();
      kept.forEach((text, name) => twin.setItem(name, text));
      return twin;
    }
  };
}

module.exports = { ALL, World, heard, storage };
