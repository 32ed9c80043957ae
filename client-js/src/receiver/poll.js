// Receives by polls, one after the other: what long-poll and short-poll have in common.

var answers = require('../answers');

// Milliseconds that an answer may be late.
var GRACE = 10000;

// `mode` says for how long a poll is held and when the next one begins.
function Poll(link, mode) {
  this.link = link;
  this.mode = mode;
  this.giveUp = null;
  this.timer = null;
  // An answer has come since it began, or since the last failure. Until then no poll is held: an answer at once tells
  // that the way is good.
  this.isProved = false;
  this.isOver = false;
}

var proto = Poll.prototype;

proto.isPoll = true;

proto.name = function () {
  return this.mode.name;
};

// Polls after so many milliseconds; whatever is under way goes on.
proto.next = function (ms) {
  var self = this;
  this.link.env.clearTimeout(this.timer);
  this.due = this.link.env.now() + ms;
  this.timer = this.link.env.setTimeout(function () {
    self.timer = null;
    self.ask();
  }, ms);
};

// Polls now, in place of whatever is under way: its turn is lower and so it can't take the delivery back.
proto.ask = function () {
  var self = this, session = this.link.session, began = this.link.env.now();
  var wait = this.isProved ? this.mode.wait() : 0;
  if (this.isOver || this.link.isAttaching()) {
    return;
  }
  this.rest();
  this.wait = wait;
  this.giveUp = this.link.ask({
    method: 'GET',
    path: '/session/' + session.sid + '/messages',
    query: 'after=' + session.inbox.taken + '&turn=' + session.raise() + '&wait=' + wait + '&',
    timeout: wait * 1000 + GRACE
  }, function (answer) {
    self.giveUp = null;
    if (session === self.link.session) {
      self.answered(answer, self.link.env.now() - began);
    }
  });
};

// Nothing is under way, nothing is planned.
proto.rest = function () {
  this.link.env.clearTimeout(this.timer);
  this.timer = null;
  if (this.giveUp) {
    this.giveUp();
    this.giveUp = null;
  }
};

// Another carrier has the delivery: a poll under way is answered with `moved`, and what it brings counts.
proto.stop = function () {
  this.isOver = true;
  this.link.env.clearTimeout(this.timer);
};

proto.drop = function () {
  this.isOver = true;
  this.rest();
};

// Goes on in another mode.
proto.change = function (mode) {
  this.mode = mode;
  this.isProved = false;
  this.ask();
};

// Something was said.
proto.stir = function () {
  var most = this.mode.stir();
  if (this.timer !== null && most >= 0 && this.due - this.link.env.now() > most) {
    this.next(most);
  }
};

// Makes sure that the way is still good.
proto.check = function () {
  this.isProved = false;
  this.ask();
};

proto.answered = function (answer, ms) {
  var outcome = answers.interpret(answer);
  var batch = outcome.kind === 'ok' ? answers.batch(outcome.body) : null;
  if (!batch) {
    this.failed(outcome, ms);
    return;
  }
  if (!this.wait) {
    this.link.measured(ms);
  }
  if (!this.link.take(batch, this)) {
    this.failed({ kind: 'broken', why: 'a message is missing in the answer' }, ms);
    return;
  }
  if (!this.isOver) {
    this.isProved = true;
    if (this.link.isHeld()) {
      // It brought a `drain`: the next one begins when that is over.
      return;
    }
    this.link.proved(this);
    this.goOn(this.mode.pause(batch.messages.length > 0));
  }
};

// A handler may have closed the session or moved it meanwhile.
proto.goOn = function (ms) {
  if (!this.isOver && !this.giveUp && this.timer === null) {
    if (ms) {
      this.next(ms);
    } else {
      // Without a timer: in the background those are rare.
      this.ask();
    }
  }
};

proto.failed = function (outcome, ms) {
  var link = this.link, isHopeless;
  if (outcome.kind === 'close') {
    link.over(outcome.close);
  } else if (this.isOver) {
    return;
  } else if (outcome.kind === 'stale') {
    link.moved(outcome.turn, this);
  } else if (outcome.kind === 'drain' || outcome.kind === 'wait') {
    this.isProved = false;
    link.paused(outcome, this);
  } else {
    isHopeless = this.wait > 0 && this.mode.cut(ms);
    this.isProved = false;
    link.failed(this, outcome.why || outcome.message || outcome.kind, 0, isHopeless);
  }
};

module.exports = Poll;
