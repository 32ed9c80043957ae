// Opens a session by POST, with its first messages; or gives a WebSocket what it needs to open one. An opening is retried
// with the same key, which leads to the same session.

var answers = require('./answers');
var json = require('./json');
var packet = require('./packet');
var compose = require('./compose');
var random = require('./env/random');

// Bytes of messages that ride along: more would make the first round trip slow.
var FIRST = 65536;
// Milliseconds to trust an unanswered opening with its messages where the gateway has not said what it keeps.
var SLOWEST = 16000;

// Milliseconds after which credentials are asked for again: tokens may live for a minute, and the network be away for an hour.
var STALE = 30000;

function Opening(link, auth) {
  this.link = link;
  this.auth = auth;
  this.giveUp = null;
  this.renew();
}

var proto = Opening.prototype;

// A fresh key; credentials are asked anew.
proto.renew = function () {
  this.meaning = { kind: 'open', auth: this.credentials(), key: random.key(this.link.env) };
  this.attempts = 0;
  this.asked = this.link.env.now();
  // A WebSocket has been refused with this key.
  this.isRefused = false;
  // Messages that rode along, whose fate is unknown until an answer comes; and since when.
  this.carried = 0;
};

// What the application gives; nothing where its function throws, which is told where nobody waits.
proto.credentials = function () {
  var text;
  try {
    text = json.stringify(typeof this.auth === 'function' ? this.auth() : this.auth);
    return text === undefined ? text : json.parse(text);
  } catch (error) {
    this.link.face.events.rethrow(error);
    return undefined;
  }
};

// The opening for a WebSocket.
proto.greeting = function () {
  this.freshen();
  return this.meaning;
};

// Credentials that were asked for some time ago are asked for again, unless something is under way with them. The key stays,
// so that an opening whose answer was lost is found; if it had other credentials, that is told (`used`).
proto.freshen = function () {
  var link = this.link, now = link.env.now(), isInUse = this.giveUp || (link.socket && link.socket.isOpening);
  if (typeof this.auth === 'function' && !isInUse && now - this.asked >= STALE) {
    this.meaning.auth = this.credentials();
    this.asked = now;
  }
};

// Posts the opening, unless one is under way. Only the first attempt brings messages: once an answer is lost, every
// further attempt would add to what may have been taken by a session that is gone before it is reached.
proto.go = function () {
  var link = this.link, outbox = link.session.outbox, items = [], texts = [], wantsReply = false, i;
  if (this.giveUp) {
    return;
  }
  this.freshen();
  texts.push(compose.say(this.meaning));
  this.began = link.env.now();
  if (!this.attempts++) {
    outbox.attach();
    items = outbox.queue.length && outbox.queue[0].bytes <= FIRST ? outbox.hand(1000, FIRST) : [];
    this.carried = items.length;
    this.carriedAt = this.began;
    outbox.cut();
  }
  for (i = 0; i < items.length; i++) {
    texts.push(items[i].text());
    wantsReply = wantsReply || !!items[i].id;
  }
  this.post(compose.body(texts), wantsReply ? 1 : 0);
};

// The answer is a poll's too: it waits a moment for a reply where one is asked for.
proto.post = function (body, wait) {
  var self = this, link = this.link, session = link.session;
  this.giveUp = link.ask({
    method: 'POST',
    path: '/session',
    query: 'wait=' + wait + '&',
    body: body,
    timeout: link.options.connectTimeout + wait * 1000 + body.length / SLOWEST * 1000
  }, function (answer) {
    self.giveUp = null;
    if (session === link.session) {
      self.answered(answers.interpret(answer));
    }
  });
};

proto.drop = function () {
  if (this.giveUp) {
    this.giveUp();
    this.giveUp = null;
  }
};

proto.answered = function (outcome) {
  var link = this.link, open = null, batch;
  if (outcome.kind === 'ok' && packet.isObject(outcome.body.open)) {
    open = packet.read({ open: outcome.body.open });
    batch = answers.batch(outcome.body);
  }
  if (open && !open.refused) {
    if (link.reopened(open, this) && batch) {
      link.take(batch, this);
    }
  } else if (outcome.kind === 'close') {
    link.over(outcome.close);
  } else if (link.session.sid) {
    // A WebSocket was faster.
    return;
  } else if (outcome.kind === 'used') {
    this.used();
  } else if (outcome.kind === 'refused') {
    this.refused(outcome.message);
  } else if (outcome.kind === 'drain' || outcome.kind === 'wait') {
    link.paused(outcome, this);
  } else {
    link.failed(this, outcome.why || 'the answer names no session', 0);
  }
};

// Nothing of it was taken.
proto.refused = function (message) {
  if (!this.carried) {
    this.link.over({ kind: 'close', code: 4002, reason: message });
    return;
  }
  this.link.session.outbox.sent = 0;
  this.carried = 0;
  this.go();
};

// The session that this key opened is in use, or gone: it is nothing that we know of.
proto.used = function () {
  this.forget('The opening was taken, but its answer was lost.');
  this.renew();
  this.link.failed(this, 'the key was used before', 0);
};

// The session is open, `open` says how far. What rode along with an attempt that is older than the gateway remembers may
// have been taken by a session that is gone.
proto.settle = function (open) {
  if (this.carried && !open.received && this.began - this.carriedAt > open.resume * 1000) {
    this.forget('The first opening was not answered.');
  }
  this.carried = 0;
};

proto.forget = function (why) {
  var outbox = this.link.session.outbox, items = [];
  while (this.carried > 0) {
    this.carried--;
    items.push(outbox.remove(1));
  }
  outbox.sent = 0;
  if (items.length) {
    this.link.uncertain(items, why);
  }
};

module.exports = Opening;
