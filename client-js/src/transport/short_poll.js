// Short-poll: a GET that is answered at once, again and again; more slowly while nothing comes or goes.

function ShortPoll(link) {
  this.least = link.options.pollInterval;
  this.most = Math.max(link.options.idleInterval, this.least);
  this.interval = this.least;
}

var proto = ShortPoll.prototype;

proto.name = 'short-poll';

proto.wait = function () {
  return 0;
};

// Milliseconds before the next poll; `came` is whether this one brought something.
proto.pause = function (came) {
  this.interval = came ? this.least : Math.min(this.interval * 1.5, this.most);
  return this.interval;
};

proto.cut = function () {
  return false;
};

// Something was said, so that something may come back: the most milliseconds the next poll may be away.
proto.stir = function () {
  this.interval = this.least;
  return this.least;
};

module.exports = ShortPoll;
