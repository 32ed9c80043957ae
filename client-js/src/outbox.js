// Messages on their way to the gateway: those that it has not acknowledged, and what the carrier of the moment has been
// given of them. Numbers are counted, not stored.

function Outbox() {
  this.queue = [];
  // Numbers: of the last message that has left the queue, of the last that a carrier was ever given, of the next one for
  // the present carrier (0 without one), and of the last that the gateway has.
  this.gone = this.sent = this.next = this.taken = 0;
  this.bytes = 0;
}

Outbox.prototype = {
  // Takes an item, whose `size` counts.
  push: function (item) {
    this.queue.push(item);
    this.bytes += item.size;
  },

  // Number of the last message.
  last: function () {
    return this.gone + this.queue.length;
  },

  // A new carrier begins with the number that is returned: everything that the gateway does not have goes once more.
  attach: function () {
    this.cut();
    this.next = this.gone + 1;
    return this.next;
  },

  // The carrier is gone: nobody counts along any more.
  cut: function () {
    this.next = 0;
    this.settle();
  },

  // Hands over waiting messages: at most so many, of at most so many bytes, but at least one.
  hand: function (most, bytes) {
    var items = [], item;
    while (this.next && this.next <= this.last() && !(items.length >= most)) {
      item = this.queue[this.next - this.gone - 1];
      bytes -= item.size;
      if (items.length && bytes < 0) {
        break;
      }
      items.push(item);
      this.next++;
    }
    this.sent = Math.max(this.sent, this.next - 1);
    this.settle();
    return items;
  },

  // The gateway has everything up to `number`. False if it can't have.
  ack: function (number) {
    if (number > this.sent) {
      return false;
    }
    this.taken = Math.max(this.taken, number);
    this.settle();
    return true;
  },

  // Forgets what the gateway has. Acknowledged ahead of what the present carrier has repeated, it stays: the other end
  // counts along, so that what it has been told to expect has to come.
  settle: function () {
    var upTo = this.next ? Math.min(this.taken, this.next - 1) : this.taken;
    while (this.gone < upTo) {
      this.bytes -= this.queue.shift().size;
      this.gone++;
    }
  },

  // What the gateway has not acknowledged, oldest first.
  unacked: function () {
    return this.queue.slice(this.taken - this.gone);
  },

  // Takes a message out that the gateway can't have taken. Those behind it get its number.
  remove: function (number) {
    var item = this.queue.splice(number - this.gone - 1, 1)[0];
    this.bytes -= item.size;
    this.sent -= number <= this.sent ? 1 : 0;
    this.next -= number < this.next ? 1 : 0;
    return item;
  }
};

module.exports = Outbox;
