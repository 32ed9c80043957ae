// Which carrier next: the best of a list that has not disappointed lately. What failed is tried again after 30 s, then
// 2 min, then every 10 min, because networks change; a carrier that was proved good has a second life at once. The verdict
// is kept for 30 minutes, so that the next page need not find out again.

var json = require('./json');

var RESTS = [30000, 120000, 600000], KEPT = 1800000;
// Milliseconds that a carrier has to live to count as good.
var LONG = 30000;

// `env` tells the time and keeps the verdict on `base`.
function Ladder(env, base) {
  var kept;
  this.env = env;
  this.key = 'everwire:ladder:' + base;
  this.names = [];
  this.rungs = {};
  try {
    kept = json.parse(env.localStorage.getItem(this.key));
    if (Math.abs(env.now() - kept[0]) < KEPT) {
      this.rungs = kept[1];
    }
  } catch (e) {
    // There is no place, or nothing in it.
  }
}

Ladder.prototype = {
  // What is known of a carrier: how often it failed, until when it rests, whether (a stream) it is proved.
  rung: function (name) {
    this.rungs[name] = this.rungs[name] || { 'failures': 0, 'until': 0, 'proved': false };
    return this.rungs[name];
  },

  keep: function () {
    try {
      this.env.localStorage.setItem(this.key, json.stringify([this.env.now(), this.rungs]));
    } catch (e) {
      // Then not.
    }
  },

  // The carrier failed after `lived` milliseconds of good service (0: it never came that far).
  failed: function (name, lived) {
    var rung = this.rung(name);
    rung.failures = lived < LONG ? rung.failures + 1 : 1;
    rung.proved = false;
    // Good service that ends may be an accident; what never came about, or ends twice, is a pattern.
    if (!lived || rung.failures > 1) {
      rung.until = this.env.now() + RESTS[Math.min(rung.failures - (lived ? 2 : 1), 2)];
    }
    this.keep();
  },

  // Milliseconds until it may be tried. A clock that was put back must not keep it away for longer than its rest.
  wait: function (name) {
    var rung = this.rung(name), now = this.env.now();
    rung.until = Math.min(rung.until, now + RESTS[2]);
    return Math.max(rung.until - now, 0);
  },

  // How far down it stands.
  place: function (name) {
    var i = 0;
    while (i < this.names.length && this.names[i] !== name) {
      i++;
    }
    return i;
  },

  // A stream has shown that it flows.
  prove: function (name) {
    this.rung(name).proved = true;
    this.keep();
  },

  // The network has changed: what failed there may work here.
  forgive: function () {
    this.rungs = {};
  }
};

module.exports = Ladder;
