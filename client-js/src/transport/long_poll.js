// Long-poll: a GET that the gateway answers when there is something to say. Where something on the way cuts or swallows
// held requests, they are held for less, down to not at all.

function LongPoll(link) {
  this.link = link;
  this.longest = Infinity;
  this.cuts = 0;
}

var proto = LongPoll.prototype;

proto.name = 'long-poll';

// For how many seconds the next poll is to be held.
proto.wait = function () {
  return Math.min(this.link.session.terms.wait, this.longest);
};

// Milliseconds before the next poll. Where the gateway holds none (`wait = "0s"`), they come as short-polls do.
proto.pause = function (came) {
  this.cuts = 0;
  return came || this.wait() > 0 ? 0 : this.link.options.pollInterval;
};

// A held poll failed after so many milliseconds. Once is an accident. True if holding makes no sense here.
proto.cut = function (ms) {
  var wait = this.wait();
  this.cuts++;
  if (this.cuts > 1) {
    this.longest = Math.floor(ms >= wait * 1000 ? wait / 4 : ms * 0.75 / 1000);
  }
  return this.longest < 1;
};

proto.stir = function () {
  return -1;
};

module.exports = LongPoll;
