// Short-poll: a GET that is answered at once, again and again; more slowly while nothing comes or goes.

function ShortPoll(options) {
  this.least = options.pollInterval;
  this.most = Math.max(options.idleInterval, options.pollInterval);
  this.interval = this.least;
}

ShortPoll.prototype.name = 'short-poll';

ShortPoll.prototype.wait = function () {
  return 0;
};

// Milliseconds before the next poll; `came` is whether this one brought something.
ShortPoll.prototype.pause = function (came) {
  this.interval = came ? this.least : Math.min(this.interval * 1.5, this.most);
  return this.interval;
};

ShortPoll.prototype.cut = function () {
  return false;
};

// Something was said, so that something may come back: the most milliseconds the next poll may be away.
ShortPoll.prototype.stir = function () {
  this.interval = this.least;
  return this.least;
};

module.exports = ShortPoll;
