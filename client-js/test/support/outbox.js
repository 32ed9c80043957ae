'use strict';

// The gateway's end of what tests/vectors hold both ends to: messages on their way to a client, as src/session/outbox.rs
// has them.

function Outbox() {
  this.queue = [];
  this.acked = 0;
  // Number of the highest message ever handed to a carrier.
  this.sent = 0;
  // Number of the next message for the present carrier; 0 without one.
  this.next = 0;
  // Acknowledged ahead of what the present carrier has repeated: its receiver counts along, so that what it has been
  // told to expect has to come.
  this.claimed = 0;
  this.bytes = 0;
}

var proto = Outbox.prototype;

// Takes an item, whose `bytes` count. Returns its number.
proto.push = function (item) {
  this.queue.push(item);
  this.bytes += item.bytes || 0;
  return this.last();
};

// Number of the last message that was given one.
proto.last = function () {
  return this.acked + this.queue.length;
};

// Number up to which the gateway has everything.
proto.taken = function () {
  return Math.max(this.acked, this.claimed);
};

// A new carrier takes the delivery over; the gateway has everything up to `after`, where it says so.
proto.attach = function (after) {
  var beyond = after === undefined ? null : this.ack(after);
  if (beyond) {
    return beyond;
  }
  this.cut();
  this.next = this.acked + 1;
  return { from: this.next };
};

// The carrier is gone: nobody counts along any more.
proto.cut = function () {
  this.next = 0;
  this.settle();
};

// Hands over waiting messages: at most so many, of at most so many bytes, but at least one.
proto.hand = function (most, bytes) {
  var items = [], item;
  while (this.next && this.next <= this.last() && !(items.length >= most)) {
    item = this.queue[this.next - this.acked - 1];
    bytes -= item.bytes;
    if (items.length && bytes < 0) {
      break;
    }
    items.push(item);
    this.next++;
  }
  this.sent = Math.max(this.sent, this.next - 1);
  this.settle();
  return items;
};

// The gateway has everything up to `number`. Null, or why it can't be.
proto.ack = function (number) {
  if (number > this.sent) {
    return { refused: 'beyond', sent: this.sent };
  }
  this.claimed = Math.max(this.claimed, number);
  this.settle();
  return null;
};

proto.settle = function () {
  var upTo = this.next ? Math.min(this.claimed, this.next - 1) : this.claimed;
  var gone = upTo > this.acked ? this.queue.splice(0, upTo - this.acked) : [];
  var i;
  for (i = 0; i < gone.length; i++) {
    this.bytes -= gone[i].bytes || 0;
  }
  this.acked += gone.length;
};

// What the gateway has not acknowledged, oldest first.
proto.unacked = function () {
  return this.queue.slice(this.taken() - this.acked);
};

// Takes a message out that the gateway can't have taken, since it refuses it. Those behind it get its number.
proto.remove = function (number) {
  var item = this.queue.splice(number - this.acked - 1, 1)[0];
  this.bytes -= item.bytes || 0;
  if (number <= this.sent) {
    this.sent--;
  }
  if (number < this.next) {
    this.next--;
  }
  return item;
};

module.exports = Outbox;
