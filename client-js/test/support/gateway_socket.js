'use strict';

// The gateway's end of a WebSocket, in virtual time.

const { Lane } = require('./inbox');

class SocketLink {
  // `say` sends a text to the client, `end` closes with a code.
  constructor(gateway, say, end) {
    this.gateway = gateway;
    this.sendText = say;
    this.endWith = end;
    this.session = null;
    this.lane = null;
    this.owed = 0;
    this.isOver = false;
    this.heard = this.said = gateway.clock.time;
    this.tick();
  }

  say(packet) {
    if (!this.isOver) {
      this.said = this.gateway.clock.time;
      this.sendText(JSON.stringify(packet));
    }
  }

  end(code) {
    if (!this.isOver) {
      this.isOver = true;
      if (this.session) {
        this.session.detach(this);
      }
      this.endWith(code);
    }
  }

  // The connection is gone.
  cut() {
    this.isOver = true;
    if (this.session) {
      this.session.detach(this);
    }
  }

  // Once a second: what is owed, what is overdue.
  tick() {
    const { clock } = this.gateway;
    if (this.isOver) {
      return;
    }
    if (this.gateway.draining > clock.time) {
      this.say({ drain: { retry: 500 } });
      this.end(4003);
      return;
    }
    if (clock.time - this.heard > (this.session ? 35000 : 10000)) {
      this.end(this.session ? 1001 : 4002);
      return;
    }
    if (this.owed) {
      this.acknowledge();
    }
    if (this.isAttached && clock.time - this.said >= 25000) {
      this.say({ ping: 1 });
    }
    clock.setTimeout(() => this.tick(), 1000);
  }

  hear(text) {
    if (this.isOver) {
      return;
    }
    this.heard = this.gateway.clock.time;
    const packet = JSON.parse(text);
    if (packet.open || packet.resume) {
      this.begin(packet);
    } else if (!this.session) {
      this.breach('something before `open` or `resume`');
    } else if (packet.attach) {
      this.attach(packet.attach);
    } else {
      this.session.seen = this.heard;
      this.packet(packet);
    }
  }

  begin(packet) {
    if (this.session) {
      this.breach('a second `open` or `resume`');
      return;
    }
    const session = packet.open ? this.gateway.byKey(packet.open.key) : this.gateway.find(packet.resume.session);
    if (packet.open && session && session.used) {
      this.end(4002);
    } else if (packet.open && !session) {
      this.session = this.gateway.make(packet.open.key);
      this.lane = new Lane(this.session.inbox, true);
      const { from } = this.session.attach(this, this.session.turn + 1);
      this.isAttached = true;
      this.say(this.session.open(from));
    } else if (!session) {
      this.say({ close: { code: 4004, reason: 'unknown', last: 0, received: 0 } });
      this.end(4004);
    } else {
      this.session = session;
      this.lane = new Lane(session.inbox, !!packet.open);
      this.say(session.open());
    }
  }

  attach({ after, turn }) {
    if (this.isAttached) {
      this.breach('a second `attach`');
      return;
    }
    const attached = this.session.attach(this, turn, after);
    if (attached.stale !== undefined) {
      this.moved(attached.stale);
    } else if (attached.beyond) {
      this.end(4002);
    } else {
      this.isAttached = true;
      this.session.used = true;
      this.say({ from: attached.from });
      this.deliver();
    }
  }

  packet(packet) {
    const { session, lane } = this;
    if (packet.ack !== undefined) {
      session.used = true;
      if (session.outbox.ack(packet.ack)) {
        this.breach(`ack ${packet.ack} lies beyond ${session.outbox.sent}`);
      }
    } else if (packet.from !== undefined) {
      if (lane.from(packet.from).refused) {
        this.breach(`from ${packet.from} leaves a message out`);
      }
    } else if (packet.ping !== undefined) {
      this.say({ pong: packet.ping });
    } else if (packet.close) {
      session.end(4000);
      this.deliver();
    } else if (packet.pong === undefined) {
      this.message(packet);
    }
  }

  message(packet) {
    if (this.session.close) {
      return;
    }
    const verdict = this.lane.message(this.gateway.random() >= this.gateway.busy / 10);
    if (verdict.refused) {
      this.breach('a message before `from`');
    } else if (verdict === 'busy') {
      this.say({ ack: this.session.inbox.taken, busy: 200 });
    } else if (verdict !== 'dropped') {
      this.owed++;
      if (verdict === 'take') {
        this.session.take([packet]);
      }
      if (this.owed >= 32 || !this.isAttached) {
        this.acknowledge();
      }
    }
  }

  acknowledge() {
    this.owed = 0;
    this.say({ ack: this.session.inbox.taken });
  }

  deliver() {
    const { session } = this;
    if (!this.isAttached || session.link !== this) {
      return;
    }
    for (const item of session.outbox.hand()) {
      this.say(JSON.parse(item.text));
    }
    if (session.close) {
      this.say({ close: session.close });
      this.end(session.close.code);
    }
  }

  moved(turn) {
    this.say({ moved: { turn } });
    this.end(4006);
  }

  breach(what) {
    this.gateway.breaches.push(what);
    this.end(4002);
  }
}

module.exports = { SocketLink };
