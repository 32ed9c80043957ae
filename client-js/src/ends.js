// Ends: of carriers, and of the session. These are methods of the client.

var Session = require('./session');
var Opening = require('./opening');
var codes = require('./codes');
var message = require('./message');
var post = require('./post');
var remember = require('./remember');
var words = require('./words');

// Milliseconds that a closing client goes on to deliver what was said; that a session has to live for the next one to be
// opened without delay.
var FAREWELL = 5000, LONG = 30000;
// Bytes that a beacon may have.
var BEACON = 65000;

module.exports = {
  // Something failed; `lived` is for how many milliseconds it was of service, where that counts against it.
  failed: function (what, why, lived) {
    var base, was = this.holder === what, name = what.name;
    this.debug((name || 'the opening') + ' failed: ' + why);
    if (this.isOver || (name && what !== this.receiver && what !== this.socket)) {
      return;
    }
    if (lived !== undefined) {
      this.ladder.failed(name, lived);
    }
    if (what === this.socket) {
      this.dropSocket();
    } else if (name && this.holder !== this.socket) {
      this.holder = null;
    }
    this.why = was ? why : this.why;
    base = this.base();
    if (name && base && base !== name) {
      this.lost(was, why);
      this.settle();
      this.flush();
      return;
    }
    if (!name && this.socket) {
      this.socket.greet(true);
    }
    this.again(why);
  },

  lost: function (was, why) {
    if (was) {
      this.setState('reconnecting', words.cut(why, 0));
    }
  },

  again: function (why) {
    var ms = this.delay(this.fails++);
    if (!this.holder) {
      this.setState('', this.isOffline ? words.offline : words.cut(why, ms));
    }
    this.hold(ms);
  },

  // The gateway asks to come back later: it drains (4003), or has too much to do (4009).
  paused: function (code, ms, what) {
    if (this.isOver || (what.name && what !== this.receiver && what !== this.socket)) {
      return;
    }
    if (what === this.socket && what !== this.holder && this.base()) {
      // A try beside what works: that goes on.
      what.fail('the gateway has no time');
      return;
    }
    if (what === this.socket) {
      this.dropSocket();
    } else if (what === this.holder) {
      this.holder = null;
    }
    if (what === this.receiver) {
      what.rest();
    }
    ms = code === 4003 ? Math.floor(this.env.random() * ms) : ms;
    this.setState('', words.busy(code, ms));
    this.hold(ms, true);
  },

  // The delivery is at another carrier, whose turn is this.
  moved: function (turn, what) {
    var was = what === this.holder;
    if (this.isOver) {
      return;
    }
    if (turn > this.session.turn) {
      // It was never ours.
      this.over({ code: 4006, reason: 'Another page has taken this session over.' });
    } else if (what === this.receiver && what) {
      what.next(0);
    } else if (what === this.socket) {
      this.dropSocket();
      this.lost(was && !this.receiver, 'it was moved');
      this.settle();
      this.flush();
    }
  },

  // The session is over. `isAside`: what told it brings no messages, so that some may still be on their way.
  over: function (close, isAside) {
    var self = this;
    if (this.isOver) {
      return;
    }
    if (isAside && close.last > this.session.taken && !this.isAgain(close.code) && (this.receiver || this.holder) && !this.ending) {
      this.ending = this.env.setTimeout(function () { self.end(close); }, FAREWELL);
      if (this.receiver) {
        this.receiver.check();
      }
    } else {
      this.end(close);
    }
  },

  // Whether a new session is opened after this code.
  isAgain: function (code) {
    return codes[code] && !codes[code].over && !this.goodbye;
  },

  end: function (close) {
    var outbox = this.session.outbox, missing = close.last - this.session.taken, items, told;
    this.confirm(Math.min(close.received || 0, outbox.sent));
    items = outbox.unacked();
    told = {
      code: close.code, reason: close.reason || '', undelivered: missing >= 0 && close.code !== 4004 ? missing : null,
      uncertain: describe(items, outbox.sent - outbox.taken)
    };
    this.drop();
    if (this.isAgain(close.code)) {
      this.reset(told);
    } else {
      this.isOver = true;
      this.onClosed(told);
    }
  },

  // Opens a session in place of the one that is gone.
  reset: function (told) {
    if (this.openedAt && this.env.now() - this.openedAt > LONG) {
      this.deaths = 0;
    }
    // A session that never opens has not lived: the next one comes later still.
    this.openedAt = 0;
    this.begin();
    this.post.renew();
    this.hold(this.delay(this.deaths++), true);
    this.onReset(told);
  },

  begin: function () {
    this.session = new Session();
    this.opening = new Opening(this);
  },

  // What rode along with an opening that came to nothing.
  uncertain: function (items, why) {
    this.onUncertain(items, { code: 4004, reason: why, undelivered: null, uncertain: describe(items, items.length) });
  },

  // Ends every carrier.
  drop: function () {
    this.env.clearTimeout(this.ending);
    this.env.clearTimeout(this.holding);
    this.env.clearTimeout(this.planned);
    this.ending = null;
    this.isHolding = false;
    if (this.socket) {
      this.dropSocket();
    }
    if (this.receiver) {
      this.receiver.drop();
    }
    this.unprobe();
    this.opening.drop();
    this.post.drop();
    this.holder = this.receiver = null;
  },

  saidGoodbye: function () {
    if (this.goodbye && !this.isOver) {
      this.end({ code: this.goodbye.close.code || 4000, reason: this.goodbye.close.reason });
    }
  },

  // The page goes away, for good or (`mayReturn`) into the browser's cache. What the gateway does not have yet goes after
  // it, where the browser can and it fits: under its numbers, so that it does no harm where it arrives twice.
  hide: function (mayReturn) {
    var session = this.session, items = session.outbox.unacked(), isForGood = !mayReturn && !this.given.remember, texts;
    if (this.state === 'closed') {
      return;
    }
    remember.keep(this, false);
    this.drop();
    texts = session.outbox.bytes < BEACON ? post.texts(items) : [];
    if (isForGood) {
      texts.push('{"close":{}}');
    }
    // Until the page is back, if it ever is.
    this.isHolding = this.isDue = true;
    this.isOver = isForGood;
    try {
      if (session.sid && texts.length) {
        this.env.root.navigator.sendBeacon(this.address('messages', 'seq=' + (session.outbox.taken + 1) + '&'), post.body(texts));
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

  // The page is back, or the network: waits no longer, and makes sure of what there is.
  wake: function (isNetwork) {
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
    if (this.isHolding) {
      this.release();
    } else {
      if (this.holder) {
        this.holder.check();
      }
      this.settle();
      this.flush();
    }
  }
};

function describe(items, sent) {
  var list = [], i;
  for (i = 0; i < items.length; i++) {
    list.push(message.describe(items[i], i < sent));
  }
  return list;
}
