'use strict';

// A session that outlives its page, where pages are copied, crash, or find no place to keep it.

const test = require('node:test');
const assert = require('node:assert');
const { World, heard, storage } = require('./support/world');

test('a copy of a tab that has not connected yet opens a session of its own', () => {
  const world = new World();
  const sessionStorage = storage();
  const first = world.connect({ remember: true }, { sessionStorage });
  world.pass(2000);
  first.hide(false);
  const second = world.connect({ remember: true }, { sessionStorage });
  const copy = world.connect({ remember: true }, { sessionStorage: sessionStorage.copy() });
  second.emit('m', 'second');
  copy.emit('m', 'copy');
  world.pass(5000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [['second'], ['copy']]);
  assert.deepStrictEqual([heard(second, 'reset'), heard(copy, 'reset')], [[], []]);
});

test('a page that is left before it has connected hands the session on', () => {
  const world = new World();
  const sessionStorage = storage();
  const first = world.connect({ remember: true }, { sessionStorage });
  world.pass(2000);
  world.weather = { refused: 1, noSocket: 1 };
  first.emit('m', 1);
  first.hide(false);
  const second = world.connect({ remember: true }, { sessionStorage });
  second.emit('m', 2);
  world.pass(100);
  second.hide(false);
  world.weather = {};
  const third = world.connect({ remember: true }, { sessionStorage });
  third.emit('m', 3);
  world.pass(5000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[1, 2, 3]]);
});

test('where the storage is full, nothing old is gone on with', () => {
  const world = new World();
  const sessionStorage = storage();
  const first = world.connect({ remember: true }, { sessionStorage });
  world.pass(2000);
  first.hide(false);
  const full = { ...sessionStorage, setItem: () => {
    throw new Error('QuotaExceededError');
  } };
  const second = world.connect({ remember: true }, { sessionStorage: full });
  second.emit('m', 1);
  world.pass(2000);
  const third = world.connect({ remember: true }, { sessionStorage });
  third.emit('m', 2);
  world.pass(5000);
  assert.deepStrictEqual(world.gateway.all.map((session) => session.got), [[1], [2]]);
  second.hide(true);
  second.show();
  world.pass(5000);
  assert.deepStrictEqual(heard(second, 'reset'), [], 'nobody can have taken what was not kept');
});

test('a gateway that has more than was said here is no session to go on with, nor one to ask without a pause', () => {
  const world = new World();
  const client = world.connect({ carriers: ['long-poll'] });
  world.pass(2000);
  let posts = 0;
  world.gateway.all[0].inbox.taken = 5;
  const { posted } = world.gateway;
  world.gateway.posted = function (...all) {
    posts++;
    return posted.apply(this, all);
  };
  client.emit('m', 1);
  world.pass(10000);
  assert.strictEqual(posts, 1);
  assert.deepStrictEqual(heard(client, 'reset').map(([, told]) => [told.code, told.uncertain.map((item) => item.data)]), [[4004, [1]]]);
});
