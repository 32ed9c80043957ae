// The WebSocket: both ways in one. Nothing relies on it before a frame has gone and come; it is left as soon as it is
// mute in either direction.

var packets = require('../packet');
var message = require('../message');
var json = require('../json');
var bytesOf = require('../bytes').of;

// Where it stands.
var CONNECTING = 0, CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4, OVER = 5;
// Milliseconds to answer an attach or a ping; to wait for the opening by POST before the WebSocket opens the session itself;
// that a sender may be unacknowledged, beside two round trips.
var SHORT = 5000, HEADSTART = 2000, UNACKED = 10000;
// Bytes that may wait in the browser; the rest waits here, where it need not be repeated.
var FULL = 262144;
// Messages under way at most: what a gateway that has too much to do drops has to be sent again.
var WINDOW = 256;
// Messages and bytes handed over at once.
var SHARE = 32, SHARE_BYTES = 65536;

function Socket(client) {
  this.client = client;
  this.session = client.session;
  this.phase = CONNECTING;
  // The number of the next message; nothing may come before it is told.
  this.from = this.came = this.size = this.pings = this.since = this.attachedAt = this.busy = 0;
  this.isLong = true;
  this.start();
}

Socket.prototype = {
  name: 'ws',

  start: function () {
    var self = this, env = this.client.env, Maker = env.WebSocket, ws;
    this.expect(this.client.given.connectTimeout);
    try {
      this.ws = ws = new Maker(this.client.url.replace(/^http/, 'ws') + '/ws');
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
      self.greet(!self.client.posting);
    };
    ws.onmessage = function (event) {
      var bytes = bytesOf(event.data);
      self.client.hear(bytes ? packets.readFrame(bytes) : packets.read(event.data), self, (bytes || event.data).length);
    };
    ws.onclose = function (event) { self.closed(event ? event.code : 0); };
    ws.onerror = function () { /* `onclose` follows, or the time runs out. */ };
  },

  // Something has to be heard within so many milliseconds.
  expect: function (ms) {
    this.deadline = this.client.env.now() + ms;
  },

  // Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
  greet: function (itself) {
    var client = this.client, sid = this.session.sid;
    if (this.phase === CONNECTED && (sid || itself || !client.base())) {
      this.send(sid ? json.stringify({ resume: { session: sid } }) : client.opening());
      this.isOpening = !sid;
      this.phase = ASKED;
      this.expect(client.given.connectTimeout);
      if (sid && !client.carrier && !client.way) {
        // Nothing else carries the session: there is nothing to be careful about.
        this.attach();
      }
    }
  },

  // `open` came; `from` where this opened the session.
  opened: function (from) {
    if (from) {
      this.phase = ATTACHING;
      this.begin();
    } else if (this.phase === ASKED) {
      this.attach();
    }
  },

  attach: function () {
    var session = this.session;
    this.phase = ATTACHING;
    this.expect(SHORT + 2 * this.client.rtt);
    session.told = session.taken;
    this.say({ attach: { after: session.taken, turn: ++session.turn } });
    this.begin();
  },

  // From now on messages go here: everything that the gateway has not acknowledged once more.
  begin: function () {
    if (this.phase === ATTACHING) {
      this.canSend = true;
      this.sayFrom();
      this.flush();
    }
  },

  // The delivery is here.
  attached: function () {
    if (this.phase === ATTACHING) {
      this.phase = ATTACHED;
      this.attachedAt = this.client.env.now();
      this.sayPing();
    }
  },

  sayFrom: function () {
    this.busy = 0;
    this.since = this.client.env.now();
    this.say({ from: this.session.outbox.attach() });
  },

  // Whether something waits that may go now.
  hasRoom: function () {
    var outbox = this.session.outbox, next = outbox.next;
    return this.canSend && !this.busy && next && next <= outbox.last() && next <= outbox.taken + WINDOW;
  },

  flush: function () {
    var client = this.client, outbox = this.session.outbox, items, i;
    while (this.hasRoom() && !(this.ws.bufferedAmount > FULL)) {
      if (outbox.next - 1 <= outbox.taken) {
        this.since = client.env.now();
      }
      items = outbox.hand(SHARE, SHARE_BYTES);
      this.acknowledge();
      for (i = 0; i < items.length; i++) {
        this.send(this.isBinary ? message.frame(items[i]) : message.text(items[i]));
      }
    }
    if (this.hasRoom()) {
      this.later(50);
    } else if (client.goodbye && this.canSend && outbox.next > outbox.last() && !this.busy && !this.saidGoodbye) {
      this.saidGoodbye = true;
      // Else what came last would count as never delivered.
      this.acknowledge();
      this.say(client.goodbye);
    }
  },

  // Goes on with what waits after so many milliseconds; `from` says where, if the gateway dropped some.
  later: function (ms) {
    var self = this, client = this.client;
    client.env.clearTimeout(this.timer);
    this.timer = client.later(function () {
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
      this.client.env.setTimeout(function () { self.fail('it takes nothing any more'); }, 0);
    }
  },

  // What the gateway says of what is sent here, and of the way.
  confirmed: function (busy, now) {
    this.since = now;
    if (busy === undefined) {
      this.flush();
    } else {
      this.busy = 1;
      this.later(busy);
    }
  },

  ping: function (number) {
    this.say({ pong: number });
  },

  pong: function (number, now) {
    if (number === this.pings && this.pinged) {
      this.client.measured(now - this.pinged);
      this.pinged = 0;
    }
  },

  sayPing: function () {
    this.pinged = this.lastPing = this.client.env.now();
    this.say({ ping: ++this.pings });
  },

  acknowledge: function () {
    var session = this.session;
    if (session.taken > session.told && this.phase === ATTACHED) {
      session.told = session.taken;
      this.size = 0;
      this.say({ ack: session.taken });
    }
  },

  // Makes sure that it is alive: asks, and leaves it if nothing comes soon.
  check: function () {
    this.since = this.client.env.now();
    this.expect(SHORT);
    if (this.phase === ATTACHED) {
      this.sayPing();
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
      if (outbox.next - 1 > outbox.taken && !this.busy && now - this.since >= UNACKED + 2 * this.client.rtt) {
        this.fail('nothing was acknowledged for too long');
      } else {
        this.acknowledge();
        if (now - this.lastPing >= this.session.terms.ping * 1000) {
          this.sayPing();
        }
      }
    }
  },

  // Leaves it without a word to anyone.
  drop: function () {
    var ws = this.ws;
    this.client.env.clearTimeout(this.timer);
    if (this.canSend) {
      this.session.outbox.cut();
    }
    this.phase = OVER;
    this.canSend = false;
    try {
      ws.onopen = ws.onmessage = ws.onclose = function () { /* too late */ };
      ws.close();
    } catch (e) {
      // It never came about.
    }
  },

  fail: function (why) {
    if (this.phase === CONNECTED && why === 'nothing came in time') {
      // No POST has opened a session.
      this.expect(SHORT);
      this.greet(true);
    } else if (this.phase !== OVER) {
      this.client.failed(this, why, this.attachedAt ? this.client.env.now() - this.attachedAt || 1 : 0);
    }
  },

  closed: function (code) {
    var client = this.client;
    if (code === 4002 && this.isOpening && this.phase === ASKED) {
      this.refused();
    } else if (code === 4003 && this.phase === ATTACHED) {
      client.paused(4003, 1000, this);
    } else {
      this.fail('it was closed with code ' + code);
    }
  },

  // The gateway does not take the `open`: its key is used, or it did not come in time.
  refused: function () {
    var client = this.client;
    if (!this.session.sid && (client.base() || !client.isRefused)) {
      // A POST learns which; without one it is the key if it happens again.
      client.isRefused = 1;
      this.fail('its opening was refused');
    } else {
      client.dropSocket();
      if (this.session.sid) {
        // A POST was faster, and its session is in use: a WebSocket that begins now resumes it.
        client.settle();
      } else {
        client.wasUsed();
      }
    }
  }
};

module.exports = Socket;
