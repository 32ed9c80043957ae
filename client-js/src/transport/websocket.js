// The WebSocket: both ways in one. Nothing relies on it before a frame has gone and come; it is left as soon as it is
// mute in either direction.

var packets = require('../packet');
var message = require('../message');
var json = require('../json');
var bytesOf = require('../bytes').of;

// Where it stands.
var CONNECTING = 0, CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4, OVER = 5;
// Milliseconds to answer an attach or a ping; to wait for the opening by POST before the WebSocket opens the session itself;
// that silence is borne beyond the gateway's ping; and that a sender may be unacknowledged, beside two round trips.
var SHORT = 5000, HEADSTART = 2000, GRACE = 10000;
// Bytes that may wait in the browser; the rest waits here, where it need not be repeated.
var FULL = 262144;
// Messages under way at most: what a gateway that has too much to do drops has to be sent again.
var WINDOW = 256;
// Messages and bytes handed over at once.
var SHARE = 32, SHARE_BYTES = 65536;

function Socket(link) {
  this.link = link;
  this.session = link.session;
  this.phase = CONNECTING;
  this.from = this.size = this.pings = this.since = this.attachedAt = this.busy = 0;
  this.start();
}

Socket.prototype = {
  name: 'ws',

  start: function () {
    var self = this, env = this.link.env, Maker = env.WebSocket, ws;
    this.expect(this.link.given.connectTimeout);
    try {
      this.ws = ws = new Maker(this.link.url.replace(/^http/, 'ws') + '/ws');
      // Without it (Firefox below 11) bytes would be sent as the words "[object ArrayBuffer]".
      this.isBinary = 'binaryType' in ws;
      ws.binaryType = 'arraybuffer';
    } catch (e) {
      if (!ws) {
        env.setTimeout(function () { self.fail('there is none'); }, 0);
        return;
      }
    }
    ws.onopen = function () {
      self.phase = CONNECTED;
      self.expect(HEADSTART);
      self.greet(!self.link.opening.giveUp);
    };
    ws.onmessage = function (event) { self.hear(event.data); };
    ws.onclose = function (event) { self.closed(event ? event.code : 0); };
    ws.onerror = function () { /* `onclose` follows, or the time runs out. */ };
  },

  // Something has to be heard within so many milliseconds.
  expect: function (ms) {
    this.deadline = this.link.env.now() + ms;
    this.link.watch();
  },

  // Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
  greet: function (itself) {
    var link = this.link, sid = this.session.sid;
    if (this.phase !== CONNECTED || !(sid || itself || !link.base())) {
      return;
    }
    this.send(sid ? json.stringify({ resume: { session: sid } }) : link.opening.packet());
    this.isOpening = !sid;
    this.phase = ASKED;
    this.expect(link.given.connectTimeout);
    if (sid && !link.holder && !link.receiver) {
      // Nothing else carries the session: there is nothing to be careful about.
      this.attach();
    }
  },

  attach: function () {
    var session = this.session;
    this.phase = ATTACHING;
    this.expect(SHORT + 2 * this.link.rtt);
    session.told = session.taken;
    this.say({ attach: { after: session.taken, turn: ++session.turn } });
    this.begin();
  },

  // From now on messages go here: everything that the gateway has not acknowledged once more.
  begin: function () {
    if (this.phase !== OVER) {
      this.canSend = true;
      this.sayFrom();
      this.flush();
    }
  },

  sayFrom: function () {
    this.busy = 0;
    this.since = this.link.env.now();
    this.say({ from: this.session.outbox.attach() });
  },

  // Whether something waits that may go now.
  hasRoom: function (outbox) {
    return this.canSend && !this.busy && outbox.next && outbox.next <= outbox.last() && outbox.next <= outbox.taken + WINDOW;
  },

  flush: function () {
    var link = this.link, outbox = this.session.outbox, items, i;
    while (this.hasRoom(outbox) && !(this.ws.bufferedAmount > FULL)) {
      if (outbox.next - 1 <= outbox.taken) {
        this.since = link.env.now();
      }
      items = outbox.hand(SHARE, SHARE_BYTES);
      this.acknowledge();
      for (i = 0; i < items.length; i++) {
        this.send(this.isBinary ? message.frame(items[i]) : message.text(items[i]));
      }
    }
    if (this.hasRoom(outbox)) {
      this.later(50);
    } else if (link.goodbye && this.canSend && outbox.next > outbox.last() && !this.busy && !this.saidGoodbye) {
      this.saidGoodbye = true;
      // Else what came last would count as never delivered.
      this.acknowledge();
      this.say(link.goodbye);
    }
  },

  // Goes on with what waits after so many milliseconds; `from` says where, if the gateway dropped some.
  later: function (ms) {
    var self = this, link = this.link;
    link.env.clearTimeout(this.timer);
    this.timer = link.later(function () {
      if (self.canSend) {
        if (self.busy) {
          self.sayFrom();
        }
        self.flush();
      }
    }, ms);
  },

  say: function (packet) {
    this.send(json.stringify(packet));
  },

  send: function (frame) {
    var self = this;
    try {
      this.ws.send(frame);
    } catch (e) {
      this.canSend = false;
      this.link.env.setTimeout(function () { self.fail('it takes nothing any more'); }, 0);
    }
  },

  hear: function (data) {
    var bytes = bytesOf(data), packet = bytes ? packets.readFrame(bytes) : packets.read(data), kind = packet && packet.kind;
    this.alive();
    if (!packet) {
      this.fail('a packet could not be read');
    } else if (kind === 'open') {
      this.opened(packet.open);
    } else if (kind === 'from') {
      // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
      if (packet.from <= this.session.taken + 1) {
        this.from = packet.from;
        this.done();
      }
    } else if (kind === 'ping') {
      this.say({ pong: packet.ping });
    } else if (kind === 'pong') {
      if (packet.pong === this.pings && this.pinged) {
        this.link.measured(this.link.env.now() - this.pinged);
        this.pinged = 0;
      }
    } else if (kind === 'ack' && packet.ack <= this.session.outbox.sent) {
      this.since = this.link.env.now();
      this.link.confirm(packet.ack);
      if (packet.busy === undefined) {
        this.flush();
      } else {
        this.busy = 1;
        this.later(packet.busy);
      }
    } else {
      this.link.heard(packet, this, bytes ? bytes.length : data.length);
    }
  },

  opened: function (open) {
    var isAttaching = this.phase === ATTACHING;
    if (!this.link.reopened(open, this) || this.phase === OVER) {
      return;
    }
    if (open.from) {
      this.from = open.from;
      this.phase = ATTACHING;
      this.begin();
      this.done();
    } else if (!isAttaching) {
      this.attach();
    }
  },

  // The delivery is here.
  done: function () {
    if (this.phase === ATTACHING) {
      this.phase = ATTACHED;
      this.attachedAt = this.link.env.now();
      this.alive();
      this.ping();
      this.link.carry(this);
    }
  },

  acknowledge: function () {
    var session = this.session;
    if (session.taken > session.told && this.phase === ATTACHED) {
      session.told = session.taken;
      this.size = 0;
      this.say({ ack: session.taken });
    }
  },

  ping: function () {
    this.pinged = this.lastPing = this.link.env.now();
    this.say({ ping: ++this.pings });
  },

  // Something came.
  alive: function () {
    this.isDoubted = false;
    if (this.phase === ATTACHED) {
      this.expect(this.link.session.terms.ping * 1000 + GRACE);
    }
  },

  // Makes sure that it is alive: asks, and leaves it if nothing comes soon.
  check: function () {
    this.since = this.link.env.now();
    this.expect(SHORT);
    if (this.phase === ATTACHED) {
      this.ping();
    }
  },

  // The time for something is over.
  late: function () {
    if (this.phase === CONNECTED) {
      this.expect(SHORT);
      this.greet(true);
    } else {
      this.fail('nothing came in time');
    }
  },

  // Once a second.
  look: function (now) {
    var outbox = this.session.outbox, buffered;
    if (this.phase === ATTACHED) {
      buffered = this.ws.bufferedAmount || 0;
      if (buffered < this.buffered) {
        // A slow line is no dead one.
        this.since = now;
      }
      this.buffered = buffered;
      if (outbox.next - 1 > outbox.taken && !this.busy && now - this.since >= GRACE + 2 * this.link.rtt) {
        this.fail('nothing was acknowledged for too long');
        return;
      }
      if (now - this.lastPing >= this.session.terms.ping * 1000) {
        this.ping();
      }
      this.acknowledge();
    }
  },

  // Leaves it without a word to anyone.
  drop: function () {
    var ws = this.ws;
    this.link.env.clearTimeout(this.timer);
    if (this.canSend) {
      this.session.outbox.cut();
    }
    this.phase = OVER;
    this.canSend = false;
    if (ws) {
      ws.onopen = ws.onmessage = ws.onclose = function () { /* too late */ };
      try {
        ws.close();
      } catch (e) {
        // It never came about.
      }
    }
  },

  fail: function (why) {
    if (this.phase !== OVER) {
      this.drop();
      this.link.failed(this, why, this.attachedAt ? this.link.env.now() - this.attachedAt || 1 : 0);
    }
  },

  closed: function (code) {
    var link = this.link;
    if (code === 4002 && this.isOpening && this.phase === ASKED) {
      this.refused();
    } else if (code === 4003 && this.phase === ATTACHED) {
      link.paused(4003, 1000, this);
    } else {
      this.fail(code && code !== 1006 ? 'it was closed with code ' + code : 'it was cut');
    }
  },

  // The gateway does not take the `open`: its key is used, or it did not come in time.
  refused: function () {
    var link = this.link, opening = link.opening;
    if (!this.session.sid && (link.base() || !opening.isRefused)) {
      // A POST learns which; without one it is the key if it happens again.
      opening.isRefused = 1;
      this.fail('its opening was refused');
      return;
    }
    link.dropSocket();
    if (this.session.sid) {
      // A POST was faster, and its session is in use: a WebSocket that begins now resumes it.
      link.settle();
    } else {
      opening.used();
    }
  }
};

module.exports = Socket;
