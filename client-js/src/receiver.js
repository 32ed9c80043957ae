// Receives by a row of GETs, one after the other: polls, each of which has one answer, or streams, each of which goes on for
// as long as it is let.

var answers = require('./answers');
var read = require('./packet').read;
var transports = require('./transports');

// Milliseconds that an answer, and a ping, may be late; and for a stream to begin, beside two round trips.
var GRACE = 10000, SHORT = 5000;
// Milliseconds a stream has to last to be followed by another without a pause, if it brought nothing; and before what it
// brought is acknowledged.
var BRIEF = 1000, OWED = 5000;

function Receiver(link, name) {
  this.link = link;
  this.name = name;
  this.mode = transports[name];
  // Milliseconds between polls that are not held.
  this.interval = link.given.pollInterval;
  // Seconds that polls are held at most, where something on the way cuts or swallows them; how often that was.
  this.longest = Infinity;
  this.cuts = 0;
  // By when something has to be heard (streams), and what has come since the last acknowledgement.
  this.deadline = this.size = this.acknowledged = 0;
  // An answer has come since it began, or since the last failure. Until then no poll is held: an answer at once tells
  // that the way is good.
  this.isProved = this.isOver = false;
}

Receiver.prototype = {
  // For how many seconds polls are held.
  wait: function () {
    return this.mode.isShort ? 0 : Math.min(this.link.session.terms.wait, this.longest);
  },

  // Asks after so many milliseconds; whatever is under way goes on.
  next: function (ms) {
    var self = this, env = this.link.env;
    env.clearTimeout(this.timer);
    this.due = env.now() + ms;
    this.timer = env.setTimeout(function () {
      self.timer = null;
      self.ask();
    }, ms);
  },

  // Asks now, in place of whatever is under way: its turn is lower and so it can't take the delivery back.
  ask: function () {
    var self = this, link = this.link, session = link.session, wait = this.isProved ? this.wait() : 0, query;
    if (this.isOver || link.isAttaching()) {
      return;
    }
    this.rest();
    session.told = session.taken;
    query = 'after=' + session.taken + '&turn=' + ++session.turn + '&';
    this.began = link.env.now();
    if (this.mode.open) {
      this.from = this.came = 0;
      this.expect(SHORT + 2 * link.rtt);
      this.giveUp = this.mode.open(link, link.address(this.mode.path, query), function (packet) {
        self.hear(packet);
      }, function (why, answer) { self.end(why, answer); });
    } else {
      this.held = wait;
      this.giveUp = link.ask({ method: 'GET', timeout: wait * 1000 + GRACE }, this.mode.path, query + 'wait=' + wait + '&',
        function (answer, ms) {
          self.giveUp = null;
          self.answered(answer, ms);
        });
    }
  },

  // Something has to be heard within so many milliseconds.
  expect: function (ms) {
    this.deadline = this.link.env.now() + ms;
    this.link.watch();
  },

  // Nothing is under way, nothing is planned.
  rest: function () {
    this.link.env.clearTimeout(this.timer);
    this.timer = null;
    this.deadline = 0;
    if (this.giveUp) {
      this.giveUp();
      this.giveUp = null;
    }
  },

  drop: function () {
    this.isOver = true;
    this.rest();
  },

  // Something was said, so that something may come back.
  stir: function () {
    this.interval = this.link.given.pollInterval;
    if (this.timer && this.due - this.link.env.now() > this.interval) {
      this.next(this.interval);
    }
  },

  // Makes sure that the way is still good.
  check: function () {
    this.isProved = false;
    this.ask();
  },

  // Goes on after so many milliseconds, if nothing is under way or planned: a handler may have seen to that.
  goOn: function (ms) {
    if (!this.giveUp && !this.timer) {
      if (ms) {
        this.next(ms);
      } else {
        // Without a timer: in the background those are rare.
        this.ask();
      }
    }
  },

  // Milliseconds before the next poll; `came` is whether this one brought something.
  pause: function (came) {
    var given = this.link.given;
    if (this.wait() > 0) {
      return 0;
    }
    this.interval = came ? given.pollInterval : Math.min(this.interval * 1.5, Math.max(given.idleInterval, given.pollInterval));
    return this.interval;
  },

  // A poll was answered.
  answered: function (answer, ms) {
    var link = this.link, body = answer.body;
    if (answer.kind !== 'ok' || !answers.isBatch(body)) {
      this.failed(answer, ms);
      return;
    }
    if (!this.held) {
      link.measured(ms);
    }
    if (!link.takeBatch(body, this)) {
      answer.why = 'a message is missing';
      this.failed(answer, ms);
    } else if (!this.isOver) {
      this.cuts = 0;
      this.isProved = true;
      // Where it brought a `drain`, the next one begins when that is over.
      if (!link.isHolding) {
        this.goOn(this.pause(body.messages.length > 0));
        link.carry(this);
      }
    }
  },

  // What the stream brings.
  hear: function (text) {
    var link = this.link, packet = read(text);
    this.came++;
    this.deadline = 0;
    if (packet && packet.kind === 'open' && packet.open.from) {
      if (link.reopened(packet.open, this) && !this.isOver) {
        this.from = packet.open.from;
        this.alive();
        link.carry(this);
      }
    } else if (!this.from || !packet) {
      // An error, if it is anything.
      this.answered(answers.interpret({ status: 200, body: typeof text === 'string' ? null : text, text: text }));
    } else {
      this.alive();
      link.heard(packet, this, text.length || 0);
    }
  },

  alive: function () {
    this.isDoubted = false;
    this.expect(this.link.session.terms.ping * 1000 + GRACE);
  },

  // The stream has ended.
  end: function (why, answer) {
    this.giveUp = null;
    this.deadline = 0;
    if (!this.from) {
      this.answered(answers.interpret(answer || { status: 0, text: '' }));
    } else if (!why && (this.came > 1 || this.lived() > BRIEF)) {
      this.goOn(0);
    } else {
      this.fail(why || 'it ended at once');
    }
  },

  // Milliseconds of service.
  lived: function () {
    return this.from ? this.link.env.now() - this.began || 1 : 0;
  },

  late: function () {
    this.fail('nothing was heard for too long');
  },

  fail: function (why) {
    this.rest();
    this.link.failed(this, why, this.lived());
  },

  // Once a second while there is something to look after.
  look: function (now) {
    if (now - this.acknowledged >= OWED) {
      this.acknowledge();
    }
  },

  acknowledge: function () {
    var session = this.link.session;
    if (session.taken > session.told) {
      this.acknowledged = this.link.env.now();
      this.size = 0;
      this.link.flush(true);
    }
  },

  failed: function (answer, ms) {
    var link = this.link, kind = answer.kind;
    this.rest();
    if (kind === 'close') {
      link.over(answer.body.close);
    } else if (this.isOver) {
      return;
    } else if (kind === 'stale') {
      link.moved(answer.body.turn, this);
    } else {
      ms = this.held && this.isProved ? ms : 0;
      this.isProved = false;
      if (kind === 4003 || kind === 4009) {
        link.paused(kind, answer.retry, this);
      } else {
        link.failed(this, answer.why, this.mode.open || (ms && this.cut(ms)) ? 0 : undefined);
      }
    }
  },

  // A held poll failed after so many milliseconds. Once is an accident. True if holding makes no sense here.
  cut: function (ms) {
    this.cuts++;
    if (this.cuts > 1) {
      this.longest = Math.floor(ms >= this.held * 1000 ? this.held / 4 : ms * 0.75 / 1000);
    }
    return this.longest < 1;
  }
};

module.exports = Receiver;
