// Ends: of carriers, and of the session. These are methods of the client.

var Session = require('./session');
var codes = require('./codes');
var message = require('./message');
var remember = require('./remember');
var words = require('./words');

// Milliseconds that a closing client goes on to deliver what was said; that a session has to live for the next one to be
// opened without delay.
var FAREWELL = 5000, LONG = 30000;
// Bytes that a beacon may have.
var BEACON = 65000;

module.exports = {
  // Something failed (without a name: the opening); `lived` is for how many milliseconds it was of service, where that counts
  // against it.
  failed: function (by, why, lived) {
    var name = by.name, isSocket = by === this.socket, was = this.carrier && (this.carrier === 'ws') === isSocket, base, ms;
    this.debug((name || 'the opening') + ' failed: ' + why);
    if (this.isOver) {
      return;
    }
    if (lived !== undefined) {
      this.ladder.judge(name, lived);
    }
    if (isSocket) {
      this.dropSocket();
    }
    if (name && was) {
      this.why = why;
      this.carrier = '';
    }
    base = this.base();
    if (name && base && base !== name) {
      if (was) {
        this.setState('reconnecting', words.cut(why, 0));
      }
      this.settle();
      this.flush();
      return;
    }
    if (!name && this.socket) {
      this.socket.greet(true);
    }
    ms = this.delay(this.fails++);
    if (!this.carrier) {
      this.setState('', this.isOffline ? words.offline : words.cut(why, ms));
    }
    this.hold(ms);
  },

  // The gateway asks to come back later: it drains (4003), or has too much to do (4009).
  paused: function (code, ms, by) {
    if (by === this.socket && this.carrier !== 'ws' && this.base()) {
      // A try beside what works: that goes on.
      by.fail('the gateway has no time');
      return;
    }
    if (by === this.socket) {
      this.dropSocket();
    } else {
      this.rest();
    }
    this.carrier = '';
    ms = code === 4003 ? Math.floor(this.env.random() * ms) : ms;
    this.setState('', words.busy(code, ms));
    this.hold(ms, true);
  },

  // The delivery is at another carrier, whose turn is this.
  moved: function (turn, by) {
    var session = this.session;
    if (turn > session.turn && session.isUsed) {
      // It was never ours.
      this.over({ code: 4006, reason: 'Another page has taken this session over.' });
      return;
    }
    // Until something was attached here, what raised it is an opening of ours that something on the way has repeated.
    session.turn = Math.max(session.turn, turn);
    if (by === this.socket) {
      if (this.carrier === 'ws' && !this.way) {
        this.setState('reconnecting', words.cut('it was moved', 0));
      }
      this.dropSocket();
      this.settle();
      this.flush();
    } else {
      this.rest();
      this.askIn(0);
    }
  },

  dropSocket: function () {
    var socket = this.socket;
    this.socket = null;
    this.carrier = this.carrier === 'ws' ? '' : this.carrier;
    socket.drop();
  },

  unprobe: function () {
    if (this.probe) {
      this.probe();
      this.probe = null;
    }
  },

  // The session is over. `isAside`: what told it brings no messages, so that some may still be on their way.
  over: function (close, isAside) {
    var self = this;
    if (isAside && !this.ending && close.last > this.session.taken && !this.isAgain(close.code) && (this.way || this.carrier)) {
      this.ending = this.env.setTimeout(function () { self.end(close); }, FAREWELL);
      this.askAgain();
    } else if (!this.isOver) {
      this.end(close);
    }
  },

  // Whether a new session is opened after this code.
  isAgain: function (code) {
    return codes[code] && !codes[code].over && !this.goodbye;
  },

  end: function (close) {
    var outbox = this.session.outbox, missing = close.last - this.session.taken, isAgain = this.isAgain(close.code),
      items, told, i;
    this.confirm(Math.min(close.received || 0, outbox.sent));
    items = outbox.unacked();
    told = {
      code: close.code, reason: close.reason || '', uncertain: [],
      undelivered: missing >= 0 && close.code !== 4004 ? missing : null
    };
    for (i = 0; i < items.length; i++) {
      told.uncertain.push(message.describe(items[i], i < outbox.sent - outbox.taken));
    }
    this.drop();
    remember.forget(this);
    this.carrier = '';
    if (isAgain) {
      if (this.openedAt && this.env.now() - this.openedAt > LONG) {
        this.deaths = 0;
      }
      this.begin();
      this.hold(this.delay(this.deaths++), true);
      this.isResumed = false;
      this.acked = 0;
      this.update();
      this.setState('', codes[close.code].words);
    } else {
      // What a callback says from now on is refused, and not left in a session that is over.
      this.isOver = true;
      this.setState('closed', words.closed);
      delete told.undelivered;
    }
    this.failAll('uncertain', 'The session ended before a reply came.');
    this.fire(isAgain ? 'reset' : 'close', [told]);
  },

  // A session that is still to be opened. One that never opens has not lived: the next one comes later still.
  begin: function () {
    this.session = new Session();
    this.openedAt = 0;
    this.renew();
  },

  // Ends every carrier.
  drop: function () {
    this.env.clearTimeout(this.ending);
    this.env.clearTimeout(this.holding);
    this.ending = null;
    this.isHolding = false;
    if (this.socket) {
      this.dropSocket();
    }
    this.rest();
    this.way = '';
    this.unprobe();
    this.dropPost();
  },

  saidGoodbye: function () {
    if (this.goodbye && !this.isOver) {
      this.end({ code: this.goodbye.close.code || 4000, reason: this.goodbye.close.reason });
    }
  },

  // The page goes away, for good or (`mayReturn`) into the browser's cache. What the gateway does not have yet goes after
  // it, where the browser can and it fits: under its numbers, so that it does no harm where it arrives twice.
  hide: function (mayReturn) {
    var session = this.session, outbox = session.outbox, texts = outbox.bytes < BEACON ? message.texts(outbox.unacked()) : [];
    if (this.state === 'closed') {
      return;
    }
    remember.keep(this, false);
    this.drop();
    // Until the page is back, if it ever is.
    this.isHolding = this.isDue = true;
    this.isOver = !mayReturn && !this.given.remember;
    if (this.isOver) {
      texts.push('{"close":{}}');
    }
    try {
      if (session.sid && texts.length) {
        this.env.root.navigator.sendBeacon(this.address('messages', 'seq=' + (outbox.taken + 1) + '&'), message.body(texts));
      }
    } catch (e) {
      // The session will expire.
    }
  },

  // The page is back. Another one may have taken the session over meanwhile.
  show: function () {
    if (this.isKept && this.session.sid && !remember.isOurs(this)) {
      this.over({ code: 4006, reason: 'Another page has taken this session over.' });
    }
    remember.keep(this, true);
    this.reconnect('the page was away');
  },

  // Drops the carrier and attaches anew at once.
  reconnect: function (why) {
    var was = this.carrier;
    if (this.isOver) {
      return;
    }
    this.drop();
    this.carrier = '';
    this.why = why || 'as asked';
    if (was) {
      this.setState('reconnecting', words.cut(this.why, 0));
    }
    this.ladder.forgive();
    this.fails = 0;
    this.release();
  },

  // The page is back, or the network: waits no longer, and makes sure of what there is.
  wake: function (isNetwork) {
    if (this.isOver) {
      return;
    }
    if (isNetwork) {
      // What is under way may hang in a network that is no more. Repeating it does no harm.
      this.isOffline = false;
      this.ladder.forgive();
      this.dropPost();
    }
    if (this.carrier === 'ws') {
      this.socket.check();
    } else if (!this.isHolding && this.way) {
      this.askAgain();
    }
    this.release();
  }
};
