'use strict';

// A gateway in virtual time, as far as docs/PROTOCOL.md sections 3 to 8 go. What a client must never do is noted in
// `breaches`.

const Outbox = require('./outbox');
const { Inbox, Lane } = require('./inbox');
const { StreamLink, probe } = require('./gateway_stream');

const TERMS = { ping: 25, wait: 25, resume: 60, max: 65536 };

class Session {
  constructor(gateway, number) {
    this.gateway = gateway;
    this.number = number;
    this.sid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    this.outbox = new Outbox();
    this.inbox = new Inbox();
    this.turn = 0;
    this.link = null;
    this.seen = gateway.clock.time;
    this.used = false;
    this.close = null;
    // What the application here has been given, and has said.
    this.got = [];
    this.said = [];
  }

  push(packet) {
    if (!this.close) {
      this.outbox.push({ text: JSON.stringify(packet), bytes: 1 });
      this.wake();
    }
  }

  // The application says something.
  say(value) {
    if (!this.close) {
      this.said.push(value);
      this.push({ event: 'm', data: value });
    }
  }

  wake() {
    if (this.link) {
      this.link.deliver();
    }
  }

  take(packets) {
    for (const packet of packets) {
      if (packet.event === 'm') {
        this.got.push(packet.data);
      }
      if (packet.id) {
        this.push({ reply: packet.id, data: packet.data });
      }
    }
  }

  attach(link, turn, after) {
    if (turn < this.turn) {
      return { stale: this.turn };
    }
    if (after !== undefined && this.outbox.ack(after)) {
      this.gateway.breaches.push(`after=${after} lies beyond ${this.outbox.sent}`);
      return { beyond: true };
    }
    this.turn = turn;
    const before = this.link;
    this.link = null;
    if (before) {
      before.moved(turn);
    }
    this.link = link;
    return { from: this.outbox.attach().from };
  }

  detach(link) {
    if (this.link === link) {
      this.link = null;
      this.outbox.cut();
    }
    this.seen = this.gateway.clock.time;
  }

  end(code) {
    if (!this.close) {
      this.close = {
        code, reason: `code ${code}`, last: this.outbox.last(), received: this.inbox.taken
      };
      if (code === 4008) {
        this.outbox.sent = this.outbox.last();
        this.outbox.claimed = this.outbox.last();
        this.outbox.cut();
        if (this.link) {
          this.outbox.attach();
        }
      }
      this.wake();
    }
  }

  open(from) {
    return {
      open: {
        v: 1, session: this.sid, peer: `peer${this.number}`, turn: this.turn, received: this.inbox.taken,
        last: this.outbox.last(), from, ...TERMS, carriers: ['ws', 'stream', 'poll']
      }
    };
  }
}

class Gateway {
  constructor(clock, random) {
    this.clock = clock;
    this.random = random;
    this.sessions = new Map();
    this.keys = new Map();
    this.all = [];
    this.breaches = [];
    // Probabilities that a POST finds the handlers' queue full, and that a WebSocket's message does.
    this.busy = 0;
    this.draining = 0;
    // Milliseconds of silence after which a session that nothing is attached to is gone.
    this.kept = Infinity;
  }

  make(key) {
    const session = new Session(this, this.all.length + 1);
    this.sessions.set(session.sid, session);
    this.all.push(session);
    this.keys.set(key, session);
    session.key = key;
    return session;
  }

  // The session, if it is known and not gone by now.
  find(sid) {
    const session = this.sessions.get(sid);
    if (session && !session.link && this.clock.time - session.seen > this.kept) {
      this.forget(session);
      return undefined;
    }
    if (session) {
      session.seen = this.clock.time;
      session.used = true;
    }
    return session;
  }

  forget(session) {
    session.gone = true;
    this.sessions.delete(session.sid);
    this.keys.delete(session.key);
    if (session.link && session.link.end) {
      session.link.end(1006);
    }
  }

  // The session is gone at once, as in a fault. Its key stays known: against an opening that something on the way repeats
  // behind the back of a gateway that has forgotten everything, no client can do anything.
  lose(session) {
    this.forget(session);
    session.used = true;
    this.keys.set(session.key, session);
  }

  byKey(key) {
    const session = this.keys.get(key);
    if (session && !session.link && this.clock.time - session.seen > this.kept) {
      this.forget(session);
      return undefined;
    }
    return session;
  }

  // Answers a request: `respond` is called with a status and a body, now or later, once.
  // (`pipe` takes an answer that goes on.)
  request({ method, path, query, body }, respond, pipe) {
    const sid = /^\/session\/([^/]+)\/(messages|stream)$/.exec(path);
    if (this.draining > this.clock.time) {
      return respond(503, { error: { code: 4003, message: 'draining' } }, { 'retry-after': '1' });
    }
    if (path === '/session' && method === 'POST') {
      return this.opening(JSON.parse(body), query, respond);
    }
    const session = sid && this.find(sid[1]);
    if (!session) {
      return respond(404, problem(4004, { code: 4004, reason: 'unknown', last: 0, received: 0 }));
    }
    if (sid[2] === 'stream') {
      return query.probe ? probe(session, pipe) : new StreamLink(session, pipe).begin(Number(query.turn), Number(query.after), respond);
    }
    return method === 'GET' ? this.poll(session, query, respond) : this.posted(session, JSON.parse(body), query, respond);
  }

  opening([{ open }, ...packets], query, respond) {
    let session = this.byKey(open.key);
    if (session && session.used) {
      return respond(409, { error: { code: 'used', message: 'used' } });
    }
    session = session || this.make(open.key);
    session.seen = this.clock.time;
    const { repeats } = session.inbox.batch(1, packets.length);
    session.take(packets.slice(repeats));
    if (session.link) {
      return respond(201, session.open());
    }
    const link = new PollLink(session, respond, session.open());
    link.begin(session.turn + 1, undefined, Number(query.wait));
    return undefined;
  }

  poll(session, query, respond) {
    new PollLink(session, respond).begin(Number(query.turn), Number(query.after), Number(query.wait));
  }

  posted(session, packets, query, respond) {
    const numbered = packets.filter((packet) => !packet.close && !packet.ping && packet.ack === undefined);
    const ack = packets.find((packet) => packet.ack !== undefined);
    const close = packets.find((packet) => packet.close);
    if (ack && session.outbox.ack(ack.ack)) {
      this.breaches.push(`ack ${ack.ack} lies beyond ${session.outbox.sent}`);
    }
    if (session.close) {
      return respond(410, problem(session.close.code, session.close));
    }
    const room = this.random() < this.busy ? Math.floor(this.random() * numbered.length) : undefined;
    const came = session.inbox.batch(Number(query.seq), numbered.length, room);
    if (came.refused) {
      return respond(409, { error: { code: 'gap', message: 'gap' }, ack: session.inbox.taken });
    }
    session.take(numbered.slice(came.repeats, came.repeats + came.taken));
    if (came.repeats + came.taken < numbered.length) {
      return respond(429, { error: { code: 4009, message: 'busy' }, ack: session.inbox.taken }, { 'retry-after': '1' });
    }
    if (close) {
      session.end(4000);
    }
    return respond(200, { ack: session.inbox.taken });
  }
}

function problem(code, close) {
  return { error: { code, message: close.reason }, close };
}

// A GET that is parked until there is something to say.
class PollLink {
  constructor(session, respond, open) {
    this.session = session;
    this.respond = respond;
    this.head = open || {};
  }

  begin(turn, after, wait) {
    const attached = this.session.attach(this, turn, after);
    if (attached.stale !== undefined) {
      this.respond(409, { error: { code: 'stale', message: 'stale' }, turn: attached.stale });
      return;
    }
    if (attached.beyond) {
      this.respond(400, { error: { code: 4002, message: 'beyond' } });
      return;
    }
    if (this.head.open) {
      this.head.open.turn = this.session.turn;
    }
    this.from = attached.from;
    if (wait === 0) {
      this.answer([]);
    } else {
      this.timer = this.session.gateway.clock.setTimeout(() => this.answer([]), wait * 1000);
      this.deliver();
    }
  }

  deliver() {
    const { outbox, close } = this.session;
    if (outbox.next <= outbox.last() || close) {
      this.answer([]);
    }
  }

  moved(turn) {
    this.answer([{ moved: { turn } }]);
  }

  answer(controls) {
    const { session } = this;
    session.gateway.clock.clearTimeout(this.timer);
    const isAttached = session.link === this;
    const messages = isAttached ? session.outbox.hand().map((item) => JSON.parse(item.text)) : [];
    if (session.close && isAttached) {
      controls.push({ close: session.close });
    }
    const control = controls.length > 0 ? { control: controls } : {};
    session.detach(this);
    this.respond(this.head.open ? 201 : 200, { ...this.head, from: this.from, messages, ...control });
  }
}

module.exports = { Gateway, Lane, TERMS };
