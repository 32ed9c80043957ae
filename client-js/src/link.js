// What carries the session at the moment: opens it, moves it from carrier to carrier, and decides what an accident means.

var Session = require('./session');
var Opening = require('./opening');
var Ladder = require('./ladder');
var Backoff = require('./backoff');
var Poll = require('./receiver/poll');
var Post = require('./sender/post');
var Socket = require('./transport/websocket');
var transports = require('./transports');
var xhr = require('./env/xhr');
var ends = require('./link_end');
var mix = require('./mix');

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST = 2147483647;
// Milliseconds that a round trip may take.
var CREDIBLE = 30000;

function transport(name) {
  var i = 0;
  while (transports[i].name !== name) {
    i++;
  }
  return transports[i];
}

// `face` hears what becomes of the session; `options` are complete.
function Link(face, env, base, options) {
  this.face = face;
  this.env = env;
  this.base = base;
  this.options = options;
  this.session = new Session();
  this.backoff = new Backoff(options.retry.min, options.retry.max, env.random);
  this.rebirth = new Backoff(options.retry.min, options.retry.max, env.random);
  this.queries = 0;
  this.seed = Math.floor(env.random() * 1679616).toString(36);
  this.rtt = null;
  this.carrier = this.poll = this.socket = this.owner = null;
  this.old = [];
  this.name = '';
  this.use(options.carriers);
  this.post = new Post(this);
  this.opening = new Opening(this, options.auth);
}

var proto = Link.prototype;

// Which carriers may be used, best first.
proto.use = function (names) {
  this.ladder = new Ladder(names);
};

proto.debug = function (text) {
  this.face.debug(text);
};

// Sends a request below the gateway's base. The query gets a value that no cache has seen, out of a bounded set: old
// browsers keep an entry for each address that ever was.
proto.ask = function (ask, done) {
  this.queries = (this.queries + 1) % 1000;
  ask.url = this.base + ask.path + '?' + ask.query + 't=' + this.seed + this.queries;
  ask.credentials = this.options.credentials;
  return xhr.send(this.env, ask, done);
};

// Whether this carrier is among the allowed ones, and there is what it needs.
proto.isThere = function (name) {
  var carriers = this.session.terms.carriers, wire = transport(name).wire, i;
  if (!this.env[transport(name).needs] || this.ladder.place(name) >= this.ladder.names.length) {
    return false;
  }
  for (i = 0; carriers && i < carriers.length; i++) {
    if (carriers[i] === wire) {
      return true;
    }
  }
  return !carriers;
};

// The carrier by polls to be used now; '' where there is none.
proto.http = function () {
  var names = this.ladder.names, last = '', i;
  for (i = 0; i < names.length; i++) {
    if (transport(names[i]).Mode && this.isThere(names[i])) {
      last = names[i];
      if (this.ladder.isFree(last, this.env.now())) {
        return last;
      }
    }
  }
  return last;
};

// Brings what is carried, and how, to what it should be. May be called at any time.
proto.settle = function () {
  if (this.isOver || this.isHeld()) {
    return;
  }
  var http = this.http(), wantsSocket = this.wantsSocket(http);
  if (this.socket && !wantsSocket && !this.socket.attachedAt) {
    // It would take the delivery as soon as it stood. One that has it keeps it until another does.
    this.socket.drop();
    this.socketGone(this.socket);
  }
  if (!this.session.sid) {
    if (http) {
      this.opening.go();
    }
  } else if (http && !(this.carrier && this.carrier === this.socket && wantsSocket)) {
    this.pollBy(http);
  }
  if (wantsSocket && !this.socket) {
    this.socket = new Socket(this);
    this.socket.start();
  }
  this.plan(http);
};

proto.wantsSocket = function (http) {
  return this.isThere('ws') && (!http || this.ladder.isBetter('ws', http)) &&
    (!http || this.socket || this.ladder.isFree('ws', this.env.now()));
};

// Polls in this mode.
proto.pollBy = function (http) {
  if (!this.poll) {
    this.poll = new Poll(this, this.mode(http));
    this.poll.ask();
  } else if (this.poll.name() !== http) {
    this.poll.change(this.mode(http));
  } else {
    this.poll.goOn(0);
  }
};

// A WebSocket is about to take the delivery: polls stand back.
proto.isAttaching = function () {
  return !!this.socket && this.socket.isAttaching();
};

proto.mode = function (name) {
  return new (transport(name || 'long-poll').Mode)(this);
};

// Looks again when something better may be tried once more.
proto.plan = function () {
  var self = this, now = this.env.now();
  var wait = this.ladder.wait(this.carrier ? this.carrier.name() : '', now);
  this.env.clearTimeout(this.planned);
  if (wait > 0) {
    this.planned = this.env.setTimeout(function () { self.settle(); }, wait);
  }
};

// Waits before anything is tried again; `isDue` where that is owed to the gateway and not only wise.
proto.hold = function (ms, isDue) {
  var self = this;
  this.env.clearTimeout(this.holding);
  this.isHolding = true;
  this.isDue = isDue;
  this.holding = this.env.setTimeout(function () { self.release(); }, Math.min(ms, LONGEST));
};

proto.isHeld = function () {
  return !!this.isHolding;
};

proto.release = function () {
  this.env.clearTimeout(this.holding);
  this.isHolding = false;
  if (this.poll && this.session.sid && this.poll !== this.carrier) {
    this.poll.ask();
  }
  this.settle();
  this.flush();
};

// Something else is to be tried: there is no reason to wait for what failed.
proto.hurry = function () {
  if (this.isHeld() && !this.isDue) {
    this.release();
  } else {
    this.settle();
  }
};

// Sends what waits, by whatever takes it now.
proto.flush = function () {
  if (this.isOver) {
    return;
  }
  if (this.socket && this.socket.canSend) {
    this.socket.flush();
  } else if (this.session.sid && !this.isHeld() && this.http()) {
    this.post.flush();
  }
};

// Something was said. What is said in one go travels in one request.
proto.stir = function () {
  var self = this;
  if (this.socket && this.socket.canSend) {
    this.socket.flush();
    return;
  }
  if (this.poll) {
    this.poll.stir();
  }
  if (this.env.document && this.env.document.hidden) {
    // Timers are rare in the background.
    this.flush();
  } else if (!this.isStirred) {
    this.isStirred = true;
    this.env.setTimeout(function () {
      self.isStirred = false;
      self.flush();
    }, 0);
  }
};

// A round trip took so many milliseconds. What is beyond reason is no measure of the way: the machine slept meanwhile, or
// its clock was set; and time-outs are made of it.
proto.measured = function (ms) {
  if (ms >= 0 && ms <= CREDIBLE) {
    this.rtt = this.rtt === null ? ms : Math.round((this.rtt * 3 + ms) / 4);
    this.face.onRtt(this.rtt);
  }
};

// The gateway has everything up to `number`. False if it can't have.
proto.acked = function (number) {
  var outbox = this.session.outbox, before = outbox.taken();
  if (outbox.ack(number)) {
    return false;
  }
  if (outbox.taken() > before) {
    this.face.onAck(outbox.taken());
  }
  return true;
};

// The gateway lacks what it had acknowledged, or only what was never sent.
proto.fellBehind = function (number) {
  if (number < this.session.outbox.taken()) {
    this.over({ kind: 'close', code: 4004, reason: 'The gateway has lost what it had acknowledged.' });
  } else {
    this.acked(number);
    this.flush();
  }
};

// Takes a poll's answer: its messages, then its control packets. False if a message is missing, which only the `close`
// of a slow consumer explains.
proto.take = function (batch, by) {
  var came = this.session.inbox.batch(batch.from, batch.messages.length), session = this.session, i;
  if (came.refused && (batch.messages.length || !batch.controls.length)) {
    return false;
  }
  this.deliver(batch.messages.slice(came.repeats || 0));
  for (i = 0; i < batch.controls.length && session === this.session && !this.isOver; i++) {
    this.control(batch.controls[i], by);
  }
  return true;
};

proto.control = function (meaning, by) {
  if (meaning.kind === 'close') {
    this.over(meaning);
  } else if (meaning.kind === 'drain') {
    this.paused({ kind: 'drain', retry: meaning.retry }, by);
  } else if (meaning.kind === 'moved') {
    this.moved(meaning.turn, by);
  } else if (meaning.kind === 'ack') {
    this.acked(meaning.number);
  }
};

proto.deliver = function (messages) {
  this.face.deliver(messages);
};

// `open` came on something: the first one opens the session. False if it is not ours.
proto.reopened = function (open, by) {
  var isFirst = !this.session.sid, before = this.session.outbox.taken();
  var wrong = this.session.open(open);
  if (wrong && wrong.refused === 'moved') {
    this.moved(open.turn, by);
    return false;
  }
  if (wrong) {
    this.over({ kind: 'close', code: 4004, reason: 'The gateway means another session.' });
    return false;
  }
  if (isFirst) {
    this.opened(open, by);
  }
  if (this.session.outbox.taken() > before) {
    this.face.onAck(this.session.outbox.taken());
  }
  return true;
};

proto.opened = function (open, by) {
  var poll;
  this.openedAt = this.env.now();
  this.opening.settle(open);
  this.face.limit(open.max);
  this.backoff.reset();
  if (by !== this.socket) {
    // The answer to the opening was a poll's as well: the way is good.
    poll = this.poll = new Poll(this, this.mode(this.http()));
    poll.isProved = true;
    this.carry(poll);
    // A handler may have dropped it meanwhile.
    poll.goOn(0);
    if (this.socket) {
      this.socket.greet(false);
    }
  }
  this.settle();
};

// A poll was answered.
proto.proved = function (poll) {
  if (poll === this.poll && this.carrier !== poll) {
    this.carry(poll);
  } else if (this.carrier === poll && this.name !== poll.name()) {
    this.carry(poll);
  }
};

// The WebSocket has the delivery.
proto.attached = function (socket) {
  if (this.poll) {
    this.poll.stop();
    this.poll = null;
  }
  this.carry(socket);
};

// Another carrier has taken over: what still comes on this one counts.
proto.retire = function (socket) {
  var left = [socket], i;
  for (i = 0; i < this.old.length; i++) {
    if (!this.old[i].isOver()) {
      left.push(this.old[i]);
    }
  }
  this.old = left;
};

// From now on this carries the session.
proto.carry = function (carrier) {
  var before = this.name, socket = this.socket, isFirst = !this.session.isTold;
  this.carrier = carrier;
  this.name = carrier.name();
  this.backoff.reset();
  if (socket && carrier !== socket && socket.attachedAt) {
    this.retire(socket);
    this.socket = null;
    socket.leave();
    this.session.outbox.cut();
    this.owner = null;
  }
  this.session.isTold = true;
  this.face.carried(this.name, before, isFirst);
  this.flush();
};

mix(proto, ends);

module.exports = Link;
