// How long to wait after a failure: full jitter below a bound that doubles, so that many clients come back spread.

// `min` and `max` in milliseconds, `random` gives numbers from 0 to below 1.
function Backoff(min, max, random) {
  this.min = min;
  this.max = max;
  this.random = random;
  this.failures = 0;
}

// The milliseconds until the next attempt.
Backoff.prototype.next = function () {
  var bound = Math.min(this.max, this.min * Math.pow(2, Math.min(this.failures++, 30)));
  return Math.floor(this.random() * bound);
};

// It worked.
Backoff.prototype.reset = function () {
  this.failures = 0;
};

module.exports = Backoff;
