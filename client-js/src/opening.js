// Opens a session by POST, with its first messages; or gives a WebSocket what it needs to open one. An opening is retried
// with the same key, which leads to the same session.

var answers = require('./answers');
var json = require('./json');
var packet = require('./packet');
var random = require('./env/random');
var post = require('./post');

// Bytes of messages that ride along: more would make the first round trip slow.
var FIRST = 65536;
// Bytes a millisecond that the slowest uplink is trusted with.
var SLOWEST = 16;
// Milliseconds after which credentials are asked for again: tokens may live for a minute, and the network be away for an hour.
var STALE = 30000;

function Opening(link) {
  this.link = link;
  this.renew();
}

Opening.prototype = {
  // A fresh key; credentials are asked anew.
  renew: function () {
    this.open = { auth: this.credentials(), key: random.key(this.link.env) };
    this.asked = this.link.env.now();
    // `isRefused`: a WebSocket has been refused with this key. `carried`: how many messages rode along, whose fate is
    // unknown until an answer comes.
    this.attempts = this.isRefused = this.carried = 0;
  },

  // What the application gives; nothing where its function throws, which is told where nobody waits.
  credentials: function () {
    var auth = this.link.given.auth, text;
    try {
      text = json.stringify(typeof auth === 'function' ? auth() : auth);
      return text && json.parse(text);
    } catch (error) {
      this.link.rethrow(error);
    }
  },

  // The opening as a packet. Credentials that were asked for some time ago are asked for again, unless something is under way
  // with them. The key stays, so that an opening whose answer was lost is found; if it had other credentials, that is told
  // (`used`).
  packet: function () {
    var link = this.link, now = link.env.now();
    if (typeof link.given.auth === 'function' && !this.giveUp && !(link.socket && link.socket.isOpening) && now - this.asked >= STALE) {
      this.open.auth = this.credentials();
      this.asked = now;
    }
    return json.stringify({ open: this.open });
  },

  // Posts the opening, unless one is under way. Only the first attempt brings messages: once an answer is lost, every
  // further attempt would add to what may have been taken by a session that is gone before it is reached.
  go: function () {
    var link = this.link, outbox = link.session.outbox, items = [], wait = 0, texts, i;
    if (this.giveUp) {
      return;
    }
    texts = [this.packet()];
    this.began = link.env.now();
    if (!this.attempts++) {
      outbox.attach();
      items = outbox.queue.length && outbox.queue[0].size <= FIRST ? outbox.hand(1000, FIRST) : items;
      outbox.cut();
      this.carried = items.length;
      this.carriedAt = this.began;
    }
    for (i = 0; i < items.length; i++) {
      wait = items[i].id ? 1 : wait;
    }
    this.post(post.body(texts.concat(post.texts(items))), wait);
  },

  // The answer is a poll's too: it waits a moment for a reply where one is asked for.
  post: function (body, wait) {
    var self = this, link = this.link;
    this.giveUp = link.ask({
      method: 'POST', body: body, key: this.open.key,
      timeout: link.given.connectTimeout + wait * 1000 + body.length / SLOWEST
    }, '', 'wait=' + wait + '&', function (answer) {
      self.giveUp = null;
      self.answered(answer);
    });
  },

  drop: function () {
    if (this.giveUp) {
      this.giveUp();
      this.giveUp = null;
    }
  },

  answered: function (answer) {
    var link = this.link, kind = answer.kind, body = answer.body, open = kind === 'ok' && packet.read({ open: body.open });
    if (open) {
      if (link.reopened(open.open, this) && answers.isBatch(body)) {
        link.takeBatch(body, this);
      }
    } else if (kind === 'close') {
      link.over(body.close);
    } else if (link.session.sid) {
      // A WebSocket was faster.
      return;
    } else if (kind === 'used') {
      this.used();
    } else if (kind === 4002) {
      this.refused(answer.why);
    } else if (kind === 4003 || kind === 4009) {
      link.paused(kind, answer.retry, this);
    } else {
      link.failed(this, answer.why);
    }
  },

  // Nothing of it was taken.
  refused: function (why) {
    if (this.carried) {
      this.carried = this.link.session.outbox.sent = 0;
      this.go();
    } else {
      this.link.over({ code: 4002, reason: why });
    }
  },

  // The session that this key opened is in use, or gone: it is nothing that we know of.
  used: function () {
    this.forget('The opening was taken, but its answer was lost.');
    this.renew();
    this.link.failed(this, 'the key was used before');
  },

  // The session is open, `open` says how far. What rode along with an attempt that is older than the gateway remembers may
  // have been taken by a session that is gone.
  settle: function (open) {
    if (!open.received && this.began - this.carriedAt > open.resume * 1000) {
      this.forget('The first opening was not answered.');
    }
    this.carried = 0;
  },

  forget: function (why) {
    var outbox = this.link.session.outbox, items = [];
    for (; this.carried; this.carried--) {
      items.push(outbox.remove(1));
    }
    outbox.sent = 0;
    if (items.length) {
      this.link.uncertain(items, why);
    }
  }
};

module.exports = Opening;
