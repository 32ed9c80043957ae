// The WebSocket: both ways in one. Nothing relies on it before a frame has gone and come; it is left as soon as it is
// mute in either direction.

var packet = require('../packet');
var compose = require('../compose');
var bytesOf = require('../bytes').of;
var liveness = require('../liveness');
var mix = require('../mix');

// Where it stands.
var CONNECTING = 0, CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4, LEAVING = 5, OVER = 6;
// Milliseconds to answer an attach or a ping.
var SHORT = 5000;
// Milliseconds to wait for the opening by POST before the WebSocket opens the session itself.
var HEADSTART = 2000;
// Bytes that may wait in the browser; the rest waits here, where it need not be repeated.
var FULL = 262144;
// Messages under way at most: what a gateway that has too much to do drops has to be sent again.
var WINDOW = 256;
// Acknowledged at the latest after so many messages, or bytes, or the next look.
var OWED = 32, OWED_BYTES = 65536;

function Socket(link) {
  this.link = link;
  this.phase = CONNECTING;
  this.session = link.session;
  this.lane = null;
  this.canSend = false;
  this.owed = 0;
  this.owedBytes = 0;
  this.pings = 0;
  this.since = 0;
  this.attachedAt = 0;
}

var proto = Socket.prototype;

proto.name = function () {
  return 'ws';
};

proto.start = function () {
  var self = this, env = this.link.env, Maker = env.WebSocket;
  this.looked = env.now();
  this.expect(this.link.options.connectTimeout);
  this.look();
  try {
    this.ws = new Maker(this.link.base.replace(/^http/, 'ws') + '/ws');
    // Without it (Firefox below 11) bytes would be sent as the words "[object ArrayBuffer]".
    this.isBinary = 'binaryType' in this.ws;
    this.ws.binaryType = 'arraybuffer';
  } catch (e) {
    if (!this.ws) {
      env.setTimeout(function () { self.fail('there is none'); }, 0);
      return;
    }
  }
  this.ws.onopen = function () { self.opened(); };
  this.ws.onmessage = function (event) { self.heardFrame(event.data); };
  this.ws.onclose = function (event) { self.closed(event || {}); };
  this.ws.onerror = function () { /* `onclose` follows, or the time runs out. */ };
};

// Something has to be heard within so many milliseconds.
proto.expect = function (ms) {
  this.deadline = this.link.env.now() + ms;
  this.isExtended = false;
};

proto.opened = function () {
  if (this.phase === CONNECTING) {
    this.phase = CONNECTED;
    this.expect(HEADSTART);
    this.greet(!this.link.opening.giveUp);
  }
};

// Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
proto.greet = function (itself) {
  var link = this.link;
  if (this.phase !== CONNECTED) {
    return;
  }
  if (this.session.sid) {
    this.say({ kind: 'resume', session: this.session.sid });
    this.ask();
    if (!link.carrier && !link.poll) {
      // Nothing else carries the session: there is nothing to be careful about.
      this.attach();
    }
  } else if (itself || !link.http()) {
    this.say(link.opening.greeting());
    this.isOpening = true;
    this.ask();
  }
};

proto.ask = function () {
  if (this.phase === CONNECTED) {
    this.phase = ASKED;
    this.expect(this.link.options.connectTimeout);
  }
};

// The delivery is on its way here: a poll that began now would take it back.
proto.isAttaching = function () {
  return this.phase === ATTACHING;
};

proto.attach = function () {
  this.phase = ATTACHING;
  this.expect(SHORT + 2 * (this.link.rtt || 0));
  this.lane = this.session.lane(false);
  this.say({ kind: 'attach', after: this.session.inbox.taken, turn: this.session.raise() });
  this.begin();
};

// From now on messages go here: everything that the gateway has not acknowledged once more.
proto.begin = function () {
  if (this.phase !== OVER && this.phase !== LEAVING) {
    this.canSend = true;
    this.link.owner = this;
    this.sayFrom();
    this.flush();
  }
};

proto.sayFrom = function () {
  this.busy = 0;
  this.since = this.link.env.now();
  this.say({ kind: 'from', number: this.session.outbox.attach().from });
};

// Whether something waits that may go now.
proto.hasRoom = function (outbox) {
  return this.canSend && !this.busy && outbox.next && outbox.next <= outbox.last() &&
    outbox.next <= outbox.taken() + WINDOW;
};

proto.flush = function () {
  var outbox = this.session.outbox, items, i;
  while (this.hasRoom(outbox) && !(this.ws.bufferedAmount > FULL)) {
    if (outbox.next - 1 <= outbox.taken()) {
      this.since = this.link.env.now();
    }
    items = outbox.hand(OWED, OWED_BYTES);
    this.acknowledge();
    for (i = 0; i < items.length; i++) {
      this.send(items[i].frame(this.isBinary));
    }
  }
  if (this.hasRoom(outbox)) {
    this.later(50);
  } else if (this.link.goodbye && this.canSend && outbox.next > outbox.last() && !this.busy && !this.saidGoodbye) {
    this.saidGoodbye = true;
    // Else what came last would count as never delivered.
    this.acknowledge();
    this.say(this.link.goodbye);
  }
};

// Goes on with what waits after so many milliseconds; `from` says where, if the gateway dropped some.
proto.later = function (ms) {
  var self = this;
  this.link.env.clearTimeout(this.timer);
  this.timer = this.link.env.setTimeout(function () {
    if (self.canSend) {
      if (self.busy) {
        self.sayFrom();
      }
      self.flush();
    }
  }, ms);
};

proto.say = function (meaning) {
  this.send(compose.say(meaning));
};

proto.send = function (frame) {
  var self = this;
  if (this.phase === OVER) {
    return;
  }
  try {
    this.ws.send(frame);
  } catch (e) {
    this.canSend = false;
    this.link.env.setTimeout(function () { self.fail('it takes nothing any more'); }, 0);
  }
};

proto.heardFrame = function (data) {
  var meaning, bytes;
  if (this.phase === OVER) {
    return;
  }
  this.alive();
  if (typeof data === 'string') {
    meaning = packet.hear(data);
    this.size = data.length;
  } else {
    bytes = bytesOf(data);
    meaning = bytes ? packet.hearBinary(bytes) : { refused: 'bytes in a form that this browser can\'t read' };
    this.size = bytes ? bytes.length : 0;
  }
  if (meaning.refused) {
    this.fail('a packet could not be read: ' + meaning.refused);
  } else if (this['hear_' + meaning.kind]) {
    this['hear_' + meaning.kind](meaning);
  } else {
    this.message(meaning);
  }
};

proto.message = function (meaning) {
  var verdict = this.lane ? this.lane.message(true) : { refused: 'no-from' };
  if (verdict.refused) {
    this.fail('a message came before its number');
    return;
  }
  this.owed++;
  this.owedBytes += this.size;
  if (this.owed >= OWED || this.owedBytes >= OWED_BYTES || !this.isAwake()) {
    this.acknowledge();
  }
  if (verdict === 'take') {
    this.link.deliver([meaning]);
  }
};

proto.acknowledge = function () {
  if (this.owed && this.phase === ATTACHED) {
    this.owed = this.owedBytes = 0;
    this.say({ kind: 'ack', number: this.session.inbox.taken });
  }
};

proto['hear_open'] = function (meaning) {
  var isAttaching = this.phase === ATTACHING;
  if (!this.link.reopened(meaning, this) || this.phase === OVER) {
    return;
  }
  if (meaning.from) {
    this.lane = this.session.lane(true);
    this.lane.from(meaning.from);
    this.phase = ATTACHING;
    this.begin();
    this.done();
  } else if (!isAttaching) {
    this.attach();
  }
};

proto['hear_from'] = function (meaning) {
  var verdict = this.lane ? this.lane.from(meaning.number) : { refused: 'no-from' };
  // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
  if (!verdict.refused) {
    this.done();
  }
};

// The delivery is here.
proto.done = function () {
  if (this.phase === ATTACHING) {
    this.phase = ATTACHED;
    this.attachedAt = this.link.env.now();
    this.deadline = 0;
    this.ping();
    this.link.attached(this);
  }
};

proto['hear_ack'] = function (meaning) {
  if (!this.link.acked(meaning.number)) {
    this.fail('it acknowledges what was never sent');
    return;
  }
  this.since = this.link.env.now();
  if (meaning.busy !== undefined) {
    this.busy = 1;
    this.later(meaning.busy);
  } else {
    this.flush();
  }
};

proto['hear_ping'] = function (meaning) {
  this.say({ kind: 'pong', number: meaning.number });
};

proto['hear_pong'] = function (meaning) {
  if (meaning.number === this.pings && this.pinged) {
    this.link.measured(this.link.env.now() - this.pinged);
    this.pinged = 0;
  }
};

proto['hear_moved'] = function (meaning) {
  this.link.moved(meaning.turn, this);
};

proto['hear_drain'] = function (meaning) {
  this.link.paused({ kind: 'drain', retry: meaning.retry }, this);
};

proto['hear_close'] = function (meaning) {
  this.link.over(meaning, this.phase !== ATTACHED);
};

proto.ping = function () {
  this.pinged = this.lastPing = this.link.env.now();
  this.say({ kind: 'ping', number: ++this.pings });
};

// The time for something is over.
proto.late = function () {
  if (this.phase === CONNECTED) {
    this.deadline = 0;
    this.greet(true);
  } else {
    this.fail('nothing came in time');
  }
};

// Another carrier takes over; what still comes here counts until the gateway closes it.
proto.leave = function () {
  if (this.phase !== OVER) {
    this.phase = LEAVING;
    this.canSend = false;
    this.expect(SHORT);
  }
};

// Leaves it without a word to anyone.
proto.drop = function () {
  var ws = this.ws, env = this.link.env;
  this.phase = OVER;
  this.canSend = false;
  env.clearTimeout(this.timer);
  env.clearTimeout(this.looking);
  if (ws) {
    ws.onopen = ws.onmessage = ws.onclose = function () { /* too late */ };
    try {
      ws.close();
    } catch (e) {
      // It never came about.
    }
  }
};

proto.fail = function (why) {
  var phase = this.phase, lived = this.attachedAt ? this.link.env.now() - this.attachedAt || 1 : 0;
  if (phase !== OVER) {
    this.drop();
    this.link.failed(this, why, lived, phase === LEAVING);
  }
};

proto.closed = function (event) {
  if (event.code === 4002 && this.isOpening && this.phase === ASKED) {
    this.refused();
  } else if (event.code === 4003 && this.phase === ATTACHED) {
    this.link.paused({ kind: 'drain', retry: 1000 }, this);
  } else {
    this.fail(event.code && event.code !== 1006 ? 'it was closed with code ' + event.code : 'it was cut');
  }
};

// The gateway does not take the `open`: its key is used, or it did not come in time.
proto.refused = function () {
  if (this.session.sid) {
    // A POST was faster, and its session is in use: a WebSocket that begins now resumes it.
    this.drop();
    this.link.socketGone(this);
    this.link.settle();
  } else if (this.link.http() || !this.link.opening.isRefused) {
    // A POST learns which; without one it is the key if it happens again.
    this.link.opening.isRefused = true;
    this.fail('its opening was refused');
  } else {
    this.drop();
    this.link.socketGone(this);
    this.link.opening.used();
  }
};

proto.isAttached = function () {
  return this.phase === ATTACHED;
};

proto.isOver = function () {
  return this.phase === OVER;
};

mix(proto, liveness);

module.exports = Socket;
