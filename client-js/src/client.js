// What the application holds in its hands.

var Ladder = require('./ladder');
var message = require('./message');
var options = require('./options');
var packets = require('./packet');
var remember = require('./remember');
var words = require('./words');

function Client(env, base, given, debug) {
  this.env = env;
  this.url = base;
  this.given = options.complete(given);
  this.names = this.given.carriers;
  this.debug = debug;
  this.state = 'connecting';
  this.carrier = this.peer = this.before = this.way = this.why = '';
  this.rtt = null;
  this.sent = this.acked = this.received = this.bufferedAmount = 0;
  this.handlers = {};
  this.waiting = {};
  this.inbox = [];
  this.ids = this.fails = this.postFails = this.deaths = this.queries = 0;
  this.seed = Math.floor(env.random() * 1679616).toString(36);
  this.ladder = new Ladder(env, base);
  this.begin();
  this.isResumed = remember.recall(this);
  this.looked = env.now();
}

function mix(methods) {
  var name;
  for (name in methods) {
    Client.prototype[name] = methods[name];
  }
}

mix(require('./events'));
mix(require('./requests'));
mix(require('./link'));
mix(require('./receiver'));
mix(require('./post'));
mix(require('./hear'));
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
      close.code = packets.isNumber(code, 0) ? code : undefined;
      close.reason = reason === undefined ? reason : String(reason);
      this.goodbye = { close: close };
      this.env.setTimeout(function () { self.saidGoodbye(); }, 5000);
      this.flush();
    }
  },

  // Moves to this carrier now, or to the best of these: there is no reason to wait for what failed.
  use: function (names) {
    this.names = options.carriers(names);
    this.ladder.forgive();
    this.why = 'as asked';
    this.unprobe();
    if (this.isHolding && !this.isDue) {
      this.release();
    } else {
      this.settle();
    }
    return this;
  },

  say: function (packet, data, callback) {
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
    return this.push(message.compose(packet, data), callback);
  },

  // Queues a message, unless it can't be sent: its callback is told why, or else `error`.
  push: function (item, callback) {
    var outbox = this.session.outbox, error = this.tooLarge(item), max = this.given.maxQueue;
    if (this.state === 'closed') {
      error = { code: 'closed', message: 'The client is closed.' };
    } else if (!error && outbox.queue.length && outbox.bytes + item.size > max) {
      error = { code: 'queue_full', message: outbox.bytes + ' bytes wait, and `maxQueue` is ' + max + '; try later.' };
    }
    if (callback && !error) {
      this.expect(++this.ids, callback);
    }
    if (!error) {
      outbox.push(item);
      this.update();
      this.stir();
    } else if (callback) {
      this.call(callback, [error]);
    } else {
      this.fail(item, error);
    }
    return !error;
  },

  tooLarge: function (item) {
    var max = this.session.terms.max;
    return max && item.size >= max && {
      code: 'too_large', message: 'The message has ' + item.size + ' bytes; the gateway takes ' + max + '.'
    };
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

  setState: function (state, sentence) {
    state = state || (this.wasOpen ? 'reconnecting' : 'connecting');
    if (this.state !== 'closed' && (this.state !== state || this.sentence !== sentence)) {
      this.state = state;
      this.sentence = sentence;
      this.carrier = state === 'open' || state === 'closed' ? this.carrier : '';
      this.fire('state', [state, sentence]);
    }
  }
});

module.exports = Client;
