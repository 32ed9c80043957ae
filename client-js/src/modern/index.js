// The client for the browsers of today, as small as it goes: WebSocket, stream, long-poll. This is what the application holds
// in its hands.

const { compose } = require('./wire');
const ENV = require('./env');
const { begin, carriers, forgive } = require('./session');
const { flush, giveUp, release, settle, watch } = require('./link');
const { hide, reconnect, saidGoodbye, wake } = require('./ends');

// The client's own events: a message of such a name reaches only the handlers of `*`.
const OWN = /^(open|state|carrier|reset|lost|error|close|ack|rtt|\*)$/;

const script = typeof document === 'object' && document.currentScript ? document.currentScript.src : '$MODULE$';

// The gateway's base: http://host/prefix. Throws a TypeError where it is no address.
function resolve(url) {
  const beside = script.replace(/(\/\d+\.[^/]*)?\/client\.modern\.[^/]*$/, '');
  const { protocol, host, pathname, search, hash } = new URL(url || (beside !== script ? beside : '/'), typeof location === 'object' ? location.href : undefined);
  if (!/^(http|ws)s?:$/.test(protocol) || search || hash) {
    throw new TypeError(`everwire: no gateway's address: ${url}`);
  }
  return `${protocol.replace('ws', 'http')}//${host}${pathname.replace(/\/+$/, '') || '/everwire'}`;
}

class Client {
  constructor(url, given) {
    const { names = ['ws', 'stream', 'long-poll'] } = { names: given.carriers };
    this.given = given;
    this.url = resolve(url);
    this.env = Object.assign({}, ENV, given.env);
    this.names = [].concat(names);
    this.connectTimeout = given.connectTimeout === undefined ? 10000 : given.connectTimeout;
    this.timeout = given.timeout === undefined ? 10000 : given.timeout;
    this.maxQueue = given.maxQueue === undefined ? 4194304 : given.maxQueue;
    this.retry = Object.assign({ min: 500, max: 30000 }, given.retry);
    this.state = 'connecting';
    this.carrier = this.peer = this.before = this.holder = this.mode = '';
    this.rtt = null;
    this.handlers = new Map();
    this.waiting = new Map();
    this.ids = this.fails = this.postFails = this.deaths = this.cuts = this.seconds = 0;
    this.looked = this.env.now();
    forgive(this);
    begin(this);
  }

  get sent() {
    return this.acked + this.queue.length;
  }

  on(name, fn) {
    if (typeof fn !== 'function') {
      throw new TypeError('everwire: a handler is a function');
    }
    // A new list each time: one that is being called is never changed.
    this.handlers.set(name, [...this.handlers.get(name) || [], fn]);
    return this;
  }

  once(name, fn) {
    const one = (...args) => {
      this.off(name, one);
      fn(...args);
    };
    one.fn = fn;
    return this.on(name, one);
  }

  off(name, fn) {
    this.handlers.set(name, (this.handlers.get(name) || []).filter((one) => fn && one !== fn && one.fn !== fn));
    return this;
  }

  fire(name, ...args) {
    (this.handlers.get(name) || []).forEach((fn) => this.call(fn, ...args));
  }

  // A handler that throws breaks nothing: its error is thrown again where nobody waits.
  call(fn, ...args) {
    try {
      fn(...args);
    } catch (error) {
      this.env.setTimeout(() => {
        throw error;
      });
    }
  }

  emit(event, data, callback) {
    return this.say({ event: String(event) }, data, callback);
  }

  send(data) {
    return this.emit('message', data);
  }

  // Says a message that is worth nothing later: false, and dropped, unless a carrier takes it now.
  'volatile'(event, data) {
    const { ws } = this, isBusy = ws && ws.phase > 2 ? ws.busy || ws.ws.bufferedAmount : this.post || this.pausing || this.holding;
    return this.state === 'open' && !isBusy && !this.queue[256] && this.top === this.sent && this.emit(event, data);
  }

  to(room) {
    return { emit: (event, data, callback) => this.say({ event: String(event), room: String(room) }, data, callback) };
  }

  // Enters a room; `options.since` is a position behind which it is to be heard.
  join(room, options, callback) {
    return this.say({ join: { room: String(room), since: Object(options).since } }, undefined, callback || options);
  }

  leave(room, callback) {
    return this.say({ leave: { room: String(room) } }, undefined, callback);
  }

  // Closes for good, behind what was said before, which is delivered for a while.
  close(code, reason) {
    if (this.state !== 'closed') {
      this.show('closed', 'The connection is closed.');
      this.failAll('closed');
      this.goodbye = { close: { code: Number.isInteger(code) ? code : 4000, reason: reason === undefined ? reason : String(reason) } };
      this.env.setTimeout(() => saidGoodbye(this), 5000);
      flush(this);
    }
  }

  // Moves to this carrier now, or to the best of these.
  use(names) {
    this.names = [].concat(names);
    forgive(this);
    this.why = 'as asked';
    giveUp(this, 'probe');
    if (this.holding && !this.isDue) {
      release(this);
    } else {
      settle(this);
    }
    return this;
  }

  reconnect() {
    reconnect(this, 'as asked');
  }

  carriers() {
    return carriers(this);
  }

  say(packet, data, callback) {
    if (typeof data === 'function') {
      callback = data;
      data = undefined;
    }
    if (typeof callback === 'function') {
      packet.id = this.ids + 1;
    } else if (callback && !callback.since) {
      throw new TypeError('everwire: a callback is a function; data is one value, so several go as a list');
    }
    const item = compose(packet, data);
    if (item.id) {
      this.waiting.set(++this.ids, [callback, this.env.setTimeout(() => this.reply(item.id, { code: 'timeout', message: 'no reply in time' }), this.timeout)]);
    }
    return this.push(item);
  }

  push(item) {
    const { queue, terms, env, bufferedAmount } = this;
    const code = this.state === 'closed' ? 'closed' : item.size >= terms.max ? 'too_large'
      : queue[0] && bufferedAmount + item.size > this.maxQueue && 'queue_full';
    if (code) {
      this.refuse(item, { code, message: `not sent: ${code}` });
      return false;
    }
    queue.push(item);
    this.bufferedAmount += item.size;
    if (!this.isStirred) {
      // What is said in one go travels in one request.
      this.isStirred = 1;
      env.queueMicrotask(() => {
        this.isStirred = 0;
        flush(this);
      });
    }
    return true;
  }

  // A message will not be sent: its callback is told, or else `error`.
  refuse(item, error) {
    this.reply(item.id, error) || this.fire('error', error);
  }

  // The reply to `id` is here, or will not come. Once only; false where nobody waits.
  reply(id, error, data) {
    const [fn, timer] = this.waiting.get(id) || [];
    this.env.clearTimeout(timer);
    this.waiting.delete(id);
    fn && this.call(fn, error, data);
    return !!fn;
  }

  // Nobody will reply any more to what was asked until now.
  failAll(code) {
    [...this.waiting.keys()].forEach((id) => this.reply(id, { code, message: 'The session ended before a reply came.' }));
  }

  show(state, sentence, carrier) {
    state = state || (this.wasOpen ? 'reconnecting' : 'connecting');
    if (this.state !== 'closed' && (this.state !== state || this.sentence !== sentence)) {
      Object.assign(this, { state, sentence, carrier: carrier || '' });
      this.fire('state', state, sentence);
    }
  }

  // Gives messages to their handlers, in order.
  deliver(packets) {
    const before = this.received - packets.length;
    packets.forEach((packet, at) => this.state === 'closed' || this.give(packet, before + at + 1));
  }

  give(packet, seq) {
    const { kind, event, data, room, peer, at, error, id } = packet;
    if (kind === 'reply') {
      this.reply(packet.reply, error || null, data);
    } else if (kind === 'event') {
      const message = Object.assign({ event, data, room, peer, at, seq, reply: null, fail: null }, id && this.answers(id));
      this.fire('*', event, data, message);
      OWN.test(event) || this.fire(event, data, message);
    } else {
      OWN.test(kind) && this.fire(kind, packet[kind]);
    }
  }

  // The gateway asked for a reply: one may be given, once, in the session that asked.
  answers(id) {
    const { sid } = this;
    const answer = (packet, data) => {
      const isTaken = sid === this.sid && id && this.push(compose(packet, data));
      id = isTaken ? 0 : id;
      return !!isTaken;
    };
    return {
      reply: (data) => answer({ reply: id }, data),
      fail: (code, text) => answer({ reply: id, error: { code: String(code), message: String(text || '') } })
    };
  }
}

// Opens a session with the gateway at `url` and keeps it, whatever happens on the way.
function connect(url, options) {
  const w = new Client(url, Object(options)), on = w.env.addEventListener;
  on('online', () => wake(w, 1));
  on('visibilitychange', () => typeof document === 'object' && document.hidden || wake(w));
  on('pagehide', ({ persisted }) => hide(w, persisted));
  on('pageshow', ({ persisted }) => persisted && reconnect(w, 'the page was away'));
  w.env.queueMicrotask(() => {
    settle(w);
    watch(w);
  });
  return w;
}

module.exports = { connect, version: '$VERSION$' };
