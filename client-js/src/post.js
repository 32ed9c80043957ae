// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes. The first one opens the
// session; it is repeated with the same key, which leads to the same session. These are methods of the client.

var json = require('./json');
var message = require('./message');
var packets = require('./packet');
var random = require('./env/random');
var utf8 = require('./utf8');

// Most packets in a body: the gateway's own default bound; and bytes, where it has not said, or that ride along with an
// opening: more would make the first round trip slow.
var MOST = 1024, FULL = 65536;
// Bytes a millisecond that the slowest uplink is trusted with, and milliseconds for an answer beside that.
var SLOWEST = 16, PATIENCE = 10000;
// Milliseconds after which credentials are asked for again: tokens may live for a minute, and the network be away for an hour.
var STALE = 30000;

module.exports = {
  // For a new session, or one whose key led nowhere.
  renew: function () {
    this.key = random(this.env);
    this.askedAt = this.attempts = this.isRefused = 0;
    // How many messages rode along with the opening, whose fate is unknown until an answer comes.
    this.carried = 0;
    this.most = MOST;
    this.share = Infinity;
  },

  // The opening as a packet. Credentials that were asked for some time ago are asked for again, unless something is under way
  // with them. The key stays, so that an opening whose answer was lost is found; if it had other credentials, that is told
  // (`used`). Nothing is given where the application's function throws, which is told where nobody waits.
  opening: function () {
    var auth = this.given.auth, now = this.env.now(), isFunction = typeof auth === 'function';
    var isInUse = this.posting || this.socket && this.socket.isOpening;
    if (!this.askedAt || isFunction && !isInUse && now - this.askedAt >= STALE) {
      this.askedAt = now;
      this.auth = undefined;
      try {
        this.auth = isFunction ? auth() : auth;
      } catch (error) {
        this.rethrow(error);
      }
    }
    return json.stringify({ open: { auth: this.auth, key: this.key } });
  },

  // Nothing is under way, nothing is planned.
  dropPost: function () {
    this.env.clearTimeout(this.postingLater);
    if (this.posting) {
      this.posting();
    }
    this.posting = this.postingLater = null;
  },

  // Sends what waits, unless a POST is under way or has to wait. `isOwed`: an acknowledgement is worth one of its own. Only the
  // first attempt of an opening brings messages: once an answer is lost, every further one would add to what may have been
  // taken by a session that is gone before it is reached.
  post: function (isOwed) {
    var session = this.session, outbox = session.outbox, opens = !session.sid, max = session.terms.max || FULL,
      items = [], all = [], isLast, bye;
    if (this.isOver || this.isHolding || this.posting || this.postingLater || !this.base() ||
      !(opens || outbox.last() > outbox.taken || this.goodbye || isOwed)) {
      return;
    }
    this.from = outbox.attach();
    if (!opens || !this.attempts++ && outbox.queue.length && outbox.queue[0].size <= max) {
      items = outbox.hand(this.most, Math.min(max, this.share) - 2);
      all = message.texts(items);
    }
    isLast = !opens && this.goodbye && outbox.next > outbox.last();
    // The body is a whole: nobody counts along.
    outbox.cut();
    if (opens) {
      all.unshift(this.opening());
    } else if (session.taken > session.told || isLast) {
      // What came last would count as never delivered without the acknowledgement before the end.
      bye = '{"ack":' + session.taken + '}' + (isLast ? ',' + json.stringify(this.goodbye) : '');
      if (!items.length || utf8.size(message.body(all)) + bye.length < max) {
        all.push(bye);
      } else {
        // That goes alone: a body that is too large for it would be held against what was said last.
        bye = 0;
      }
    }
    this.sendPost(items, message.body(all), opens, bye ? session.taken : 0, bye && isLast);
  },

  // `told`: what is acknowledged by it; `isBye`: it ends the session.
  sendPost: function (items, body, opens, told, isBye) {
    var self = this, outbox = this.session.outbox, last = this.from - 1 + items.length, wait = 0, i;
    for (i = 0; i < items.length; i++) {
      wait = items[i].id ? 1 : wait;
    }
    if (opens) {
      this.openingAt = this.env.now();
      if (items.length) {
        this.carried = items.length;
        this.carriedAt = this.openingAt;
      }
    }
    this.posting = this.ask({
      method: 'POST', body: body, key: opens && this.key, last: last, taken: function () { return outbox.taken; },
      // The answer to an opening is a poll's too: it waits a moment for a reply where one is asked for.
      url: opens ? this.address('', 'wait=' + wait + '&') : this.address('messages', 'seq=' + this.from + '&'),
      timeout: (opens ? this.given.connectTimeout + wait * 1000 : PATIENCE + 2 * this.rtt) + body.length / SLOWEST
    }, function (answer, ms) {
      self.posting = null;
      if (answer.kind === 'close') {
        self.over(answer.body.close, !opens);
      } else if (opens) {
        self.openAnswered(answer, answer.kind, answer.body);
      } else {
        self.posted(answer, answer.kind, answer.body.ack, last, ms, body.length, told, isBye);
      }
    });
  },

  openAnswered: function (answer, kind, body) {
    var session = this.session;
    if (kind === 'ok' && packets.read({ open: body.open })) {
      // It is ours, whatever turn it was given.
      session.turn = session.sid ? Math.max(session.turn, body.open.turn) : 0;
      this.wasOpened(body);
    } else if (session.sid) {
      // A WebSocket was faster.
      return;
    } else if (kind === 'used') {
      this.wasUsed();
    } else if (kind === 4002 && this.carried) {
      // Nothing of it was taken.
      this.carried = session.outbox.sent = 0;
      this.settle();
    } else if (kind === 4002) {
      this.over({ code: 4002, reason: answer.why });
    } else if (kind === 4003 || kind === 4009) {
      this.paused(kind, answer.retry, {});
    } else {
      this.failed({}, answer.why);
    }
  },

  // The session that this key opened is in use, or gone: it is nothing that we know of.
  wasUsed: function () {
    this.forgetCarried('The opening was taken, but its answer was lost.');
    this.renew();
    this.failed({}, 'the key was used before');
  },

  // The session is open, `open` says how far. What rode along with an attempt that is older than the gateway remembers may
  // have been taken by a session that is gone. What was said before it was known how much the gateway takes may be too large.
  settleOpening: function (open) {
    var outbox = this.session.outbox, number, item, error;
    if (!open.received && this.openingAt - this.carriedAt > open.resume * 1000) {
      this.forgetCarried('The first opening was not answered.');
    }
    this.carried = 0;
    for (number = outbox.last(); number > outbox.sent; number--) {
      item = outbox.queue[number - outbox.gone - 1];
      error = this.tooLarge(item);
      if (error) {
        outbox.remove(number);
        this.fail(item, error);
      }
    }
  },

  forgetCarried: function (why) {
    var outbox = this.session.outbox, told = { code: 4004, reason: why, undelivered: null, uncertain: [] }, ids = [], item;
    for (; this.carried; this.carried--) {
      item = outbox.remove(1);
      ids.push(item.id);
      told.uncertain.push(message.describe(item, true));
    }
    outbox.sent = 0;
    if (ids.length) {
      this.update();
      while (ids.length) {
        this.reply(ids.shift(), { code: 'uncertain', message: why });
      }
      this.fire('reset', [told]);
    }
  },

  posted: function (answer, kind, ack, last, ms, length, told, isBye) {
    var session = this.session, outbox = session.outbox, isAck = packets.isNumber(ack, 0), count = last + 1 - this.from;
    if (kind === 'ok' && isAck) {
      if (length < 4096) {
        this.measured(ms);
      }
      session.told = Math.max(session.told, told);
    }
    if (isAck && (kind === 'ok' ? ack > outbox.sent : kind === 'gap' && ack < outbox.taken)) {
      // Whatever it has under these numbers was not said here, or it has lost it.
      this.over({ code: 4004, reason: 'The gateway has other messages than were said here.' });
      return;
    }
    if (isAck) {
      this.confirm(ack);
    }
    if (kind === 4002) {
      this.refused(count, answer.why);
    } else if (kind === 4003 || kind === 4009) {
      this.postLater(answer.retry);
      return;
    } else if (isAck && (kind === 'gap' || kind === 'ok' && outbox.taken >= last)) {
      this.postFails = 0;
      this.most = MOST;
      if (isBye) {
        this.saidGoodbye();
      }
    } else {
      this.share = answer.late && length > 32768 ? Math.floor(length / 2) : this.share;
      this.debug('sending failed (' + answer.why + '); repeating it');
      this.postLater(this.delay(this.postFails++));
      if (this.postFails > 1) {
        // It may be that nothing gets through this way, and by a WebSocket again.
        this.ladder.lift('ws');
      }
    }
    this.flush();
  },

  // Nothing of the body was taken. Halves find the message that is at fault; it is given back, and its number to the next.
  refused: function (count, why) {
    var session = this.session, item;
    if (count > 1) {
      this.most = Math.ceil(count / 2);
    } else if (count && this.from > session.outbox.taken && !(this.socket && this.socket.canSend)) {
      this.most = MOST;
      item = session.outbox.remove(this.from);
      this.update();
      this.fail(item, { code: 4002, message: why });
    } else if (!count) {
      session.told = session.taken;
      this.saidGoodbye();
    }
  },

  postLater: function (ms) {
    var self = this;
    this.postingLater = this.later(function () {
      self.postingLater = null;
      self.flush();
    }, ms);
  }
};
