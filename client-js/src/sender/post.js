// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes.

var answers = require('../answers');
var compose = require('../compose');
var Backoff = require('../backoff');
var utf8 = require('../utf8');

// Most packets in a body: the gateway's own default bound.
var MOST = 1024;
// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST = 2147483647;
// Most bytes of a body where the gateway has not said.
var FULL = 65536;
// Bytes a second that the slowest uplink is trusted with.
var SLOWEST = 16000;
// Milliseconds for an answer beside that.
var PATIENCE = 10000;

function Post(link) {
  this.link = link;
  this.backoff = new Backoff(link.options.retry.min, link.options.retry.max, link.env.random);
  this.renew();
}

var proto = Post.prototype;

// For a new session.
proto.renew = function () {
  this.drop();
  this.most = MOST;
  this.share = Infinity;
};

proto.drop = function () {
  this.link.env.clearTimeout(this.timer);
  this.timer = null;
  if (this.giveUp) {
    this.giveUp();
  }
  this.giveUp = null;
};

// Sends what waits, unless a POST is under way or has to wait.
proto.flush = function () {
  var link = this.link, outbox = link.session.outbox, waiting = outbox.last() > outbox.taken();
  if (this.giveUp || this.timer !== null || !(waiting || link.goodbye)) {
    return;
  }
  this.from = outbox.attach().from;
  link.owner = this;
  this.items = outbox.hand(this.most, Math.min(link.session.terms.max || FULL, this.share) - 2);
  this.send(texts(this.items), outbox.next > outbox.last());
};

function texts(items) {
  var all = [], i;
  for (i = 0; i < items.length; i++) {
    all.push(items[i].text());
  }
  return all;
}

proto.send = function (all, isLast) {
  var self = this, link = this.link, session = link.session, began = link.env.now(), body;
  body = compose.body(isLast && link.goodbye ? all.concat(this.goodbye()) : all);
  this.saysGoodbye = isLast && !!link.goodbye;
  if (this.saysGoodbye && all.length && utf8.size(body) > (session.terms.max || FULL)) {
    // It goes alone: a body that is too large for it would be held against what was said last.
    this.saysGoodbye = false;
    body = compose.body(all);
  }
  this.giveUp = link.ask({
    method: 'POST',
    path: '/session/' + session.sid + '/messages',
    query: 'seq=' + this.from + '&',
    body: body,
    timeout: PATIENCE + 2 * (link.rtt || 0) + body.length / SLOWEST * 1000
  }, function (answer) {
    self.giveUp = null;
    if (session === link.session) {
      self.answered(answers.interpret(answer), link.env.now() - began, body.length);
    }
  });
};

// What ends the session. The acknowledgement stands before it: else what came last would count as never delivered.
proto.goodbye = function () {
  return [compose.say({ kind: 'ack', number: this.link.session.inbox.taken }), compose.say(this.link.goodbye)];
};

proto.answered = function (outcome, ms, bytes) {
  var link = this.link;
  if (link.owner === this) {
    link.owner = null;
    link.session.outbox.cut();
  }
  if (outcome.kind === 'ok' && typeof outcome.body.ack === 'number') {
    this.taken(outcome.body, ms, bytes);
  } else if (outcome.kind === 'close') {
    link.over(outcome.close, true);
  } else if (outcome.kind === 'gap') {
    link.fellBehind(outcome.ack);
  } else if (outcome.kind === 'refused') {
    this.refused(outcome.message);
  } else if (outcome.kind === 'drain' || outcome.kind === 'wait') {
    if (outcome.ack !== undefined) {
      link.acked(outcome.ack);
    }
    this.later(outcome.retry);
  } else {
    this.failed(outcome, bytes);
  }
};

proto.taken = function (body, ms, bytes) {
  var outbox = this.link.session.outbox;
  if (bytes < 4096) {
    this.link.measured(ms);
  }
  if (!this.link.acked(body.ack)) {
    // Whatever it has under these numbers was not said here.
    this.link.over({ kind: 'close', code: 4004, reason: 'The gateway has taken more in this session than was said here.' });
    return;
  }
  if (outbox.taken() < this.from - 1 + this.items.length) {
    this.failed({ why: 'the answer acknowledges less than was sent' }, bytes);
    return;
  }
  this.backoff.reset();
  this.most = MOST;
  if (this.saysGoodbye) {
    this.link.saidGoodbye();
  }
  this.link.flush();
};

// Nothing of the body was taken. Halves find the message that is at fault; it is given back, and its number to the next.
proto.refused = function (message) {
  if (this.items.length > 1) {
    this.most = Math.ceil(this.items.length / 2);
  } else if (this.items.length === 1 && this.from > this.link.session.outbox.taken()) {
    this.most = MOST;
    this.link.giveBack(this.from, message);
  } else if (!this.items.length) {
    this.link.saidGoodbye();
    return;
  }
  this.link.flush();
};

proto.failed = function (outcome, bytes) {
  if (outcome.late && bytes > 32768) {
    this.share = Math.floor(bytes / 2);
  }
  this.link.debug('sending failed (' + outcome.why + '); repeating it');
  this.later(this.backoff.next());
};

proto.later = function (ms) {
  var self = this;
  this.timer = this.link.env.setTimeout(function () {
    self.timer = null;
    self.link.flush();
  }, Math.min(ms, LONGEST));
};

module.exports = Post;
