'use strict';

// Sessions of fake pages with the real gateway.

const assert = require('node:assert');
const { Page } = require('./fake_page');

// `where`: 'own', the gateway's origin, or 'other'.
function visit(browser, where, { port }, options) {
  return new Page(browser, where === 'own' ? `http://127.0.0.1:${port}/dir/page.html` : 'http://page.test/dir/page.html', options);
}

// A client with a record of what it told.
function connect(page, { port }, options = {}) {
  const client = page.everwire.connect(`http://127.0.0.1:${port}`, {
    retry: { min: 20, max: 200 }, pollInterval: 30, idleInterval: 60, timeout: 30000, ...options
  });
  const told = { carriers: [], ends: [], heard: [], words: [] };
  page.everwire.debug = (text) => told.words.push(text);
  client.on('carrier', (name) => told.carriers.push(name));
  client.on('n', (data) => told.heard.push(data));
  for (const name of ['reset', 'error', 'close']) {
    client.on(name, (end) => told.ends.push({ name, ...end }));
  }
  return { page, client, told };
}

async function until(what, isSo, ms = 30000) {
  const end = Date.now() + ms;
  while (!isSo()) {
    assert.ok(Date.now() < end, `in time: ${typeof what === 'function' ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

// Says numbered messages in bursts, each of which the playground returns; `trouble` is called between bursts.
async function exchange(session, count, trouble = () => {}, padding = '') {
  const { client, told } = session;
  const first = told.heard.length;
  for (let sent = 0; sent < count;) {
    for (let burst = 0; burst < 10 && sent < count; burst++) {
      client.emit('n', padding ? [first + ++sent, padding] : first + ++sent);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
    await trouble(sent);
  }
  await until(() => `${count} messages back, of which ${told.heard.length - first} are there; ${told.words.slice(-5)}`,
    () => told.heard.length >= first + count || told.ends.length > 0);
  await until('everything is acknowledged', () => client.acked === client.sent || told.ends.length > 0);
  assert.deepStrictEqual(told.ends, []);
  const numbers = told.heard.slice(first).map((data) => (padding ? data[0] : data));
  assert.deepStrictEqual(numbers, Array.from({ length: count }, (_, index) => first + index + 1));
}

async function end({ page, client, told }) {
  client.close();
  await until('it closes', () => told.ends.length > 0);
  assert.deepStrictEqual([told.ends[0].name, told.ends[0].code, [...told.ends[0].uncertain]], ['close', 4000, []]);
  await until('nothing stays open', () => page.net.live.size === 0, 2000);
  assert.deepStrictEqual(page.unload(), []);
}

// Nothing of the browser's rules was broken, and nothing thrown.
function assertClean({ faults, errors }) {
  assert.deepStrictEqual(faults, []);
  assert.deepStrictEqual(errors, []);
}

module.exports = { visit, connect, until, exchange, end, assertClean };
