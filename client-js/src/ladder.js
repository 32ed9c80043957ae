// Which carrier next: the best of a list that has not disappointed lately. What failed is tried again after 30 s, then
// 2 min, then every 10 min, because networks change; a carrier that was proved good has a second life at once.

var RESTS = [30000, 120000, 600000];
// Milliseconds that a carrier has to live to count as good.
var LONG = 30000;

function Ladder(names) {
  this.names = names;
  this.rungs = {};
}

Ladder.prototype.rung = function (name) {
  return this.rungs[name] || (this.rungs[name] = { failures: 0, until: 0 });
};

// The carrier failed at `now` after `lived` milliseconds of good service (0: it never came that far).
Ladder.prototype.failed = function (name, now, lived) {
  var rung = this.rung(name);
  if (lived >= LONG) {
    rung.failures = 0;
  }
  rung.failures++;
  // Good service that ends may be an accident; what never came about, or ends twice, is a pattern.
  if (!lived || rung.failures > 1) {
    rung.until = now + RESTS[Math.min(rung.failures - (lived ? 2 : 1), RESTS.length - 1)];
  }
};

// It may be tried at `now`.
Ladder.prototype.isFree = function (name, now) {
  var rung = this.rung(name);
  // A clock that was put back must not keep a carrier away for longer than its rest.
  rung.until = Math.min(rung.until, now + RESTS[RESTS.length - 1]);
  return rung.until <= now;
};

// The best that may be tried at `now`; '' where none may.
Ladder.prototype.best = function (now) {
  var i;
  for (i = 0; i < this.names.length; i++) {
    if (this.isFree(this.names[i], now)) {
      return this.names[i];
    }
  }
  return '';
};

// Whether `one` stands above `other`; anything stands above nothing.
Ladder.prototype.isBetter = function (one, other) {
  return this.place(one) < this.place(other);
};

Ladder.prototype.place = function (name) {
  var i;
  for (i = 0; i < this.names.length; i++) {
    if (this.names[i] === name) {
      return i;
    }
  }
  return this.names.length;
};

// Milliseconds until something better than `name` may be tried; -1 if there is nothing better that rests.
Ladder.prototype.wait = function (name, now) {
  var soonest = -1, i, wait;
  for (i = 0; i < this.place(name) && i < this.names.length; i++) {
    wait = this.rung(this.names[i]).until - now;
    if (wait > 0 && (soonest < 0 || wait < soonest)) {
      soonest = wait;
    }
  }
  return soonest;
};

// The network has changed: what failed there may work here.
Ladder.prototype.forgive = function () {
  this.rungs = {};
};

module.exports = Ladder;
