'use strict';

// A foreign script in the place of the gateway's, where a page can only ask by scripts: a login page, an advertisement, an
// answer for somebody else. In virtual time, in the fake of a browser that has no requests.

const test = require('node:test');
const assert = require('node:assert');
const { Clock, seeded } = require('./support/clock');
const { Page } = require('./support/fake_page');

const SID = '00000000-0000-4000-8000-00000000abcd';

// As much of a gateway as one session by scripts and forms needs.
class Gateway {
  constructor() {
    this.got = [];
    this.said = [];
  }

  answer({ method, url, body }) {
    return method === 'POST' ? this.post(new URLSearchParams(body)) : { pieces: [[20, this.script(url.searchParams)]] };
  }

  post(fields) {
    const packets = [].concat(JSON.parse(fields.get('d'))).filter((packet) => packet.event);
    const first = Number(fields.get('seq') ?? 1);
    this.isOpen = true;
    packets.forEach((packet, index) => {
      if (first + index === this.got.length + 1) {
        this.got.push(packet.data);
      }
    });
    return { headers: { 'content-type': 'text/html' }, pieces: [[20, 'ok']] };
  }

  script(query) {
    const after = Number(query.get('after') ?? 0);
    const poll = { from: after + 1, messages: this.said.slice(after).map((data) => ({ event: 'm', data })) };
    const open = {
      v: 1, session: SID, peer: 'p', turn: 1, received: this.got.length, last: 0, ping: 25, wait: 25, resume: 60, max: 65536, carriers: ['poll', 'jsonp']
    };
    const body = !query.has('key') ? { ...poll, control: [{ ack: this.got.length }] }
      : this.isOpen ? { open } : { error: { code: 'not_found', message: 'Nothing was opened with this key.' } };
    return `/**/${query.get('callback')}(${JSON.stringify(body)});`;
  }
}

// What comes instead; `F` is the name of the function that was asked for.
const SCRIPTS = {
  'a login page': () => '<!DOCTYPE html><html><body>Please log in</body></html>',
  'nothing': () => '',
  'a script that calls nothing': () => 'var advertisement = 1;',
  'a script that throws': () => 'throw new Error("not today");',
  'a call without an answer': (F) => `${F}();`,
  'a call with a text': (F) => `${F}("please log in");`,
  'a call with null': (F) => `${F}(null);`,
  'a call with an empty object': (F) => `${F}({});`,
  'messages that are none': (F) => `${F}({"from":1,"messages":"m"});`,
  'a message that is none': (F) => `${F}({"from":1,"messages":[{"event":7}]});`,
  'an opening that is none': (F) => `${F}({"open":{"v":1},"from":1,"messages":[]});`,
  'a number from nowhere': (F) => `${F}({"from":77,"messages":[{"event":"m","data":666}]});`,
  'two calls': (F) => `${F}("one");${F}("two");`,
  'an error of somebody else\'s': (F) => `${F}({"error":{"code":503,"message":"Service Unavailable"}});`
};

for (const [what, script] of Object.entries(SCRIPTS)) {
  for (const when of ['from the beginning', 'in mid-session']) {
    test(`${what} in a script's place, ${when}`, () => {
      const world = visit();
      const { client, clock, gateway } = world;
      if (when === 'in mid-session') {
        clock.runTo(3000);
        assert.strictEqual(client.state, 'open', world.words.join('\n'));
      }
      world.fate = (F) => script(F);
      const began = world.asked.length;
      client.emit('m', 1);
      gateway.said.push(1);
      clock.runTo(clock.time + 30000);
      calm(world, began);
      assert.ok(world.words.length > 0, 'it says what happened');
      world.fate = undefined;
      clock.runTo(clock.time + 25000);
      assert.strictEqual(client.state, 'open', world.words.join('\n'));
      client.emit('m', 2);
      gateway.said.push(2);
      clock.runTo(clock.time + 5000);
      assert.deepStrictEqual([gateway.got, world.heard, world.ends], [[1, 2], [1, 2], []]);
      assert.deepStrictEqual(world.page.faults, []);
    });
  }
}

function visit() {
  const clock = new Clock();
  const gateway = new Gateway();
  const world = { clock, gateway, asked: [], heard: [], ends: [], words: [] };
  const answer = (asked) => {
    world.asked.push(clock.time);
    const F = asked.url.searchParams.get('callback');
    return world.fate && F ? { pieces: [[20, world.fate(F)]] } : gateway.answer(asked);
  };
  world.page = new Page('netsurf', 'http://page.test/', { timers: clock, net: { answer } });
  world.page.everwire.debug = (text) => world.words.push(text);
  // Only a script and a form are left here.
  world.client = world.page.everwire.connect('http://gateway.test', {
    carriers: 'jsonp', retry: { min: 500, max: 4000 }, pollInterval: 500, idleInterval: 500, env: { random: seeded(1) }
  });
  world.client.on('m', (data) => world.heard.push(data));
  for (const name of ['reset', 'close', 'error']) {
    world.client.on(name, (told) => world.ends.push([name, told.code]));
  }
  return world;
}

// Scripts and forms together, in any ten seconds.
function calm({ asked }, began) {
  const times = asked.slice(began);
  const most = Math.max(...times.map((at) => times.filter((other) => other >= at && other < at + 10000).length));
  assert.ok(times.length > 2 && most <= 40, `${times.length} requests, ${most} in ten seconds`);
}
