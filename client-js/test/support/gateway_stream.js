'use strict';

// The gateway's end of a stream, in virtual time: a GET whose answer goes on, one packet a line.

const PRELUDE = `${' '.repeat(64)}\n`;
// Bytes after which it ends itself: little, so that this happens.
const BOUND = 600;

class StreamLink {
  // `pipe` takes what is written: `write(text)`, `end()`.
  constructor(session, pipe) {
    this.session = session;
    this.pipe = pipe;
    this.gateway = session.gateway;
    this.bytes = 0;
    this.isOver = false;
  }

  begin(turn, after, respond) {
    const attached = this.session.attach(this, turn, after);
    if (attached.stale !== undefined) {
      respond(409, { error: { code: 'stale', message: 'stale' }, turn: attached.stale });
      return;
    }
    if (attached.beyond) {
      respond(400, { error: { code: 4002, message: 'beyond' } });
      return;
    }
    this.pipe.onCut = () => this.cut();
    this.said = this.gateway.clock.time;
    this.pipe.write(PRELUDE);
    this.say(this.session.open(attached.from));
    this.deliver();
    this.tick();
  }

  say(packet) {
    const line = `${JSON.stringify(packet)}\n`;
    this.said = this.gateway.clock.time;
    this.bytes += line.length;
    this.pipe.write(line);
  }

  deliver() {
    const { session } = this;
    if (this.isOver || session.link !== this) {
      return;
    }
    while (session.outbox.next <= session.outbox.last() && this.bytes < BOUND) {
      this.say(JSON.parse(session.outbox.hand(1)[0].text));
    }
    if (this.bytes >= BOUND) {
      this.end();
    } else if (session.close) {
      this.say({ close: session.close });
      this.end();
    }
  }

  moved(turn) {
    if (!this.isOver) {
      this.say({ moved: { turn } });
      this.end();
    }
  }

  end() {
    this.cut();
    this.pipe.end();
  }

  cut() {
    this.isOver = true;
    this.session.detach(this);
  }

  tick() {
    const { clock, draining } = this.gateway;
    if (this.isOver) {
      return;
    }
    this.session.seen = clock.time;
    if (draining > clock.time) {
      this.say({ drain: { retry: 500 } });
      this.end();
      return;
    }
    if (clock.time - this.said >= 25000) {
      this.say({ ping: 1 });
    }
    clock.setTimeout(() => this.tick(), 1000);
  }
}

// Whether something on the way holds streams back.
function probe(session, pipe) {
  pipe.write(PRELUDE);
  pipe.write(`${JSON.stringify(session.open())}\n`);
  session.gateway.clock.setTimeout(() => {
    pipe.write('{"ping":0}\n');
    pipe.end();
  }, 300);
}

module.exports = { StreamLink, probe };
