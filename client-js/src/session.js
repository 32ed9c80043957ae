// The pure session: what has been taken, what is on its way, whose turn it is. It knows no clock, no timer, no page;
// whatever can lose, double or reorder a message is decided here and in outbox.js, and tests/vectors hold it to the
// gateway's own.

var Outbox = require('./outbox');

function Session() {
  this.outbox = new Outbox();
  this.sid = '';
  // The highest turn this page has used or been given; the number of the last message taken, and of the last of which the
  // gateway has been told so.
  this.turn = this.taken = this.told = 0;
  // What is supposed of a gateway as long as its `open` has not said it.
  this.terms = { ping: 25, wait: 25 };
}

// Messages come, the first with this number: those that are new. Null where one is missing before them.
Session.prototype.take = function (first, messages) {
  var fresh = first > this.taken + 1 ? null : messages.slice(this.taken + 1 - first);
  this.taken += fresh ? fresh.length : 0;
  return fresh;
};

module.exports = Session;
