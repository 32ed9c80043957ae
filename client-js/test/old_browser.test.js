'use strict';

// The shipped file in a page without anything that came after Internet Explorer 6: no XMLHttpRequest, no JSON, no WebSocket,
// no typed arrays, nothing of ES5; and with an MSXML that behaves as badly as the real one.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { Clock, seeded } = require('./support/clock');
const { Gateway } = require('./support/gateway');
const { Network } = require('./support/network');
const { STRIP } = require('./support/old_language');

// What MSXML does: states 2 and 3 come, and then reading throws; aborting is told as an end.
function msxml(network) {
  return function ActiveXObject(id) {
    assert.match(id, /^(Msxml2\.XMLHTTP\.3\.0|Microsoft\.XMLHTTP)$/);
    const xhr = network.env().xhr();
    const { end, abort } = xhr;
    xhr.end = function (...answer) {
      for (const state of [2, 3]) {
        if (!this.isOver) {
          this.readyState = state;
          this.onreadystatechange();
        }
      }
      end.apply(this, answer);
    };
    xhr.abort = function () {
      abort.call(this);
      this.readyState = 4;
      this.code = 0;
      this.text = '';
      this.onreadystatechange();
    };
    return xhr;
  };
}

function page(name, weather) {
  const clock = new Clock();
  const random = seeded(4);
  const gateway = new Gateway(clock, random);
  const network = new Network(clock, random, gateway, () => (clock.time < 120000 ? weather : {}));
  const Active = msxml(network);
  const window = {
    setTimeout: (fn, ms) => clock.setTimeout(fn, ms),
    clearTimeout: (timer) => clock.clearTimeout(timer),
    location: { href: 'http://old.test/page', pathname: '/page' },
    ActiveXObject: function (id) {
      if (/6\.0/.test(id)) {
        throw new Error('Automation server can\'t create object');
      }
      return Active(id);
    }
  };
  const context = vm.createContext({ ...window, window });
  vm.runInContext(STRIP, context);
  const young = 'typeof JSON + [].indexOf + "".trim + (function () {}).bind + Date.now + Object.keys + typeof Uint8Array';
  assert.strictEqual(vm.runInContext(young, context), 'undefined'.repeat(7), 'it is old');
  assert.throws(() => vm.runInContext('new XMLHttpRequest()', context), /not defined/);
  vm.runInContext(fs.readFileSync(path.join(__dirname, '../dist', name), 'utf8'), context);
  return { clock, gateway, everwire: window.everwire };
}

for (const name of ['client.js', 'client.min.js']) {
  for (const [kind, weather] of [['good', {}], ['bad', { lost: 0.2, unanswered: 0.2, refused: 0.2, proxied: 0.2, doubled: 0.2 }]]) {
    test(`${name} in a browser of 2001, in ${kind} weather`, () => {
      const { clock, gateway, everwire } = page(name, weather);
      const client = everwire.connect(undefined, { carriers: ['long-poll', 'short-poll'] });
      const heard = [];
      const replies = [];
      client.on('m', (data) => heard.push(data));
      for (let number = 1; number <= 50; number++) {
        clock.setTimeout(() => client.emit('m', number, (error, data) => replies.push(error ? error.code : data)), number * 100);
        clock.setTimeout(() => gateway.all.forEach((session) => session.say(session.said.length + 1)), number * 100);
      }
      clock.runTo(300000);
      assert.deepStrictEqual(clock.errors, []);
      assert.strictEqual(client.url, 'http://old.test/everwire');
      assert.strictEqual(client.state, 'open');
      assert.deepStrictEqual(gateway.all.map((session) => session.got), [Array.from({ length: 50 }, (_, index) => index + 1)]);
      assert.deepStrictEqual(heard, gateway.all[0].said);
      assert.ok(heard.length > 30 && replies.length === 50);
      assert.deepStrictEqual(gateway.breaches, []);
      client.emit('m', '\u2028"\ud83d\ude00');
      client.close();
      clock.runTo(330000);
      assert.strictEqual(client.state, 'closed');
    });
  }
}
