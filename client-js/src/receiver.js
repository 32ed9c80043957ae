// Receives by a row of GETs, one after the other: polls, each of which has one answer, or streams, each of which goes on for
// as long as it is let. `way` is the carrier's name, `get` the one under way. These are methods of the client.

var answers = require('./answers');
var feed = require('./transport/poll').feed;
var json = require('./json');
var read = require('./packet').read;
var transports = require('./transports');

// Milliseconds for a stream to begin, beside two round trips; that it has to last to be followed by another without a pause,
// if it brought nothing; and before what it brought is acknowledged.
var SHORT = 5000, BRIEF = 1000, OWED = 5000;

function Get(client, name) {
  this.client = client;
  this.name = name;
  this.began = client.env.now();
  // The number of the next message; nothing may come before it is told. By when something has to be heard.
  this.from = this.came = this.size = this.deadline = 0;
  this.acknowledged = this.began;
}

Get.prototype = {
  fail: function (why) {
    if (this.client.get === this) {
      this.client.rest();
      this.client.ended(this, why);
    }
  },

  check: function () {
    this.client.askAgain();
  },

  // Once a second.
  look: function (now) {
    if (now - this.acknowledged >= OWED) {
      this.acknowledge();
    }
  },

  acknowledge: function () {
    this.acknowledged = this.client.env.now();
    this.size = 0;
    this.client.flush(true);
  }
};

module.exports = {
  // Receives this way from now on.
  receive: function (name) {
    this.choose(name);
    if (!this.get && !this.asking) {
      this.askNow();
    }
  },

  choose: function (name) {
    if (this.way !== name) {
      this.rest();
      this.way = name;
      // Milliseconds between polls that are not held; seconds that the others are held at most, where something on the way cuts
      // or swallows them, and how often that was. Until an answer has come since it began, or since the last failure, none is
      // held: an answer at once tells that the way is good.
      this.interval = this.given.pollInterval;
      this.longest = Infinity;
      this.cuts = this.isProved = 0;
    }
  },

  // The opening by POST was answered: its answer is a poll's as well.
  wasOpened: function (body) {
    var self = this, isFirst = !this.session.sid, get = new Get(this, this.base());
    function hear(packet) {
      if (!isFirst || self.get === get) {
        self.hear(read(packet), get, 0);
      }
    }
    if (isFirst) {
      this.choose(get.name);
      this.get = get;
      get.stop = function () { /* It is over. */ };
    }
    hear({ open: body.open });
    if (isFirst && json.is(body.messages, 'Array')) {
      feed(body, hear);
    }
    if (this.get === get) {
      this.get = null;
      if (get.from) {
        this.ended(get, '');
      }
    }
    this.settle();
  },

  // For how many seconds polls are held.
  wait: function () {
    return transports[this.way].isShort ? 0 : Math.min(this.session.terms.wait, this.longest);
  },

  // Nothing is under way, nothing is planned.
  rest: function () {
    var get = this.get;
    this.env.clearTimeout(this.asking);
    this.asking = this.get = null;
    if (get) {
      get.stop();
    }
  },

  // Asks now, in place of whatever is under way: its turn is lower and so it can't take the delivery back.
  askNow: function () {
    var self = this, session = this.session, mode = transports[this.way], get, held = this.isProved ? this.wait() : 0;
    if (!mode || this.isHolding || this.isAttaching() || this.probe && this.env.isScarce) {
      return;
    }
    this.rest();
    session.told = session.taken;
    this.get = get = new Get(this, this.way);
    get.held = held;
    get.isLong = !mode.isPoll;
    get.deadline = get.isLong ? get.began + SHORT + 2 * this.rtt : 0;
    get.stop = mode.open(this, this.address(mode.path, 'after=' + session.taken + '&turn=' + ++session.turn +
      (mode.isPoll ? '&wait=' + held : '') + '&'), function (packet) {
      if (self.get === get) {
        self.hear(read(packet), get, packet.length || 0);
      }
    }, function (why, answer) {
      if (self.get === get) {
        self.get = null;
        self.ended(get, why, answer);
      }
    }, held * 1000);
  },

  // Makes sure that the way is still good.
  askAgain: function () {
    this.isProved = 0;
    this.askNow();
  },

  // Asks after so many milliseconds; whatever is under way goes on.
  askIn: function (ms) {
    var self = this;
    this.env.clearTimeout(this.asking);
    this.due = this.env.now() + ms;
    this.asking = this.later(function () {
      self.asking = null;
      self.askNow();
    }, ms);
  },

  // Something was said, so that something may come back.
  hasten: function () {
    this.interval = this.given.pollInterval;
    if (this.asking && this.due - this.env.now() > this.interval) {
      this.askIn(this.interval);
    }
  },

  // One is over. Held by something on the way, once is an accident; it is held for less then, down to not at all.
  ended: function (get, why, answer) {
    var kind = answer && answers.interpret(answer).kind, ms = this.env.now() - get.began, isHopeless = get.isLong;
    if (kind === 'close') {
      this.over(answer.body.close);
    } else if (kind === 'stale') {
      this.moved(answer.body.turn, get);
    } else if (!why && get.from && (!get.isLong || get.came > 1 || ms > BRIEF)) {
      this.cuts = this.fails = 0;
      this.isProved = 1;
      this.carry(get);
      if (!this.get && !this.asking && this.way) {
        // One that was to be held and is not: a cache on the way, or a gateway that has no time.
        this.goOn(get.came > 1, get.came < 2 && ms < get.held * 500);
      }
    } else {
      this.isProved = 0;
      if (kind === 4003 || kind === 4009) {
        this.paused(kind, answer.retry, get);
        return;
      }
      if (get.held && this.cuts++) {
        this.longest = Math.floor(ms >= get.held * 1000 ? get.held / 4 : ms * 0.75 / 1000);
        isHopeless = this.longest < 1;
      }
      this.failed(get, why || 'it ended at once', isHopeless ? get.from && ms : undefined);
    }
  },

  // The next one: without a timer where there is no reason for a pause, since in the background those are rare.
  goOn: function (came, isEarly) {
    var given = this.given;
    if (this.wait() > 0 && !isEarly) {
      this.askNow();
    } else {
      this.interval = came ? given.pollInterval
        : Math.min(this.interval * 1.5, Math.max(given.idleInterval, given.pollInterval));
      this.askIn(this.interval);
    }
  }
};
