// The client for the browsers of today, as small as it goes: WebSocket, stream, long-poll. This is what the application holds
// in its hands.

const { compose } = require('./wire');
const ENV = require('./env');
const { begin, carriers, forgive, later, now } = require('./session');
const { flush, giveUp, settle, watch } = require('./link');
const { hide, reconnect, saidGoodbye } = require('./ends');

// The client's own events: a message of such a name reaches only the handlers of `*`.
const OWN = /^(open|state|carrier|reset|lost|error|close|ack|rtt|\*)$/;

// The gateway's base, http://host/prefix; without an address the page's own. Throws a TypeError where it is none.
function resolve(url) {
  const parts = /^(?:http|ws)(s?:..[^/?#]+)([^?#]*)$/.exec(new URL(url || '/', typeof location === 'object' ? location : undefined));
  if (!parts) {
    throw new TypeError('everwire: ' + url);
  }
  return 'http' + parts[1] + (parts[2].replace(/\/+$/, '') || '/everwire');
}

class Client {
  constructor(url, options) {
    const given = this.given = Object.assign({ timeout: 10000, connectTimeout: 10000, maxQueue: 4194304 }, options);
    this.url = resolve(url);
    this.env = Object.assign({}, ENV, given.env);
    this.names = [].concat(given.carriers || ['ws', 'stream', 'long-poll']);
    this.retry = Object.assign({ min: 500, max: 30000 }, given.retry);
    this.state = 'connecting';
    this.carrier = this.peer = this.before = this.holder = this.why = '';
    this.rtt = null;
    this.handlers = new Map();
    this.waiting = new Map();
    this.ids = this.fails = this.deaths = 0;
    this.looked = now(this);
    forgive(this);
    begin(this);
  }

  get sent() {
    return this.acked + this.queue.length;
  }

  on(name, fn) {
    // A new list each time: one that is being called is never changed.
    this.handlers.set(name, [...this.heardBy(name), fn]);
    return this;
  }

  once(name, fn) {
    const one = (...args) => this.off(name, one) && fn(...args);
    one.fn = fn;
    return this.on(name, one);
  }

  off(name, fn) {
    this.handlers.set(name, this.heardBy(name).filter((one) => fn && one !== fn && one.fn !== fn));
    return this;
  }

  heardBy(name) {
    return this.handlers.get(name) || [];
  }

  fire(name, ...args) {
    this.heardBy(name).forEach((fn) => this.call(fn, ...args));
  }

  // A handler that throws breaks nothing: its error is thrown again where nobody waits.
  call(fn, ...args) {
    try {
      fn(...args);
    } catch (error) {
      later(this, () => {
        throw error;
      });
    }
  }

  emit(event, data, callback) {
    return this.say({ event: event + '' }, data, callback);
  }

  send(data) {
    return this.emit('message', data);
  }

  // Says a message that is worth nothing later: false, and dropped, unless a carrier takes it now.
  'volatile'(event, data) {
    return this.state === 'open' && this.top === this.sent && !this.queue[64] && !this.post && this.emit(event, data);
  }

  to(room) {
    return { emit: (event, data, callback) => this.say({ event: event + '', room: room + '' }, data, callback) };
  }

  // Enters a room; `options.since` is a position behind which it is to be heard.
  join(room, options, callback) {
    return this.say({ join: { room: room + '', since: Object(options).since } }, undefined, callback || typeof options === 'function' && options);
  }

  leave(room, callback) {
    return this.say({ leave: { room: room + '' } }, undefined, callback);
  }

  // Closes for good, behind what was said before, which is delivered for a while.
  close(code, reason) {
    if (this.state !== 'closed') {
      this.show('closed', 'closed');
      this.failAll('closed');
      this.goodbye = { close: { code: code > 0 ? code : 4000, reason: reason && (reason + '').slice(0, 256) } };
      later(this, () => saidGoodbye(this), 5000);
      flush(this);
    }
  }

  // Moves to this carrier now, or to the best of these.
  use(names) {
    this.names = [].concat(names);
    forgive(this);
    this.why = 'as asked';
    giveUp(this, 'probe');
    settle(this);
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
    if (callback) {
      packet.id = ++this.ids;
    }
    const item = compose(packet, data), { id } = item;
    if (callback) {
      this.waiting.set(id, [callback, later(this, () => this.reply(id, { code: 'timeout', message: 'no reply' }), this.given.timeout)]);
    }
    return this.push(item);
  }

  // Puts a message into the queue; what is said in one go travels in one request. False if it is refused.
  push(item) {
    const code = this.state === 'closed' ? 'closed' : item.size >= this.terms.max ? 'too_large'
      : this.queue[0] && this.bufferedAmount + item.size > this.given.maxQueue && 'queue_full';
    if (code) {
      this.refuse(item, code);
    } else {
      this.queue.push(item);
      this.bufferedAmount += item.size;
      this.env.queueMicrotask(() => flush(this));
    }
    return !code;
  }

  // A message will not be sent: its callback is told, or else `error`.
  refuse({ id }, code, message = 'not sent') {
    const error = { code, message };
    this.reply(id, error) || this.fire('error', error);
  }

  // The reply to `id` is here, or will not come. Once only; false where nobody waits.
  reply(id, error, data) {
    const [fn, timer] = this.waiting.get(id) || [], isAwaited = this.waiting.delete(id);
    this.env.clearTimeout(timer);
    isAwaited && this.call(fn, error, data);
    return isAwaited;
  }

  // Nobody will reply any more to what was asked until now.
  failAll(code) {
    [...this.waiting.keys()].forEach((id) => this.reply(id, { code, message: 'no reply' }));
  }

  show(state, sentence, carrier = '') {
    state = state || (this.before ? 'reconnecting' : 'connecting');
    if (this.state !== 'closed' && this.state + this.sentence !== state + sentence) {
      Object.assign(this, { state, sentence, carrier });
      this.fire('state', state, sentence);
    }
  }

  // Gives a message to its handlers.
  give(packet, seq) {
    const { kind, event, data, error = null, id } = packet;
    if (this.state === 'closed') {
      // Nobody listens any more.
    } else if (packet.reply) {
      this.reply(packet.reply, error, data);
    } else if (kind === 'event') {
      const message = Object.assign(packet, { seq, reply: null, fail: null }, id && this.answers(id));
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
      const isTaken = sid === this.sid && !!id && this.push(compose(Object.assign({ reply: id }, packet), data));
      id = isTaken ? 0 : id;
      return isTaken;
    };
    return { reply: (data) => answer({}, data), fail: (code, message = '') => answer({ error: { code: code + '', message: message + '' } }) };
  }
}

// Opens a session with the gateway at `url` and keeps it, whatever happens on the way.
function connect(url, options) {
  const w = new Client(url, options), on = w.env.addEventListener;
  on('online', () => reconnect(w, 'online'));
  on('pagehide', ({ persisted }) => hide(w, persisted));
  on('pageshow', ({ persisted }) => persisted && reconnect(w, 'away'));
  w.env.queueMicrotask(() => {
    settle(w);
    watch(w);
  });
  return w;
}

module.exports = { connect, version: '$VERSION$' };
