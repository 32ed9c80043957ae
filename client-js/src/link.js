// What carries the session at the moment: moves it from carrier to carrier. These are methods of the client.
//
// `way` is that of the GETs, `socket` a WebSocket, `probe` a stream on trial; `carrier` names the one of the first two that has
// the delivery. One that has lost it is dropped at once: what was in flight there comes again.

var Socket = require('./transport/websocket');
var answers = require('./answers');
var probe = require('./probe');
var transports = require('./transports');

// Milliseconds between two looks at everything; how late a look is before the machine must have slept.
var LOOK = 1000, SLEPT = 5000;

module.exports = {
  // Milliseconds to wait after so many failures: full jitter below a bound that doubles, so that many clients come back
  // spread.
  delay: function (failures) {
    var retry = this.given.retry;
    return Math.floor(this.env.random() * Math.min(retry.max, retry.min * Math.pow(2, failures)));
  },

  // Browsers wait at most so long: what is more is no wait at all there.
  later: function (fn, ms) {
    return this.env.setTimeout(fn, Math.min(ms, 2147483647));
  },

  // The address of something of the session. The query gets a value that no cache has seen, out of a bounded set: old
  // browsers keep an entry for each address that ever was.
  address: function (path, query) {
    this.queries = (this.queries + 1) % 1000;
    path = path && '/' + this.session.sid + '/' + path;
    return this.url + '/session' + path + '?' + query + 't=' + this.seed + this.queries;
  },

  // Sends a request; `done` gets the answer interpreted, and how many milliseconds it took.
  ask: function (ask, done) {
    var env = this.env, began = env.now(), mode = transports[this.base()];
    ask.credentials = this.given.credentials;
    return (mode && mode.request || env.request).send(env, ask, function (answer) {
      done(answers.interpret(answer), env.now() - began);
    });
  },

  // The carriers that can be used here, in the browser and at the gateway, best first.
  carriers: function () {
    var list = [], wires = this.session.terms.carriers, i, mode;
    for (i = 0; i < this.names.length; i++) {
      mode = transports[this.names[i]];
      if (mode.usable(this.env) && (!wires || (',' + wires + ',').indexOf(',' + mode.wire + ',') >= 0)) {
        list.push(this.names[i]);
      }
    }
    return list;
  },

  // The carrier to rely on over HTTP: the best that is not resting, a stream only if it is proved; else the last. '' if none.
  // `above` gets the names of those that are better.
  base: function (above) {
    var list = this.carriers(), ladder = this.ladder, last = '', i, name;
    for (i = 0; i < list.length; i++) {
      name = list[i];
      if (name !== 'ws') {
        last = name;
        if (!ladder.rests(name) && (transports[name].isPoll || ladder.isProved(name))) {
          break;
        }
      }
    }
    while (above && i-- > 0) {
      if (list[i] !== last) {
        above.unshift(list[i]);
      }
    }
    return last;
  },

  // Brings what is carried, and how, to what it should be. May be called at any time.
  settle: function () {
    var above = [], base = this.base(above), socket = this.socket, wantsSocket = (',' + above + ',').indexOf(',ws,') >= 0, i;
    if (this.isOver || this.isHolding) {
      return;
    }
    if (socket && !wantsSocket && !socket.attachedAt) {
      // It would take the delivery as soon as it stood. One that has it keeps it until another does.
      this.dropSocket();
    }
    if (base && !this.session.sid) {
      this.post();
    } else if (base && !(wantsSocket && this.carrier === 'ws')) {
      this.receive(base);
    }
    // Something better is tried beside what there is.
    for (i = 0; i < above.length && base && this.ladder.rests(above[i]); i++) {
      // It rests.
    }
    if (above[i] === 'ws') {
      this.socket = this.socket || new Socket(this);
    } else if (above[i] && !this.socket && !this.probe && this.carrier) {
      this.tryStream(above[i]);
    }
  },

  // Tries a stream beside the poll, or in its place for a moment where there are but two connections.
  tryStream: function (name) {
    var self = this, mode = transports[name];
    if (this.env.isScarce) {
      this.rest();
    }
    this.probe = probe(this, mode.open, this.address(mode.path, 'probe=1&'), function (why) {
      self.probe = null;
      self.debug(name + (why ? ' is no good: ' + why : ' flows'));
      self.ladder.judge(name, 0, !why);
      self.settle();
    });
  },

  // The WebSocket is about to take the delivery: polls stand back.
  isAttaching: function () {
    return this.socket && this.socket.phase === 3;
  },

  // Looks after everything once a second.
  look: function () {
    var self = this, now = this.env.now(), passed = now - this.looked;
    this.looked = now;
    this.inspect(this.socket, now, passed);
    this.inspect(this.get, now, passed);
    this.settle();
    if (!this.isOver) {
      this.env.setTimeout(function () { self.look(); }, LOOK);
    }
  },

  // The machine slept, its clock was set, or the page is in the background, where timers are rare: nothing is known of the
  // time between. Ask first, decide then; what has been asked and never answered is dead.
  inspect: function (one, now, passed) {
    if (one && one.deadline) {
      if (passed < 0 || passed > SLEPT && !one.isDoubted && (one === this.socket || now >= one.deadline)) {
        one.isDoubted = 1;
        one.check();
      } else if (now >= one.deadline) {
        one.fail('nothing came in time');
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
    this.settle();
    this.flush();
  },

  // Sends what waits, by whatever takes it now. `isOwed`: and acknowledges.
  flush: function (isOwed) {
    if (this.socket && this.socket.canSend) {
      this.socket.flush();
    } else if (this.session.sid) {
      this.post(isOwed);
    }
  },

  // Something was said. What is said in one go travels in one request.
  stir: function () {
    var self = this;
    this.hasten();
    if (this.env.document && this.env.document.hidden || this.socket && this.socket.canSend) {
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
    if (ms >= 0 && ms <= 30000) {
      this.rtt = this.rtt === null ? ms : Math.round((this.rtt * 3 + ms) / 4);
      this.fire('rtt', [this.rtt]);
    }
  },

  // The gateway has everything up to `number`. False if it can't have.
  confirm: function (number) {
    var isRight = this.session.outbox.ack(number);
    this.update();
    return isRight;
  }
};
