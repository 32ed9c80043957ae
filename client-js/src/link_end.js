// The part of a link that deals with ends: of carriers, and of the session. These are methods of Link.

var Session = require('./session');
var Opening = require('./opening');
var words = require('./words');

// Codes after which a new session is opened; any other end is for good.
var AGAIN = { 4003: 1, 4004: 1, 4006: 1, 4008: 1, 4009: 1, 4011: 1 };
// Milliseconds that a closing client goes on to deliver what was said.
var FAREWELL = 5000;
// Milliseconds that a session has to live for the next one to be opened without delay.
var LONG = 30000;

var Ends = {};

// A carrier failed after `lived` milliseconds of service. `isAside`: it matters no more, or (a poll) holding is hopeless.
Ends.failed = function (what, why, lived, isAside) {
  var isSocket = what === this.socket, was = this.carrier === what;
  this.debug((what.name ? what.name() : 'the opening') + ' failed: ' + why);
  if (this.isOver || (what.name && what !== this.poll && !isSocket)) {
    return;
  }
  if (was) {
    this.carrier = null;
  }
  if (isSocket) {
    this.socketGone(what);
    this.ladder.failed('ws', this.env.now(), lived);
    if (this.http()) {
      this.lost(was, why);
      this.settle();
      this.flush();
      return;
    }
  } else if (isAside) {
    this.ladder.failed(what.name(), this.env.now(), 0);
  }
  if (what === this.opening && this.socket) {
    this.socket.greet(true);
  }
  this.again(why);
};

Ends.lost = function (was, why) {
  if (was) {
    this.face.setState('reconnecting', words.cut(why, 0));
  }
};

Ends.again = function (why) {
  var ms = this.backoff.next();
  if (!this.carrier) {
    this.face.setState('', this.isOffline ? words.offline : words.cut(why, ms));
  }
  this.hold(ms);
};

Ends.socketGone = function (socket) {
  if (this.socket === socket) {
    this.socket = null;
  }
  if (this.owner === socket) {
    this.owner = null;
    this.session.outbox.cut();
  }
};

// The gateway asks to come back later: it drains, or has too much to do.
Ends.paused = function (outcome, what) {
  var ms = outcome.kind === 'drain' ? Math.floor(this.env.random() * outcome.retry) : outcome.retry;
  if (this.isOver || (what.name && what !== this.poll && what !== this.socket)) {
    return;
  }
  if (what === this.socket && what !== this.carrier && this.http()) {
    // A try beside what works: that goes on.
    what.fail('the gateway has no time');
    return;
  }
  if (what === this.carrier) {
    this.carrier = null;
  }
  if (what === this.socket) {
    what.drop();
    this.socketGone(what);
  }
  this.face.setState('', words.busy(outcome.kind, ms));
  this.hold(ms, true);
};

// The delivery is at another carrier, whose turn is this.
Ends.moved = function (turn, what) {
  if (this.isOver) {
    return;
  }
  if (this.session.isForeign(turn)) {
    this.over({ kind: 'close', code: 4006, reason: 'Another page has taken this session over.' });
    return;
  }
  if (what === this.poll && this.poll) {
    this.poll.next(0);
  } else if (what === this.socket) {
    what.drop();
    this.socketGone(what);
    if (this.carrier === what) {
      this.carrier = null;
      this.lost(!this.poll, 'it was moved');
    }
    this.settle();
    this.flush();
  }
};

// The session is over. `isAside`: what told it brings no messages, so that some may still be on their way.
Ends.over = function (close, isAside) {
  var self = this, inbox = this.session.inbox;
  if (this.isOver) {
    return;
  }
  if (isAside && close.last > inbox.taken && AGAIN[close.code] !== 1 && (this.poll || this.carrier) && !this.ending) {
    this.ending = this.env.setTimeout(function () { self.end(close); }, FAREWELL);
    if (this.poll) {
      this.poll.check();
    }
    return;
  }
  this.end(close);
};

Ends.end = function (close) {
  var outbox = this.session.outbox, missing = close.last - this.session.inbox.taken;
  if (close.received) {
    this.acked(Math.min(close.received, outbox.sent));
  }
  var told = {
    code: close.code,
    reason: close.reason,
    undelivered: missing >= 0 && close.code !== 4004 ? missing : null
  };
  var items = outbox.unacked(), sent = outbox.sent - outbox.taken();
  told.uncertain = describe(items, sent);
  this.drop();
  if (AGAIN[close.code] && !this.goodbye) {
    this.reset(told);
  } else {
    this.isOver = true;
    this.face.onClosed(told);
  }
};

function describe(items, sent) {
  var list = [], i;
  for (i = 0; i < items.length; i++) {
    if (items[i].kind !== 'close') {
      list.push(items[i].describe(i < sent));
    }
  }
  return list;
}

// Opens a session in place of the one that is gone.
Ends.reset = function (told) {
  var self = this, now = this.env.now(), ms;
  if (this.openedAt && now - this.openedAt > LONG) {
    this.rebirth.reset();
  }
  // A session that never opens has not lived: the next one comes later still.
  this.openedAt = 0;
  ms = this.rebirth.next();
  this.session = new Session();
  this.opening = new Opening(this, this.options.auth);
  this.post.renew();
  this.hold(ms, true);
  this.face.onReset(told);
  if (self.goodbye) {
    this.settle();
  }
};

// What rode along with an opening that came to nothing.
Ends.uncertain = function (items, why) {
  this.face.onUncertain(items, { code: 4004, reason: why, undelivered: null, uncertain: describe(items, items.length) });
};

// A message that the gateway refuses: nobody else can have taken it.
Ends.giveBack = function (number, message) {
  this.face.onRefused(this.session.outbox.remove(number), message);
};

// Ends every carrier.
Ends.drop = function () {
  var i;
  this.env.clearTimeout(this.ending);
  this.env.clearTimeout(this.holding);
  this.env.clearTimeout(this.planned);
  this.ending = null;
  this.isHolding = false;
  for (i = 0; i < this.old.length; i++) {
    this.old[i].drop();
  }
  this.old = [];
  if (this.socket) {
    this.socket.drop();
  }
  if (this.poll) {
    this.poll.drop();
  }
  this.opening.drop();
  this.post.drop();
  this.carrier = this.poll = this.socket = this.owner = null;
};

// The application closes: what was said before goes first, for a while.
Ends.close = function (meaning) {
  var self = this;
  this.goodbye = meaning;
  this.farewell = this.env.setTimeout(function () { self.saidGoodbye(); }, FAREWELL);
  this.flush();
};

Ends.saidGoodbye = function () {
  if (this.goodbye && !this.isOver) {
    this.env.clearTimeout(this.farewell);
    this.end({ code: this.goodbye.code || 4000, reason: this.goodbye.reason || '', last: 0, received: 0 });
  }
};

// The page goes away. Where the session is not to be kept (`isForGood`) the gateway is told, if the browser can.
Ends.part = function (isForGood) {
  var navigator = this.env.root.navigator, sid = this.session.sid;
  this.drop();
  if (isForGood) {
    this.isOver = true;
    try {
      if (sid && navigator.sendBeacon) {
        navigator.sendBeacon(this.base + '/session/' + sid + '/close', '');
      }
    } catch (e) {
      // The session will expire.
    }
  } else {
    // Until the page is back, if it ever is.
    this.isHolding = this.isDue = true;
  }
};

// Drops whatever carries the session, and attaches anew at once.
Ends.reconnect = function (why) {
  if (this.isOver) {
    return;
  }
  if (this.socket) {
    this.socket.drop();
    this.socketGone(this.socket);
  }
  if (this.poll) {
    this.poll.drop();
    this.poll = null;
  }
  this.opening.drop();
  this.post.drop();
  this.lost(!!this.carrier, why);
  this.carrier = null;
  this.ladder.forgive();
  this.backoff.reset();
  this.release();
};

// The page is back, or the network: waits no longer, and makes sure of what there is.
Ends.wake = function (isNetwork) {
  if (this.isOver) {
    return;
  }
  if (isNetwork) {
    // What is under way may hang in a network that is no more. Repeating it does no harm.
    this.isOffline = false;
    this.ladder.forgive();
    this.post.drop();
    this.opening.drop();
  }
  if (this.isHeld()) {
    this.release();
  } else {
    if (this.carrier) {
      this.carrier.check();
    }
    this.settle();
    this.flush();
  }
};

module.exports = Ends;
