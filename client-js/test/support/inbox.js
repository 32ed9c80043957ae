'use strict';

// Messages from the gateway: taken once and in order, whatever carriers bring them (src/session/lane.rs).

function Inbox() {
  // Number of the last message taken.
  this.taken = 0;
}

// So many messages come at once, the first with this number. `room` is how many of them find a place (absent: all).
Inbox.prototype.batch = function (first, count, room) {
  var repeats, fresh;
  if (first > this.taken + 1) {
    return { refused: 'gap', taken: this.taken };
  }
  repeats = Math.min(count, this.taken + 1 - first);
  fresh = count - repeats;
  fresh = room === undefined ? fresh : Math.min(fresh, room);
  this.taken += fresh;
  return { repeats: repeats, taken: fresh };
};

// The counter of one carrier: while one still brings 2 and 3, another may take over and repeat them.
function Lane(inbox, opens) {
  this.inbox = inbox;
  this.next = opens ? 1 : 0;
  this.busy = false;
}

// The gateway says that its next message here has this number.
Lane.prototype.from = function (number) {
  if (number > this.inbox.taken + 1) {
    return { refused: 'gap', taken: this.inbox.taken };
  }
  this.next = Math.max(number, 1);
  this.busy = false;
  return 'ok';
};

// One message comes, and there is a place for it or not.
Lane.prototype.message = function (room) {
  var came;
  if (!this.next) {
    return { refused: 'no-from' };
  }
  if (this.busy) {
    return 'dropped';
  }
  came = this.inbox.batch(this.next, 1, room ? 1 : 0);
  if (came.repeats + came.taken === 0) {
    this.busy = true;
    return 'busy';
  }
  this.next++;
  return came.taken ? 'take' : 'repeat';
};

module.exports = { Inbox: Inbox, Lane: Lane };
