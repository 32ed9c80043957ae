// What is known of each carrier: what failed is tried again after 30 s, then 2 min, then every 10 min, because networks change;
// one that was proved good has a second life at once. It is kept for 30 minutes, so that the next page need not find out again.

var json = require('./json');

var RESTS = [30000, 120000, 600000], KEPT = 1800000;
// Milliseconds that a carrier has to live to count as good.
var LONG = 30000;

// `env` tells the time and keeps the verdict on `base`.
function Ladder(env, base) {
  var kept;
  this.env = env;
  this.key = 'everwire:ladder:' + base;
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
  // How often it failed, until when it rests, whether (a stream) it is proved.
  rung: function (name) {
    this.rungs[name] = this.rungs[name] || [0, 0, 0];
    return this.rungs[name];
  },

  // The carrier failed after `lived` milliseconds of good service (0: it never came that far), or (`isProved`) flows.
  judge: function (name, lived, isProved) {
    var rung = this.rung(name);
    rung[2] = isProved;
    if (!isProved) {
      rung[0] = lived < LONG ? rung[0] + 1 : 1;
      // Good service that ends may be an accident; what never came about, or ends twice, is a pattern.
      if (!lived || rung[0] > 1) {
        rung[1] = this.env.now() + RESTS[Math.min(rung[0] - (lived ? 2 : 1), 2)];
      }
    }
    try {
      this.env.localStorage.setItem(this.key, json.stringify([this.env.now(), this.rungs]));
    } catch (e) {
      // Then not.
    }
  },

  // Whether it is to be left alone. A clock that was put back must not keep it away for longer than its rest.
  rests: function (name) {
    var rung = this.rung(name), now = this.env.now();
    rung[1] = Math.min(rung[1], now + RESTS[2]);
    return rung[1] > now;
  },

  // There is nothing better: it may be tried at once.
  lift: function (name) {
    this.rung(name)[1] = 0;
  },

  isProved: function (name) {
    return this.rung(name)[2];
  },

  // The network has changed: what failed there may work here.
  forgive: function () {
    this.rungs = {};
  }
};

module.exports = Ladder;
