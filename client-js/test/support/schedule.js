'use strict';

// One run of a client and a gateway in virtual time through bad weather, and what must hold behind it.

const assert = require('node:assert');
const { Clock, seeded } = require('./clock');
const { Gateway } = require('./gateway');
const { Network } = require('./network');

const STORM = 120000;
const CALM = 240000;
const FAIR = {};

class Schedule {
  // `kinds` says what may go wrong: `killers` are what ends sessions, too.
  constructor(everwire, seed, { carriers, killers, jumps, drains, hides }) {
    this.random = seeded(seed);
    this.clock = new Clock();
    this.gateway = new Gateway(this.clock, this.random);
    this.network = new Network(this.clock, this.random, this.gateway, () => this.weather);
    this.gateway.kept = killers ? 60000 : Infinity;
    this.options = { killers, jumps, drains, hides };
    this.weather = FAIR;
    // What the client's application has said, been told, been given.
    this.said = [];
    this.uncertain = [];
    this.refused = [];
    this.callbacks = new Map();
    this.given = [[]];
    this.resets = [];
    this.opens = 0;
    this.closes = [];
    this.errors = [];
    this.client = everwire.connect('http://gateway.test', {
      // Credentials that may grow old: half of the clients ask for them again.
      auth: seed % 4 < 2 ? () => 'a token' : undefined,
      carriers, env: { ...this.network.env(), setTimeout: (fn, ms) => this.setTimeout(fn, ms) }, pollInterval: 1000, idleInterval: 4000, timeout: 20000,
      retry: { min: 200, max: 5000 }
    });
    this.listen();
    this.plan(carriers);
  }

  // In the background timers come once a minute.
  setTimeout(fn, ms) {
    const at = this.clock.time + ms;
    return this.clock.setTimeout(fn, this.isHidden ? Math.ceil(at / 60000) * 60000 - this.clock.time : ms);
  }

  pick(most) {
    return Math.floor(this.random() * most);
  }

  listen() {
    const { client } = this;
    client.on('m', (value) => {
      this.given[this.given.length - 1].push(value);
      if (this.random() < 0.02) {
        this.say(true);
      }
      if (this.random() < 0.01) {
        throw new Error('a handler that throws');
      }
    });
    client.on('reset', (told) => {
      this.resets.push({ ...told, given: this.given[this.given.length - 1].length });
      this.uncertain.push(...told.uncertain.map((item) => item.data));
      this.given.push([]);
    });
    client.on('open', () => this.opens++);
    client.on('close', (told) => {
      this.closes.push(told);
      this.uncertain.push(...told.uncertain.map((item) => item.data));
    });
    client.on('error', (error) => this.errors.push(error));
  }

  say(wantsReply) {
    const value = this.said.length + 1;
    this.said.push(value);
    if (wantsReply) {
      this.callbacks.set(value, []);
    }
    this.client.emit('m', value, wantsReply ? (error, data) => this.callbacks.get(value).push([error, data]) : undefined);
  }

  plan(carriers) {
    const { clock } = this;
    for (let at = 0; at < STORM; at += 1000 + this.pick(15000)) {
      clock.setTimeout(() => this.change(), at);
    }
    clock.setTimeout(() => {
      this.weather = FAIR;
      this.gateway.busy = 0;
      this.isCalm = true;
      this.isHidden = false;
    }, STORM);
    for (let count = 10 + this.pick(50); count > 0; count--) {
      clock.setTimeout(() => this.say(this.random() < 0.2), this.pick(STORM + 2000));
      clock.setTimeout(() => this.gatewaySays(), this.pick(STORM + 2000));
    }
    for (let count = this.pick(4); count > 0; count--) {
      clock.setTimeout(() => this.act(carriers), this.pick(STORM));
    }
    clock.setTimeout(() => this.say(false), STORM + CALM - 20000);
    clock.setTimeout(() => this.gatewaySays(), STORM + CALM - 20000);
  }

  // The weather turns.
  change() {
    if (this.isCalm) {
      return;
    }
    const some = (most) => (this.random() < 0.5 ? 0 : this.random() * most);
    this.weather = this.random() < 0.3 ? FAIR : {
      lost: some(0.6), unanswered: some(0.6), refused: some(0.6), proxied: some(0.6), doubled: some(0.5), late: some(0.3),
      noSocket: some(1.5), cut: some(0.3), starve: some(0.3), held: some(1)
    };
    this.gateway.busy = some(0.5);
    this.isHidden = this.options.hides && this.random() < 0.5;
    if (this.options.drains && this.random() < 0.1) {
      this.gateway.draining = this.clock.time + this.pick(5000);
    }
  }

  // Something that people, pages or gateways do.
  act(carriers) {
    const { client, clock, gateway } = this;
    const live = gateway.all.filter((session) => !session.gone && !session.close);
    const what = this.pick(this.options.killers ? 6 : 4);
    if (what === 0) {
      client.reconnect();
    } else if (what === 1) {
      client.use(carriers[this.pick(carriers.length)]);
      clock.setTimeout(() => client.use(carriers), this.pick(20000));
    } else if (what === 2 && this.options.jumps) {
      clock.offset += (this.random() - 0.5) * 600000;
    } else if (what === 3) {
      // The network is said to be back, or the page. (The shipped file has other names for that.)
      client.wake?.(this.random() < 0.5);
    } else if (what === 4) {
      live.forEach((session) => session.end([4004, 4008, 4011][this.pick(3)]));
    } else if (what === 5) {
      live.forEach((session) => gateway.lose(session));
    }
  }

  gatewaySays() {
    const live = this.gateway.all.filter((session) => !session.gone && !session.close);
    const session = live[live.length - 1];
    if (session) {
      session.say(session.said.length + 1);
    }
  }

  run() {
    this.clock.runTo(STORM + CALM);
    this.check();
  }

  check() {
    const { gateway, client } = this;
    assert.deepStrictEqual(gateway.breaches, [], 'the client kept to the protocol');
    const thrown = this.clock.errors.filter((error) => error.message !== 'a handler that throws');
    assert.deepStrictEqual(thrown, [], 'nothing was thrown');
    assert.ok(this.network.most <= 1, 'one POST with messages at a time');
    assert.deepStrictEqual(this.closes, [], 'the client is not closed');
    assert.deepStrictEqual(this.errors, [], 'nothing was refused');
    this.checkUp();
    this.checkDown();
    assert.strictEqual(client.state, 'open');
    assert.strictEqual(client.acked, client.sent, 'everything is acknowledged');
    assert.strictEqual(client.bufferedAmount, 0);
    for (const [value, calls] of this.callbacks) {
      assert.strictEqual(calls.length, 1, `the callback of ${value} is called once`);
    }
    if (!this.options.killers) {
      // Where the clock was set meanwhile, the client can't know how old its opening is.
      const lost = this.resets.filter(({ reason }) => !(this.options.jumps && /opening was not answered/.test(reason)));
      assert.deepStrictEqual(lost, [], 'no session was lost');
    }
  }

  // What the client said arrived once, in order, or is uncertain.
  checkUp() {
    const arrived = this.gateway.all.flatMap((session) => session.got);
    assert.strictEqual(new Set(arrived).size, arrived.length, `nothing arrives twice: ${arrived}`);
    for (const session of this.gateway.all) {
      for (let index = 1; index < session.got.length; index++) {
        assert.ok(session.got[index] > session.got[index - 1], `in order: ${session.got}`);
      }
    }
    const known = new Set([...arrived, ...this.uncertain]);
    assert.strictEqual(new Set(this.uncertain).size, this.uncertain.length, 'uncertain once');
    const missing = this.said.filter((value) => !known.has(value));
    assert.deepStrictEqual(missing, [], 'nothing is lost without a word');
  }

  // What the gateway said was given once and in order, session by session.
  checkDown() {
    const lists = this.given.filter((list) => list.length > 0);
    const sessions = this.gateway.all.filter((session) => session.said.length > 0);
    for (const list of lists) {
      list.forEach((value, index) => assert.strictEqual(value, index + 1, `in order: ${list}`));
    }
    const last = sessions[sessions.length - 1];
    assert.strictEqual(this.given[this.given.length - 1].length, last.said.length, 'everything of the last session is given');
  }
}

module.exports = { Schedule };
