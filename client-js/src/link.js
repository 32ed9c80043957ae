// What carries the session at the moment: opens it, and moves it from carrier to carrier. These are methods of the client.
//
// `receiver` is a row of polls or streams, `socket` a WebSocket, `probe` a stream on trial; `holder` is the one of the first
// two that has the delivery, or null. One that has lost it is dropped at once: what was in flight there comes again.

var Receiver = require('./receiver');
var Socket = require('./transport/websocket');
var answers = require('./answers');
var probe = require('./probe');
var transports = require('./transports');

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST = 2147483647;
// Milliseconds that a round trip may take.
var CREDIBLE = 30000;
// Milliseconds between two looks at what lives; and how late a look is before the machine must have slept.
var LOOK = 1000, SLEPT = 5000;
// Acknowledged at the latest after so many messages, or bytes.
var OWED = 32, OWED_BYTES = 65536;

module.exports = {
  later: function (fn, ms) {
    return this.env.setTimeout(fn, Math.min(ms, LONGEST));
  },

  // Milliseconds to wait after so many failures: full jitter below a bound that doubles, so that many clients come back
  // spread.
  delay: function (failures) {
    var retry = this.given.retry;
    return Math.floor(this.env.random() * Math.min(retry.max, retry.min * Math.pow(2, Math.min(failures, 30))));
  },

  // The address of something of the session. The query gets a value that no cache has seen, out of a bounded set: old
  // browsers keep an entry for each address that ever was.
  address: function (path, query) {
    this.queries = (this.queries + 1) % 1000;
    return this.url + '/session' + (path && '/' + this.session.sid + '/' + path) + '?' + query + 't=' + this.seed + this.queries;
  },

  // Sends a request; `done` gets the answer interpreted, and how many milliseconds it took.
  ask: function (ask, path, query, done) {
    var env = this.env, began = env.now();
    ask.url = this.address(path, query);
    ask.credentials = this.given.credentials;
    return env.request.send(env, ask, function (answer) {
      done(answers.interpret(answer), env.now() - began);
    });
  },

  // Whether this carrier is there, in the browser and at the gateway.
  isThere: function (name) {
    var carriers = this.session.terms.carriers;
    return transports[name].usable(this.env) && (!carriers || (',' + carriers + ',').indexOf(',' + transports[name].wire + ',') >= 0);
  },

  // The carrier to rely on over HTTP: the best that is not resting, a stream only if it is proved; else the last. '' if none.
  base: function () {
    var ladder = this.ladder, last = '', i, name;
    for (i = 0; i < ladder.names.length; i++) {
      name = ladder.names[i];
      if (transports[name].path && this.isThere(name)) {
        last = name;
        if (!ladder.wait(name) && (!transports[name].open || ladder.rung(name).proved)) {
          break;
        }
      }
    }
    return last;
  },

  // Brings what is carried, and how, to what it should be. May be called at any time.
  settle: function () {
    var base, socket = this.socket, ladder = this.ladder, wantsSocket, name, wait, soonest = 0, best = '', i;
    if (this.isOver || this.isHolding) {
      return;
    }
    base = this.base();
    for (i = 0; i < ladder.place(base); i++) {
      name = ladder.names[i];
      wait = ladder.wait(name);
      if (this.isThere(name)) {
        wantsSocket = wantsSocket || name === 'ws';
        best = best || (wait ? '' : name);
        soonest = wait && soonest ? Math.min(wait, soonest) : wait || soonest;
      }
    }
    if (socket && !wantsSocket && !socket.attachedAt) {
      // It would take the delivery as soon as it stood. One that has it keeps it until another does.
      this.dropSocket();
    }
    if (base && !this.session.sid) {
      this.opening.go();
    } else if (base && !(wantsSocket && socket && this.holder === socket)) {
      this.receive(base);
    }
    this.climb(wantsSocket && !base ? 'ws' : best, soonest);
  },

  // Tries something better beside what there is, and again when it has rested.
  climb: function (best, soonest) {
    var self = this;
    if (best === 'ws' && !this.socket) {
      this.socket = new Socket(this);
    } else if (best && best !== 'ws' && !this.socket && !this.probe && this.holder && this.holder === this.receiver) {
      this.tryStream(best);
    }
    this.env.clearTimeout(this.planned);
    if (soonest) {
      this.planned = this.env.setTimeout(function () { self.settle(); }, soonest);
    }
  },

  // Receives by this one.
  receive: function (name) {
    if (this.receiver && this.receiver.name === name) {
      this.receiver.goOn(0);
    } else {
      if (this.receiver) {
        this.receiver.drop();
      }
      this.receiver = new Receiver(this, name);
      this.receiver.ask();
    }
  },

  // Tries a stream beside the poll, or in its place for a moment where there are but two connections.
  tryStream: function (name) {
    var self = this;
    if (this.env.isScarce) {
      this.receiver.rest();
    }
    this.probe = probe(this, transports[name].open, this.address(transports[name].path, 'probe=1&'), function (why) {
      self.probe = null;
      if (why) {
        self.debug(name + ' is no good: ' + why);
        self.ladder.failed(name, 0);
      } else {
        self.ladder.prove(name);
      }
      self.settle();
    });
  },

  // The WebSocket is about to take the delivery: polls stand back.
  isAttaching: function () {
    return !!this.socket && this.socket.phase === 3;
  },

  // Looks once a second after what lives long: a WebSocket, a stream.
  watch: function () {
    var self = this;
    if (!this.looking) {
      this.looked = this.env.now();
      this.looking = this.env.setTimeout(function () { self.look(); }, LOOK);
    }
  },

  look: function () {
    var now = this.env.now(), passed = now - this.looked;
    this.inspect(this.socket, now, passed);
    this.inspect(this.receiver, now, passed);
    this.looking = null;
    if (!this.isOver && (this.socket || this.receiver && this.receiver.deadline)) {
      this.watch();
    }
  },

  // The machine slept, its clock was set, or the page is in the background, where timers are rare: nothing is known of the
  // time between. Ask first, decide then; what has been asked and never answered is dead.
  inspect: function (one, now, passed) {
    if (one && one.deadline) {
      if (passed < 0 || passed > SLEPT && !one.isDoubted && (one === this.socket || now >= one.deadline)) {
        one.isDoubted = true;
        one.check();
      } else if (now >= one.deadline) {
        one.late();
      }
      one.look(now);
    }
  },

  // Waits before anything is tried again; `isDue` where that is owed to the gateway and not only wise.
  hold: function (ms, isDue) {
    var self = this;
    this.env.clearTimeout(this.holding);
    this.isHolding = true;
    this.isDue = isDue;
    this.holding = this.later(function () { self.release(); }, ms);
  },

  release: function () {
    this.env.clearTimeout(this.holding);
    this.isHolding = false;
    if (this.receiver && this.session.sid && this.receiver !== this.holder) {
      this.receiver.ask();
    }
    this.settle();
    this.flush();
  },

  // Sends what waits, by whatever takes it now. `isOwed`: and acknowledges.
  flush: function (isOwed) {
    if (this.isOver) {
      return;
    }
    if (this.socket && this.socket.canSend) {
      this.socket.flush();
    } else if (this.session.sid && !this.isHolding && this.base()) {
      this.post.flush(isOwed);
    }
  },

  // Something was said. What is said in one go travels in one request.
  stir: function () {
    var self = this, isHidden = this.env.document && this.env.document.hidden;
    if (this.receiver) {
      this.receiver.stir();
    }
    if (isHidden || this.socket && this.socket.canSend) {
      // Timers are rare in the background.
      this.flush();
    } else if (!this.isStirred) {
      this.isStirred = true;
      this.env.setTimeout(function () {
        self.isStirred = false;
        self.flush();
      }, 0);
    }
  },

  // A round trip took so many milliseconds. What is beyond reason is no measure of the way: the machine slept meanwhile, or
  // its clock was set; and time-outs are made of it.
  measured: function (ms) {
    if (ms >= 0 && ms <= CREDIBLE) {
      this.rtt = this.rtt === null ? ms : Math.round((this.rtt * 3 + ms) / 4);
      this.fire('rtt', [this.rtt]);
    }
  },

  // The gateway has everything up to `number`. False if it can't have.
  confirm: function (number) {
    var isRight = this.session.outbox.ack(number);
    this.update();
    return isRight;
  },

  // Takes a poll's answer: its messages, then its control packets. False if a message is missing, which only the `close`
  // of a slow consumer explains.
  takeBatch: function (body, by) {
    var session = this.session, fresh = session.take(body.from, body.messages), i;
    if (!fresh && (body.messages.length || !body.control.length)) {
      return false;
    }
    this.deliver(fresh || []);
    for (i = 0; i < body.control.length && session === this.session && !this.isOver; i++) {
      this.control(body.control[i], by);
    }
    return true;
  },

  // What a WebSocket or a stream brings.
  heard: function (packet, by, size) {
    var session = this.session, fresh;
    if (this.control(packet, by)) {
      return;
    }
    fresh = by.from && session.take(by.from, [packet]);
    if (!fresh) {
      by.fail('a message is missing');
      return;
    }
    by.from++;
    by.size += size;
    if (session.taken - session.told >= OWED || by.size >= OWED_BYTES || by === this.socket && this.env.now() - this.looked > 2 * LOOK) {
      by.acknowledge();
    }
    this.deliver(fresh);
  },

  // Sees to a control packet; false if it is none.
  control: function (packet, by) {
    var kind = packet.kind;
    if (kind === 'close') {
      this.over(packet.close, by.from === 0);
    } else if (kind === 'drain') {
      this.paused(4003, packet.drain.retry, by);
    } else if (kind === 'moved') {
      this.moved(packet.moved.turn, by);
    } else if (kind === 'ack') {
      if (!this.confirm(packet.ack)) {
        by.fail('it acknowledges what was never sent');
      }
    } else {
      return /^(open|from|ping|pong)$/.test(kind);
    }
    return true;
  },

  // `open` came on something: the first one opens the session. False if it is not ours.
  reopened: function (open, by) {
    var isFirst = !this.session.sid, wrong = this.session.open(open);
    if (wrong === 'moved') {
      this.moved(open.turn, by);
    } else if (wrong) {
      this.over({ code: 4004, reason: 'The gateway means another session.' });
    } else {
      if (isFirst) {
        this.opened(open, by);
      }
      this.update();
    }
    return !wrong;
  },

  opened: function (open, by) {
    var base = by !== this.socket && this.base();
    this.openedAt = this.env.now();
    this.opening.settle(open);
    this.limit(open.max);
    this.fails = 0;
    if (base) {
      // The answer to the opening was a poll's as well: the way is good.
      this.receiver = new Receiver(this, base);
      this.receiver.isProved = true;
      this.receiver.goOn(0);
      this.carry(this.receiver);
    }
    if (this.socket && by !== this.socket) {
      this.socket.greet();
    }
    this.settle();
  },

  // From now on this carries the session.
  carry: function (holder) {
    var socket = this.socket, before = this.holderName, isFirst = !this.session.isTold;
    this.fails = 0;
    if (this.holder !== holder || this.carrier !== holder.name) {
      this.holder = holder;
      this.holderName = holder.name;
      if (holder === socket) {
        if (this.receiver) {
          this.receiver.drop();
          this.receiver = null;
        }
        this.unprobe();
      } else if (socket && socket.attachedAt) {
        this.dropSocket();
      }
      this.session.isTold = true;
      this.carried(holder.name, before, isFirst);
      this.settle();
      this.flush();
    }
  },

  unprobe: function () {
    if (this.probe) {
      this.probe();
      this.probe = null;
    }
  },

  // Drops the WebSocket.
  dropSocket: function () {
    var socket = this.socket;
    this.socket = null;
    socket.drop();
    this.holder = this.holder === socket ? null : this.holder;
  }
};
