// What comes from the gateway, and to whom it goes. These are methods of the client.

var bytes = require('./bytes');
var message = require('./message');
var remember = require('./remember');
var words = require('./words');

// Milliseconds that silence is borne beyond the gateway's ping; how late a look may be where timers come as they should.
var GRACE = 10000, LATE = 2000;
// Acknowledged at the latest after so many messages, or bytes.
var OWED = 32, OWED_BYTES = 65536;
// The client's own events: a message of such a name reaches only the handlers of `*`.
var OWN = /^(open|state|carrier|reset|lost|error|close|ack|rtt|\*)$/;

module.exports = {
  // A packet has come on a carrier; null: something that is none.
  hear: function (packet, by, size) {
    var kind = packet && packet.kind, session = this.session, now = this.env.now(), fresh;
    by.came++;
    by.isDoubted = 0;
    by.deadline = by.isLong && by.from ? now + session.terms.ping * 1000 + GRACE : by.deadline;
    if (kind === 'open') {
      this.reopened(packet.open, by);
    } else if (kind === 'from') {
      // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
      if (packet.from <= session.taken + 1) {
        this.begins(by, packet.from);
      }
    } else if (kind === 'close') {
      this.over(packet.close, !by.from);
    } else if (kind === 'drain') {
      this.paused(4003, packet.drain.retry, by);
    } else if (kind === 'moved') {
      this.moved(packet.moved.turn, by);
    } else if (kind === 'ack' && this.confirm(packet.ack)) {
      if (by === this.socket) {
        by.confirmed(packet.busy, now);
      }
    } else if (kind === 'ping' || kind === 'pong') {
      if (by === this.socket) {
        by[kind](packet[kind], now);
      }
    } else if ((fresh = packet && kind !== 'ack' && by.from && session.take(by.from, [packet]))) {
      this.took(fresh, by, size);
    } else {
      by.fail('it makes no sense');
    }
  },

  // A message was counted on this carrier, new or a repeat, which is nothing that has come.
  took: function (fresh, by, size) {
    var isLate = by === this.socket && this.env.now() - this.looked > LATE;
    by.from++;
    by.size += size;
    by.came -= fresh.length ? 0 : 1;
    if (by.isLong && (this.session.taken - this.session.told >= OWED || by.size >= OWED_BYTES || isLate)) {
      by.acknowledge();
    }
    this.deliver(fresh);
  },

  // The next message on this carrier has that number: it has the delivery.
  begins: function (by, from) {
    by.from = from;
    by.deadline = by.isLong ? this.env.now() + this.session.terms.ping * 1000 + GRACE : 0;
    this.carry(by);
  },

  // `open` came on something: the first one opens the session.
  reopened: function (open, by) {
    var session = this.session, isFirst = !session.sid;
    if (!isFirst && session.sid !== open.session || !session.outbox.ack(open.received)) {
      this.over({ code: 4004, reason: 'The gateway means another session.' });
    } else if (!isFirst && open.turn > session.turn) {
      this.moved(open.turn, by);
    } else {
      session.sid = open.session;
      session.terms = open;
      session.turn = Math.max(session.turn, open.turn);
      if (isFirst) {
        this.openedAt = this.env.now();
        this.settleOpening(open);
        this.fails = 0;
        if (this.socket && by !== this.socket) {
          this.socket.greet();
        }
      }
      this.update();
      if (by === this.socket) {
        by.opened(open.from);
      }
      if (open.from && by.isLong) {
        this.begins(by, open.from);
      }
    }
  },

  // From now on this carries the session.
  carry: function (by) {
    var name = by.name, before = this.before, why = this.why, isFirst = !this.session.isTold;
    if (by.isLong) {
      this.fails = 0;
    }
    if (by === this.socket) {
      by.attached();
    }
    if (this.carrier !== name) {
      if (by === this.socket) {
        this.rest();
        this.way = '';
        this.unprobe();
      } else if (this.socket && this.socket.attachedAt) {
        this.dropSocket();
      }
      this.session.isTold = this.wasOpen = true;
      this.peer = this.session.terms.peer;
      this.carrier = this.before = name;
      this.why = '';
      this.setState('open', words.open(name));
      if (this.state === 'open' && name !== before) {
        this.fire('carrier', [name, { before: before, why: why || (before ? 'it is better' : 'it is the first') }]);
      }
      if (this.state === 'open' && isFirst) {
        remember.keep(this, true);
        this.fire('open', [{ peer: this.peer, session: this.isResumed ? 'resumed' : 'new', carrier: name }]);
      }
      this.flush();
    }
  },

  // Gives messages to their handlers, in order, one at a time even where a handler makes more of them come.
  deliver: function (messages) {
    var packet = messages[0];
    if (packet) {
      packet.seq = this.session.taken;
      this.inbox.push(packet);
      this.update();
    }
    if (!this.isDelivering) {
      this.isDelivering = true;
      while ((packet = this.inbox.shift())) {
        if (this.state !== 'closed') {
          this.give(packet, packet.kind, packet.binary ? bytes.give(packet.binary) : packet.data);
        }
      }
      this.isDelivering = false;
    }
  },

  give: function (packet, kind, data) {
    var name = packet.event, about;
    if (kind === 'reply') {
      this.reply(packet.reply, packet.error || null, data);
    } else if (kind === 'event') {
      about = {
        event: name, data: data, room: packet.room, peer: packet.peer, at: packet.at, seq: packet.seq, reply: null, fail: null
      };
      if (packet.id) {
        this.answerable(about, packet.id);
      }
      this.fire('*', [name, data, about]);
      if (!OWN.test(name)) {
        this.fire(name, [data, about]);
      }
    } else if (kind === 'error' || kind === 'lost') {
      this.fire(kind, [packet[kind]]);
    } else {
      this.debug('nobody hears `' + kind + '`');
    }
  },

  // The gateway asked for a reply: one may be given, once, in the session that asked.
  answerable: function (about, id) {
    var self = this, session = this.session;
    // What could not be sent leaves the request unanswered: `fail` may still be called.
    function answer(packet, data) {
      var isSaid = session === self.session && id && self.push(message.compose(packet, data));
      id = isSaid ? 0 : id;
      return !!isSaid;
    }
    about.reply = function (data) {
      if (bytes.of(data)) {
        // The gateway would end the session for it (docs/PROTOCOL.md, section 2).
        throw new TypeError('everwire: a reply is JSON; bytes go as a message of their own');
      }
      return answer({ reply: id }, data);
    };
    about.fail = function (code, text) {
      return answer({ reply: id, error: { code: String(code), message: String(text || '') } });
    };
  }
};
