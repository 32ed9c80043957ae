'use strict';

// The modern client through the schedules of simulation.test.js, as far as it has the carriers.

const test = require('node:test');
const modern = require('./support/modern');
const shipped = modern(require(process.env.SHIPPED || '../dist/client.modern.min.js'));
const source = modern(require('../src/modern'));
const { Schedule } = require('./support/schedule');

const COUNT = Number(process.env.SCHEDULES || 300);
const FIRST = Number(process.env.SEED || 1);
const ALL = ['ws', 'stream', 'long-poll'];
const MATRIX = {
  'every carrier': { carriers: ALL },
  'WebSocket alone': { carriers: ['ws'] },
  'WebSocket and long-poll': { carriers: ['ws', 'long-poll'] },
  'long-poll alone': { carriers: ['long-poll'] },
  'stream alone': { carriers: ['stream'] },
  'streams and polls': { carriers: ['stream', 'long-poll'] },
  'every carrier, clocks that jump, a gateway that drains': { carriers: ALL, jumps: true, drains: true },
  'every carrier, in the background': { carriers: ALL, hides: true },
  'WebSocket alone, in the background': { carriers: ['ws'], hides: true },
  'streams and polls, in the background, clocks that jump': { carriers: ['stream', 'long-poll'], hides: true, jumps: true },
  'streams and polls, sessions that end': { carriers: ['stream', 'long-poll'], killers: true, drains: true },
  'every carrier, sessions that end': { carriers: ALL, killers: true, jumps: true, drains: true },
  'polls, sessions that end': { carriers: ['long-poll'], killers: true },
  'WebSocket alone, sessions that end': { carriers: ['ws'], killers: true }
};

for (const [name, kinds] of Object.entries(MATRIX)) {
  test(`modern simulation: ${name}`, () => {
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      // The shipped file has other names inside: it goes through the same.
      const everwire = seed % 2 ? shipped : source;
      try {
        new Schedule(everwire, seed, kinds).run();
      } catch (error) {
        error.message = `seed ${seed}: ${error.message}`;
        throw error;
      }
    }
  });
}
