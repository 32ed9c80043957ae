// What the application holds in its hands.

var Ladder = require('./ladder');
var Post = require('./post').Post;
var bytes = require('./bytes');
var codes = require('./codes');
var message = require('./message');
var options = require('./options');
var packets = require('./packet');
var remember = require('./remember');
var transports = require('./transports');
var words = require('./words');

var has = packets.has;

// The client's own events: a message of such a name reaches only the handlers of `*`.
var OWN = { open: 1, state: 1, carrier: 1, reset: 1, lost: 1, error: 1, close: 1, ack: 1, rtt: 1, '*': 1 };

function Client(env, base, given, debug) {
  this.env = env;
  this.url = base;
  this.given = options.complete(given);
  this.debug = debug;
  this.state = 'connecting';
  this.carrier = this.peer = this.holderName = '';
  this.rtt = null;
  this.sent = this.acked = this.received = this.bufferedAmount = 0;
  this.handlers = {};
  this.waiting = {};
  this.inbox = [];
  this.ids = this.fails = this.deaths = this.queries = 0;
  this.seed = Math.floor(env.random() * 1679616).toString(36);
  this.holder = this.receiver = this.socket = this.probe = null;
  this.ladder = new Ladder(env, base);
  this.ladder.names = this.given.carriers;
  this.post = new Post(this);
  this.begin();
  this.isResumed = remember.recall(this);
}

function mix(methods) {
  var name;
  for (name in methods) {
    if (has(methods, name)) {
      Client.prototype[name] = methods[name];
    }
  }
}

mix(require('./events'));
mix(require('./requests'));
mix(require('./link'));
mix(require('./ends'));
mix(require('./rooms'));
mix({
  // Says a message. With a callback it asks for a reply. False if it was refused, which the callback is told, or `error`.
  emit: function (event, data, callback) {
    return this.say({ event: String(event) }, data, callback);
  },

  send: function (data) {
    return this.emit('message', data);
  },

  // Closes for good, behind what was said before.
  close: function (code, reason) {
    var self = this, close = {};
    if (this.state !== 'closed') {
      this.setState('closed', words.closed);
      this.failAll('closed', 'The client was closed.');
      // What is no code (an event, where this is a handler) counts as none: a malformed goodbye would be refused.
      if (packets.isNumber(code, 0)) {
        close.code = code;
      }
      if (reason !== undefined) {
        close.reason = String(reason);
      }
      this.goodbye = { close: close };
      this.env.setTimeout(function () { self.saidGoodbye(); }, 5000);
      this.flush();
    }
  },

  // Moves to this carrier now, or to the best of these.
  use: function (names) {
    this.ladder.names = options.carriers(names);
    this.ladder.forgive();
    this.why = 'as asked';
    this.unprobe();
    if (this.isHolding && !this.isDue) {
      // There is no reason to wait for what failed.
      this.release();
    } else {
      this.settle();
    }
    return this;
  },

  // The carriers that can be used here, best first.
  carriers: function () {
    var list = [], names = this.ladder.names, i;
    for (i = 0; i < names.length; i++) {
      if (this.isThere(names[i])) {
        list.push(names[i]);
      }
    }
    return list;
  },

  // Drops the carrier and attaches anew at once.
  reconnect: function (why) {
    var was = !!this.holder;
    if (this.isOver) {
      return;
    }
    this.why = why = why || 'as asked';
    this.drop();
    this.lost(was, why);
    this.ladder.forgive();
    this.fails = 0;
    this.release();
  },

  say: function (packet, data, callback) {
    var item;
    if (typeof data === 'function') {
      callback = data;
      data = undefined;
    }
    if (callback && typeof callback !== 'function') {
      throw new TypeError('everwire: a callback is a function; data is one value, so several go as a list');
    }
    if (callback) {
      packet.id = this.ids + 1;
    }
    // Throws where the data can't be JSON.
    item = message.compose(packet, data);
    if (this.refuses(item, callback)) {
      return false;
    }
    if (callback) {
      this.expect(++this.ids, callback);
    }
    return this.push(item);
  },

  push: function (item) {
    this.session.outbox.push(item);
    this.update();
    this.stir();
    return true;
  },

  // Whether this can't be sent; its callback is told, or else `error`.
  refuses: function (item, callback) {
    var outbox = this.session.outbox, max = this.session.terms.max, error;
    if (this.state === 'closed') {
      error = { code: 'closed', message: 'The client is closed.' };
    } else if (max && item.size + 1 > max) {
      error = { code: 'too_large', message: 'The message has ' + item.size + ' bytes; the gateway takes ' + max + '.' };
    } else if (outbox.queue.length && outbox.bytes + item.size > this.given.maxQueue) {
      error = { code: 'queue_full', message: outbox.bytes + ' bytes wait, and `maxQueue` is ' + this.given.maxQueue + '; try later.' };
    } else {
      return false;
    }
    if (callback) {
      this.call(callback, [error]);
    } else {
      this.fail(item, error);
    }
    return true;
  },

  // A message will not be sent.
  fail: function (item, error) {
    if (!this.reply(item.id, error)) {
      this.fire('error', [error]);
    }
  },

  // What people may read of the session is what it is.
  update: function () {
    var outbox = this.session.outbox, before = this.acked;
    this.sent = outbox.last();
    this.acked = outbox.taken;
    this.received = this.session.taken;
    this.bufferedAmount = outbox.bytes;
    if (this.acked > before) {
      this.fire('ack', [this.acked]);
    }
  },

  // Gives messages to their handlers, in order, one at a time even where a handler makes more of them come.
  deliver: function (messages) {
    var session = this.session, i, packet;
    for (i = 0; i < messages.length; i++) {
      messages[i].seq = session.taken - messages.length + i + 1;
      this.inbox.push(messages[i]);
    }
    this.update();
    if (!this.isDelivering) {
      this.isDelivering = true;
      while ((packet = this.inbox.shift())) {
        if (this.state !== 'closed') {
          this.give(packet, packet.binary ? bytes.give(packet.binary) : packet.data);
        }
      }
      this.isDelivering = false;
    }
  },

  give: function (packet, data) {
    var kind = packet.kind;
    if (kind === 'reply') {
      this.reply(packet.reply, packet.error || null, data);
    } else if (kind === 'event') {
      this.tell(packet, data);
    } else if (kind === 'error' || kind === 'lost') {
      this.fire(kind, [packet[kind]]);
    } else {
      this.debug('nobody hears `' + kind + '`');
    }
  },

  tell: function (packet, data) {
    var name = packet.event, about = {
      event: name, data: data, room: packet.room, peer: packet.peer, at: packet.at, seq: packet.seq, reply: null, fail: null
    };
    if (packet.id) {
      this.answerable(about, packet.id);
    }
    this.fire('*', [name, data, about]);
    if (has(OWN, name)) {
      this.debug('only `*` hears a message called `' + name + '`, like an event of the client');
    } else {
      this.fire(name, [data, about]);
    }
  },

  // The gateway asked for a reply: one may be given, once, in the session that asked.
  answerable: function (about, id) {
    var self = this, session = this.session;
    // What could not be sent leaves the request unanswered: `fail` may still be called.
    function answer(packet, data) {
      var item = session === self.session && id && self.state !== 'closed' && message.compose(packet, data);
      if (!item || self.refuses(item)) {
        return false;
      }
      id = 0;
      return self.push(item);
    }
    about.reply = function (data) {
      if (bytes.of(data)) {
        // The gateway would end the session for it (docs/PROTOCOL.md, section 2).
        throw new TypeError('everwire: a reply is JSON; bytes go as a message of their own');
      }
      return answer({ reply: id }, data);
    };
    about.fail = function (code, text) {
      return answer({ reply: id, error: { code: String(code), message: String(text || '') } });
    };
  },

  // What the link tells follows.

  // The gateway refuses a message for good.
  giveBack: function (item, error) {
    this.update();
    this.fail(item, error);
  },

  onClosed: function (told) {
    // The state goes first: what a callback says now is refused, and not left in a session that is over.
    remember.forget(this);
    this.setState('closed', words.closed);
    this.failAll('uncertain', 'The session ended before a reply came.');
    this.fire('close', [{ code: told.code, reason: told.reason, uncertain: told.uncertain }]);
  },

  // What was said before it was known how much the gateway takes.
  limit: function (max) {
    var outbox = this.session.outbox, number, item;
    for (number = outbox.last(); number > outbox.sent; number--) {
      item = outbox.queue[number - outbox.gone - 1];
      if (item.size + 1 > max) {
        this.giveBack(outbox.remove(number), { code: 'too_large', message: 'The message has ' + item.size + ' bytes; the gateway takes ' + max + '.' });
      }
    }
  },

  setState: function (state, sentence) {
    state = state || (this.wasOpen ? 'reconnecting' : 'connecting');
    if (this.state !== 'closed' && (this.state !== state || this.sentence !== sentence)) {
      this.state = state;
      this.sentence = sentence;
      this.carrier = state === 'open' ? this.carrier : '';
      this.fire('state', [state, sentence]);
    }
  },

  carried: function (name, before, isFirst) {
    var why = this.why || (isFirst ? 'it opened the session' : 'it is better');
    this.wasOpen = true;
    this.why = '';
    this.peer = this.session.terms.peer;
    if (this.state === 'closed') {
      return;
    }
    this.carrier = name;
    this.setState('open', words.open(name));
    if (name !== before) {
      this.fire('carrier', [name, { before: before, why: why }]);
    }
    if (isFirst) {
      remember.keep(this, true);
      this.fire('open', [{ peer: this.peer, session: this.isResumed ? 'resumed' : 'new', carrier: name }]);
    }
  },

  onReset: function (told) {
    this.isResumed = false;
    remember.forget(this);
    this.acked = 0;
    this.update();
    this.setState('', codes[told.code] ? codes[told.code].words : words.reset);
    this.failAll('uncertain', 'The session was lost before a reply came.');
    this.fire('reset', [told]);
  },

  // What rode along with an opening that came to nothing is uncertain; what was said behind it is on its way.
  onUncertain: function (items, told) {
    var i;
    this.update();
    for (i = 0; i < items.length; i++) {
      this.reply(items[i].id, { code: 'uncertain', message: told.reason });
    }
    this.fire('reset', [told]);
  }
});

module.exports = Client;
