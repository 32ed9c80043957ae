// What the application holds in its hands.

var Events = require('./events');
var Requests = require('./requests');
var Item = require('./item');
var Link = require('./link');
var bytes = require('./bytes');
var codes = require('./codes');
var answerable = require('./answerable');
var memory = require('./memory');
var options = require('./options');
var words = require('./words');
var packet = require('./packet');

var has = packet.has, isNumber = packet.isNumber;

// The client's own events: a message of such a name reaches only the handlers of `*`.
var OWN = { open: 1, state: 1, carrier: 1, reset: 1, lost: 1, error: 1, close: 1, ack: 1, rtt: 1, '*': 1 };

function Client(env, base, given, debug) {
  this.url = base;
  this.state = 'connecting';
  this.carrier = '';
  this.peer = '';
  this.rtt = null;
  this.sent = this.acked = this.received = this.bufferedAmount = 0;
  this.given = options.complete(given);
  this.events = new Events(env);
  this.requests = new Requests(env, this.events, this.given.timeout);
  this.inbox = [];
  this.debug = debug;
  this.link = new Link(this, env, base, this.given);
  this.memory = this.given.remember ? new memory.Memory(env, base) : null;
  this.recall();
}

var proto = Client.prototype;

// Goes on with the session of the page that was here before, where it left one.
proto.recall = function () {
  var kept = this.memory && this.memory.recall();
  if (kept) {
    memory.restore(this.link.session, kept, Item.revive);
    this.requests.count = kept.ids;
    this.peer = kept.peer;
    this.received = kept.received;
    this.acked = kept.acked;
    this.sent = this.link.session.outbox.last();
    this.isResumed = true;
    this.measure();
    // At once: a copy of this tab that is made before the session is carried would go on with it as well.
    this.keep(true);
  }
};

// Keeps the session for another page; `isLive` as long as this one holds it.
proto.keep = function (isLive) {
  var kept;
  if (this.memory && this.link.session.sid && this.state !== 'closed') {
    kept = memory.save(this.link.session, isLive);
    kept['ids'] = this.requests.count;
    this.isKept = this.memory.keep(kept);
  }
};

// The page goes away, for good or (`mayReturn`) into the browser's cache.
proto.hide = function (mayReturn) {
  if (this.state === 'closed') {
    return;
  }
  this.keep(false);
  this.link.part(!this.memory && !mayReturn);
};

// The page is back. Another one may have taken the session over meanwhile.
proto.show = function () {
  var kept = this.memory && this.memory.recall();
  if (this.isKept && this.link.session.sid && !(kept && kept.sid === this.link.session.sid)) {
    this.link.over({ kind: 'close', code: 4006, reason: 'Another page has taken this session over.' });
  }
  this.keep(true);
  this.link.reconnect('the page was away');
};

proto.on = function (name, fn) {
  this.events.on(name, fn);
  return this;
};

proto.once = function (name, fn) {
  this.events.on(name, fn, true);
  return this;
};

proto.off = function (name, fn) {
  this.events.off(name, fn);
  return this;
};

// Says a message. With a callback it asks for a reply. False if it was refused, which the callback is told, or `error`.
proto.emit = function (event, data, callback) {
  return this.say({ kind: 'event', name: String(event) }, data, callback);
};

proto.send = function (data) {
  return this.emit('message', data);
};

// A room to publish to.
proto.to = function (room) {
  var self = this;
  return {
    emit: function (event, data, callback) {
      return self.say({ kind: 'event', name: String(event), room: String(room) }, data, callback);
    }
  };
};

proto.join = function (room, callback) {
  return this.say({ kind: 'join', room: String(room) }, undefined, callback);
};

proto.leave = function (room, callback) {
  return this.say({ kind: 'leave', room: String(room) }, undefined, callback);
};

// Closes for good, behind what was said before.
proto.close = function (code, reason) {
  if (this.state !== 'closed') {
    this.setState('closed', words.closed);
    this.requests.fail('closed', 'The client was closed.');
    // What is no code (an event, where this is a handler) counts as none: a malformed goodbye would be refused.
    this.link.close({
      kind: 'close', code: isNumber(code, 0) ? code : undefined, reason: reason === undefined ? undefined : String(reason)
    });
  }
};

// Moves to this carrier now, or to the best of these.
proto.use = function (names) {
  this.link.use(options.carriers(names));
  this.link.hurry();
  return this;
};

// Drops the carrier and attaches anew at once.
proto.reconnect = function () {
  this.link.reconnect('as asked');
};

proto.say = function (meaning, data, callback) {
  var binary, item, wrong;
  if (typeof data === 'function') {
    callback = data;
    data = undefined;
  }
  if (callback && typeof callback !== 'function') {
    throw new TypeError('everwire: a callback is a function; data is one value, so several go as a list');
  }
  binary = bytes.of(data);
  if (binary) {
    meaning.bytes = binary;
  } else {
    meaning.data = data;
  }
  if (this.state === 'closed') {
    this.refuse(callback, { code: 'closed', message: 'The client is closed.' });
    return false;
  }
  if (callback) {
    meaning.id = this.requests.add(callback);
  }
  item = this.compose(meaning);
  wrong = this.check(item);
  if (wrong) {
    this.fail(item, wrong);
    return false;
  }
  this.push(item);
  return true;
};

// Throws where the data can't be JSON.
proto.compose = function (meaning) {
  try {
    return new Item(meaning);
  } catch (error) {
    this.requests.forget(meaning.id);
    throw error;
  }
};

proto.push = function (item) {
  this.sent = this.link.session.outbox.push(item);
  this.measure();
  this.link.stir();
};

// Why this can't be sent, if it can't.
proto.check = function (item) {
  var outbox = this.link.session.outbox, max = this.link.session.terms.max;
  if (max && item.bytes + 1 > max) {
    return { code: 'too_large', message: 'The message has ' + item.bytes + ' bytes; the gateway takes ' + max + '.' };
  }
  if (outbox.queue.length && outbox.bytes + item.bytes > this.given.maxQueue) {
    return {
      code: 'queue_full',
      message: outbox.bytes + ' bytes wait to be sent, and `maxQueue` is ' + this.given.maxQueue + '; try again later.'
    };
  }
  return null;
};

// A message will not be sent: its callback is told, or else `error`.
proto.fail = function (item, error) {
  if (!item.id || !this.settle(item.id, error)) {
    this.events.emit('error', [error]);
  }
};

proto.refuse = function (callback, error) {
  if (callback) {
    this.events.call(callback, [error]);
  } else {
    this.events.emit('error', [error]);
  }
};

proto.settle = function (id, error, data) {
  return this.requests.settle(id, error, data);
};

proto.measure = function () {
  this.bufferedAmount = this.link.session.outbox.bytes;
};

// Hands messages to their handlers, in order, one at a time even where a handler makes more of them come.
proto.drain = function () {
  var meaning;
  if (this.isDraining) {
    return;
  }
  this.isDraining = true;
  while (this.inbox.length) {
    meaning = this.inbox.shift();
    if (this.state !== 'closed') {
      this.give(meaning);
    }
  }
  this.isDraining = false;
};

proto.give = function (meaning) {
  var data = meaning.bytes ? bytes.give(meaning.bytes) : meaning.data;
  if (meaning.kind === 'reply') {
    this.settle(meaning.id, meaning.error || null, data);
  } else if (meaning.kind === 'event') {
    this.message(meaning, data);
  } else if (meaning.kind === 'error') {
    this.events.emit('error', [{ code: meaning.code, message: meaning.message }]);
  } else if (meaning.kind === 'lost') {
    this.events.emit('lost', [{ room: meaning.room }]);
  } else {
    this.debug('nobody hears `' + meaning.kind + '`');
  }
};

proto.message = function (meaning, data) {
  var message = {
    event: meaning.name, data: data, room: meaning.room, peer: meaning.peer, at: meaning.at, seq: meaning.seq,
    reply: null, fail: null
  };
  if (meaning.id) {
    answerable(this, message, meaning.id);
  }
  this.events.emit('*', [meaning.name, data, message]);
  if (has(OWN, meaning.name)) {
    this.debug('a message is called `' + meaning.name + '`, like an event of the client: only `*` hears it');
  } else {
    this.events.emit(meaning.name, [data, message]);
  }
};

// What the link tells follows.

proto.deliver = function (messages) {
  var first = this.link.session.inbox.taken - messages.length, i;
  for (i = 0; i < messages.length; i++) {
    messages[i].seq = first + i + 1;
    this.inbox.push(messages[i]);
  }
  this.received = first + messages.length;
  this.drain();
};

proto.onAck = function (number) {
  this.acked = number;
  this.measure();
  this.events.emit('ack', [number]);
};

proto.onRtt = function (rtt) {
  this.rtt = rtt;
  this.events.emit('rtt', [rtt]);
};

// The gateway refuses a message for good.
proto.onRefused = function (item, message) {
  this.sent = this.link.session.outbox.last();
  this.measure();
  this.fail(item, { code: 4002, message: message });
};

proto.onClosed = function (told) {
  // The state goes first: what a callback says now is refused, and not left in a session that is over.
  this.forget();
  this.setState('closed', words.closed);
  this.requests.fail('uncertain', 'The session ended before a reply came.');
  this.carrier = '';
  this.events.emit('close', [{ code: told.code, reason: told.reason, uncertain: told.uncertain }]);
};

// What was said before it was known how much the gateway takes.
proto.limit = function (max) {
  var outbox = this.link.session.outbox, i, item;
  for (i = outbox.queue.length; i > 0; i--) {
    item = outbox.queue[i - 1];
    if (item.bytes + 1 > max && outbox.acked + i > outbox.sent) {
      outbox.remove(outbox.acked + i);
      this.sent = outbox.last();
      this.fail(item, this.check(item));
    }
  }
};

proto.setState = function (state, sentence) {
  state = state || (this.wasOpen ? 'reconnecting' : 'connecting');
  if (this.state !== 'closed' && (this.state !== state || this.sentence !== sentence)) {
    this.state = state;
    this.sentence = sentence;
    if (state !== 'open') {
      this.carrier = '';
    }
    this.events.emit('state', [state, sentence]);
  }
};

proto.carried = function (name, before, isFirst) {
  this.wasOpen = true;
  this.peer = this.link.session.peer;
  if (this.state === 'closed') {
    return;
  }
  this.carrier = name;
  this.setState('open', words.open(name));
  if (name !== before) {
    this.events.emit('carrier', [name, { before: before }]);
  }
  if (isFirst) {
    this.keep(true);
    this.events.emit('open', [{ peer: this.peer, session: this.isResumed ? 'resumed' : 'new', carrier: name }]);
  }
};

proto.forget = function () {
  if (this.memory) {
    this.memory.forget();
  }
};

proto.onReset = function (told) {
  this.isResumed = false;
  this.forget();
  this.sent = this.acked = this.received = 0;
  this.measure();
  this.setState('', told.code in codes ? codes[told.code].words : words.reset);
  this.requests.fail('uncertain', 'The session was lost before a reply came.');
  this.events.emit('reset', [told]);
};

// What rode along with an opening that came to nothing is uncertain; what was said behind it is on its way.
proto.onUncertain = function (items, told) {
  var i;
  this.sent = this.link.session.outbox.last();
  this.measure();
  for (i = 0; i < items.length; i++) {
    this.settle(items[i].id, { code: 'uncertain', message: told.reason });
  }
  this.events.emit('reset', [told]);
};

module.exports = Client;
