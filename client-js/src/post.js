// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes.

var message = require('./message');
var packet = require('./packet');
var json = require('./json');
var utf8 = require('./utf8');

// Most packets in a body: the gateway's own default bound; and bytes, where it has not said.
var MOST = 1024, FULL = 65536;
// Bytes a second that the slowest uplink is trusted with, and milliseconds for an answer beside that.
var SLOWEST = 16, PATIENCE = 10000;

function Post(link) {
  this.link = link;
  this.fails = 0;
  this.renew();
}

// The body of a POST: packets as text.
function body(texts) {
  return '[' + texts.join(',') + ']';
}

function texts(items) {
  var all = [], i;
  for (i = 0; i < items.length; i++) {
    all.push(message.text(items[i]));
  }
  return all;
}

Post.prototype = {
  // For a new session.
  renew: function () {
    this.drop();
    this.most = MOST;
    this.share = Infinity;
  },

  drop: function () {
    this.link.env.clearTimeout(this.timer);
    this.timer = null;
    if (this.giveUp) {
      this.giveUp();
    }
    this.giveUp = null;
  },

  // Sends what waits, unless a POST is under way or has to wait. `isOwed`: an acknowledgement is worth one of its own.
  flush: function (isOwed) {
    var link = this.link, session = link.session, outbox = session.outbox, max = session.terms.max || FULL, items, all, isLast;
    if (this.giveUp || this.timer || !(outbox.last() > outbox.taken || link.goodbye || isOwed)) {
      return;
    }
    this.from = outbox.attach();
    this.items = items = outbox.hand(this.most, Math.min(max, this.share) - 2);
    isLast = outbox.next > outbox.last();
    // The body is a whole: nobody counts along.
    outbox.cut();
    all = texts(items);
    this.told = session.taken;
    this.saysGoodbye = isLast && link.goodbye;
    if (this.told > session.told || this.saysGoodbye) {
      all.push('{"ack":' + this.told + '}');
    }
    if (this.saysGoodbye) {
      // What came last would count as never delivered without the acknowledgement before it.
      all.push(json.stringify(link.goodbye));
    }
    if (all.length > items.length && items.length && utf8.size(body(all)) > max) {
      // That goes alone: a body that is too large for it would be held against what was said last.
      all.length = items.length;
      this.told = this.saysGoodbye = 0;
    }
    this.send(body(all));
  },

  send: function (text) {
    var self = this, link = this.link, outbox = link.session.outbox;
    this.giveUp = link.ask({
      method: 'POST', body: text, last: this.from - 1 + this.items.length, taken: function () { return outbox.taken; },
      timeout: PATIENCE + 2 * link.rtt + text.length / SLOWEST
    }, 'messages', 'seq=' + this.from + '&', function (answer, ms) {
      self.giveUp = null;
      self.answered(answer, ms, text.length);
    });
  },

  answered: function (answer, ms, length) {
    var link = this.link, ack = answer.body.ack, kind = answer.kind;
    if (kind === 'ok' && packet.isNumber(ack, 0)) {
      this.taken(ack, answer, ms, length);
    } else if (kind === 'close') {
      link.over(answer.body.close, true);
    } else if (kind === 'gap' && ack < link.session.outbox.taken) {
      link.over({ code: 4004, reason: 'The gateway has lost what it had acknowledged.' });
    } else if (kind === 'gap') {
      link.confirm(ack);
      link.flush();
    } else if (kind === 4002) {
      this.refused(answer.why);
    } else if (kind === 4003 || kind === 4009) {
      link.confirm(ack || 0);
      this.later(answer.retry);
    } else {
      this.failed(answer, length);
    }
  },

  taken: function (ack, answer, ms, length) {
    var link = this.link, session = link.session;
    if (length < 4096) {
      link.measured(ms);
    }
    session.told = Math.max(session.told, this.told);
    if (!link.confirm(ack)) {
      // Whatever it has under these numbers was not said here.
      link.over({ code: 4004, reason: 'The gateway has taken more in this session than was said here.' });
    } else if (session.outbox.taken < this.from - 1 + this.items.length) {
      answer.why = 'less was acknowledged than sent';
      this.failed(answer, length);
    } else {
      this.fails = 0;
      this.most = MOST;
      if (this.saysGoodbye) {
        link.saidGoodbye();
      }
      link.flush();
    }
  },

  // Nothing of the body was taken. Halves find the message that is at fault; it is given back, and its number to the next.
  refused: function (why) {
    var link = this.link, session = link.session, count = this.items.length;
    if (count > 1) {
      this.most = Math.ceil(count / 2);
    } else if (count && this.from > session.outbox.taken) {
      this.most = MOST;
      link.giveBack(session.outbox.remove(this.from), { code: 4002, message: why });
    } else if (!count) {
      session.told = session.taken;
      link.saidGoodbye();
    }
    link.flush();
  },

  failed: function (answer, length) {
    if (answer.late && length > 32768) {
      this.share = Math.floor(length / 2);
    }
    this.link.debug('sending failed (' + answer.why + '); repeating it');
    this.later(this.link.delay(this.fails++));
  },

  later: function (ms) {
    var self = this;
    this.timer = this.link.later(function () {
      self.timer = null;
      self.link.flush();
    }, ms);
  }
};

module.exports = { Post: Post, body: body, texts: texts };
