// The pure session: what has been taken, what is on its way, whose turn it is. It knows no clock, no timer, no page;
// whatever can lose, double or reorder a message is decided here, and tests/vectors hold it to the gateway's own.

var Outbox = require('./outbox');
var inbox = require('./inbox');

// What is supposed of a gateway as long as its `open` has not said it.
var TERMS = { ping: 25, wait: 25, resume: 60, max: 0 };

function Session() {
  this.outbox = new Outbox();
  this.inbox = new inbox.Inbox();
  this.sid = '';
  this.peer = '';
  // The highest turn this page has used or been given.
  this.turn = 0;
  this.terms = TERMS;
  // Raised for each message that asks for a reply.
  this.ids = 0;
}

// `open` came: the first one names the session, later ones tell how far the gateway is. Null, or what is wrong.
Session.prototype.open = function (open) {
  if (this.sid && this.sid !== open.session) {
    return { refused: 'session' };
  }
  if (this.sid && open.turn > this.turn) {
    return { refused: 'moved' };
  }
  this.sid = open.session;
  this.peer = open.peer;
  this.terms = open;
  this.turn = Math.max(this.turn, open.turn);
  return this.outbox.ack(open.received);
};

// The turn of a new attach: higher than any before, so that whatever is late loses.
Session.prototype.raise = function () {
  return ++this.turn;
};

// Another page, or something that copied this one, has taken the session over: this turn was never ours.
Session.prototype.isForeign = function (turn) {
  return turn > this.turn;
};

// The counter of a carrier that brings one message after the other.
Session.prototype.lane = function (opens) {
  return new inbox.Lane(this.inbox, opens);
};

module.exports = Session;
