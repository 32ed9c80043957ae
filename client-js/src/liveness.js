// When a WebSocket is to be left: it is mute, in either direction.

// Milliseconds beyond the gateway's ping that silence is borne.
var GRACE = 10000;

function mixin(proto, phases) {
  // Judges what has, and has not, happened by now.
  proto.judge = function (now) {
    var outbox = this.session.outbox;
    if (this.deadline && this.asked && this.heard > this.asked) {
      this.deadline = this.asked = 0;
    }
    if (this.deadline && now >= this.deadline) {
      this.late();
    } else if (this.phase === phases.ATTACHED) {
      this.notice(now, outbox, this.link.session.terms.ping * 1000);
    }
  };

  proto.late = function () {
    if (this.phase === phases.CONNECTED) {
      this.deadline = 0;
      this.greet(true);
    } else {
      this.fail('nothing came in time');
    }
  };

  proto.notice = function (now, outbox, ping) {
    var buffered = this.ws.bufferedAmount || 0;
    if (buffered < this.buffered) {
      // A slow line is no dead one.
      this.since = now;
    }
    this.buffered = buffered;
    if (now - this.heard >= ping + GRACE) {
      this.fail('nothing was heard for too long');
    } else if (outbox.next - 1 > outbox.taken() && !this.busy &&
      now - this.since >= phases.UNACKED + 2 * (this.link.rtt || 0)) {
      this.fail('nothing was acknowledged for too long');
    } else if (now - Math.max(this.pinged || 0, this.lastPing || 0) >= ping) {
      this.lastPing = now;
      this.ping();
    }
  };
}

module.exports = { mixin: mixin };
