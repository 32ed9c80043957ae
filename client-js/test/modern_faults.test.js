'use strict';

// The simulation would notice a modern client with a fault: each of these is planted, and has to be found.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const modern = require('./support/modern');
const { Schedule } = require('./support/schedule');

const SOURCE = path.join(__dirname, '../src/modern');
const FAULTS = {
  'repeats are not dropped': ['link.js', 'c.from++ > w.received', 'c.from++'],
  'a new carrier does not repeat': ['socket.js', 'from: c.next = w.acked + 1', 'from: c.next = w.top + 1'],
  'a proxy\'s 404 is believed': ['wire.js', 'code: close ?', 'code: status === 404 ? \'close\' : close ?'],
  'silence is borne for ever': ['link.js', 'const isLate = now(w) >= c.deadline', 'const isLate = false'],
  'nobody watches requests': ['session.js', 'later(w, finish, ms)', 'later(w, finish, 1e9)'],
  'what is uncertain is not told': ['ends.js', 'uncertain = describe(w.queue, w.top - w.acked)', 'uncertain = []']
};

function faulty([file, right, wrong]) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'everwire-'));
  fs.cpSync(SOURCE, folder, { recursive: true });
  const text = fs.readFileSync(path.join(folder, file), 'utf8');
  assert.ok(text.includes(right), `${file} has ${right}`);
  fs.writeFileSync(path.join(folder, file), text.replace(right, wrong));
  const made = modern(require(folder));
  fs.rmSync(folder, { recursive: true });
  return made;
}

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`the simulation notices it when ${name}`, () => {
    const client = faulty(fault);
    const noticed = Array.from({ length: 150 }, (_, index) => index + 1).some((seed) => {
      try {
        new Schedule(client, seed, { carriers: ['ws', 'stream', 'long-poll'], killers: seed % 2 === 0 }).run();
        return false;
      } catch {
        return true;
      }
    });
    assert.ok(noticed);
  });
}
