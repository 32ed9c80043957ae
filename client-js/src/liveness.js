// When a WebSocket is to be left: it is mute, in either direction. These are methods of the WebSocket's carrier.

// Milliseconds beyond the gateway's ping that silence is borne; and that a sender may be unacknowledged, beside two round
// trips.
var GRACE = 10000, UNACKED = 10000;
// Milliseconds between two looks; and how late a look is before the machine must have slept.
var LOOK = 1000, SLEPT = 5000;

// Milliseconds to answer when it is asked whether it is alive.
var ANSWER = 5000;

var Liveness = {};

// Looks after it once a second.
Liveness.look = function () {
  var self = this, now = this.link.env.now(), passed = now - this.looked;
  this.looked = now;
  if (passed < 0 || passed > SLEPT) {
    this.slept(now, passed);
  }
  this.judge(now);
  if (!this.isOver()) {
    this.acknowledge();
    this.looking = this.link.env.setTimeout(function () { self.look(); }, LOOK);
  }
};

// The machine slept, its clock was set, or the page is in the background, where timers are rare: nothing is known of the
// time between. Ask first, decide then; what has been asked twice and never answered is dead.
Liveness.slept = function (now, passed) {
  var wasAsked = this.asked;
  this.heard = this.since = now;
  if (wasAsked && this.isDoubted) {
    this.fail('nothing came when it was asked');
    return;
  }
  if (this.deadline && !(this.isExtended && passed > 0)) {
    // Once: where every look is late, nothing would ever be.
    this.deadline += passed;
    this.isExtended = passed > 0;
  }
  this.isDoubted = !!wasAsked;
  this.check();
};

// Judges what has, and has not, happened by now.
Liveness.judge = function (now) {
  if (this.deadline && now >= this.deadline) {
    this.late();
  } else if (this.isAttached()) {
    this.notice(now, this.session.outbox, this.link.session.terms.ping * 1000);
  }
};

// Makes sure that it is alive: asks, and leaves it if nothing comes soon.
Liveness.check = function () {
  if (this.isAttached()) {
    this.ping();
    this.asked = this.link.env.now();
    this.deadline = this.asked + ANSWER;
  }
};

// Something came.
Liveness.alive = function () {
  this.heard = this.link.env.now();
  if (this.asked) {
    this.asked = this.deadline = 0;
    this.isDoubted = false;
  }
};

// Whether timers come as they should.
Liveness.isAwake = function () {
  return this.link.env.now() - this.looked <= 2 * LOOK;
};

Liveness.notice = function (now, outbox, ping) {
  var buffered = this.ws.bufferedAmount || 0;
  if (buffered < this.buffered) {
    // A slow line is no dead one.
    this.since = now;
  }
  this.buffered = buffered;
  if (now - this.heard >= ping + GRACE) {
    this.fail('nothing was heard for too long');
  } else if (outbox.next - 1 > outbox.taken() && !this.busy && now - this.since >= UNACKED + 2 * (this.link.rtt || 0)) {
    this.fail('nothing was acknowledged for too long');
  } else if (now - this.lastPing >= ping) {
    this.ping();
  }
};

module.exports = Liveness;
