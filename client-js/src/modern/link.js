// What carries a session at the moment: functions of a client `w` (index.js has its methods, session.js its queue).
//
// Two carriers receive: `w.get`, the GET under way (or the POST that opens the session), and `w.ws`, a WebSocket; `w.holder` is
// the name of the kind that has the delivery. A carrier is an object {name, stop(), from, ...}: `from` is the number of the next
// message it brings, 0 as long as it is not attached. One that is neither `w.get` nor `w.ws` any more is heard no more: what was
// in flight there comes again. A request that is no carrier has no name.

const { asText, isNumber, parse } = require('./wire');
const {
  ask, base, carriers, confirm, expect, forget, giveBack, hand, later, LONG, measured, now, opening, renew, SHARE, SHORT, up
} = require('./session');
const { acknowledge, alive, ASKED, attach, attached, ATTACHED, ATTACHING, greet, look, pause, ping, pour, say, socket } = require('./socket');

// Brings what is carried, and how, to what it should be. May be called at any time.
function settle(w) {
  const name = base(w), names = carriers(w), above = name ? names.slice(0, names.indexOf(name)) : names;
  const best = above.find((one) => !w.resting[one]), wantsSocket = above.includes('ws');
  if (w.isOver || w.holding) {
    return;
  }
  if (w.ws && !wantsSocket && !w.ws.from) {
    // It would take the delivery as soon as it stood. One that has it keeps it until another does.
    dropSocket(w);
  }
  if (name && !(wantsSocket && w.holder === 'ws') && !(w.get && w.get.name === name)) {
    receive(w, name);
  }
  if (!w.ws && wantsSocket && (!name || best === 'ws')) {
    socket(w);
  } else if (!w.ws && best === 'stream' && !w.probe && w.get && w.holder === w.get.name) {
    probe(w);
  }
}

// A carrier failed after `lived` milliseconds of service (0: it never came that far). Good service that ends may be an
// accident; what never came about, or ends twice, is a pattern, and rests.
function fell(w, name, lived) {
  const { falls, resting } = w, count = lived > LONG ? 0 : falls[name] || +!lived;
  falls[name] = count + 1;
  resting[name] = later(w, () => {
    resting[name] = 0;
    settle(w);
  }, [0, LONG, 120000, 600000][Math.min(count, 3)]);
  if (name === 'stream') {
    w.isFlowing = 0;
  }
}

// Waits before anything is tried again.
function hold(w, ms) {
  w.env.clearTimeout(w.holding);
  w.holding = later(w, () => release(w), ms);
}

function release(w) {
  w.env.clearTimeout(w.holding);
  w.holding = 0;
  settle(w);
  flush(w);
}

function dropGet(w) {
  const c = w.get;
  w.get = 0;
  c && c.stop();
}

function dropSocket(w) {
  const c = w.ws;
  w.ws = 0;
  if (c) {
    w.holder = w.holder === 'ws' ? '' : w.holder;
    c.stop();
  }
}

// Gives a request up that is no carrier: `post`, `probe`.
function giveUp(w, name) {
  w[name] && w[name]();
  w[name] = 0;
}

// Receives by a GET, in place of the one under way: its turn is lower, so that it can't take the delivery back. No poll is
// held before one has been answered since the last failure: an answer at once tells that the way is good.
//
// Without a session it is the POST that opens one, with the first messages: the answer is a poll's as well. Only the first
// attempt brings messages: once an answer is lost, each further one would add to what a session may have taken that is gone
// before it is reached.
function receive(w, name) {
  const { sid } = w, isStream = sid && name === 'stream', c = { name, began: now(w), from: 0, size: 0 };
  let wait = w.isProved ? w.terms.wait : 0, path, body;
  dropGet(w);
  if (w.ws && w.ws.phase === ATTACHING) {
    return;
  }
  w.get = c;
  if (sid) {
    path = `/${sid}/${isStream ? 'stream' : 'messages'}?after=${w.told = w.received}&turn=${++w.turn}&wait=${wait}`;
  } else {
    const items = hand(w, w.carriedAt ? 0 : 1024, SHARE);
    w.began = now(w);
    w.carried = w.carriedAt ? w.carried : items.length;
    w.carriedAt = w.carriedAt || w.began;
    // It waits a moment for a reply where one is asked for.
    wait = +items.some(({ id }) => id);
    path = '?wait=' + wait;
    body = `[${[opening(w), ...items.map(asText)]}]`;
  }
  if (isStream) {
    expect(w, c, SHORT + 2 * w.rtt);
  }
  c.stop = ask(w, path, body, isStream ? 2e9 : wait * 1000 + w.given.connectTimeout,
    isStream && ((line) => w.get === c && (c.from || /"open/.test(line)) && hear(w, c, line)), (answer, ms) => answered(w, c, answer, ms, isStream, wait));
}

function answered(w, c, answer, ms, isStream, wait) {
  const { body } = answer;
  if (isStream && c.from) {
    // It ended by itself, behind what it brought, or else.
    answer.status === 200 && (c.size || ms > 1000) ? receive(w, c.name) : up.failed(w, c, 'cut');
  } else if (answer.code !== 'ok') {
    refused(w, c, answer);
  } else {
    [].concat(body.open ? { open: body.open } : [], { from: body.from }, body.messages, body.control || []).forEach((packet) => hear(w, c, packet));
    if (w.get === c && c.from) {
      wait || measured(w, ms);
      w.isProved = 1;
      receive(w, c.name);
    } else {
      up.failed(w, c, 'gap');
    }
  }
}

// A request was answered with a refusal, or with nothing of the protocol.
function refused(w, c, { code, body, retry, why }) {
  if (code === 'close') {
    // What brings no messages is no end to them: the receiving carrier is told the same.
    c.name ? up.end(w, body.close) : check(w, w.get);
  } else if (code === 'stale') {
    up.moved(w, c, body.turn);
  } else if (code === 4003 || code === 4009) {
    up.paused(w, c, code, retry);
  } else if (code === 4002 && !w.sid) {
    // Nothing of the opening was taken.
    w.carried ? receive(w, c.name, w.carried = w.top = 0) : up.end(w, { code, reason: why });
  } else {
    code === 'used' && used(w);
    up.failed(w, c, why);
  }
}

// The session that this key opened is in use, or gone: it is nothing that we know of.
function used(w) {
  forget(w);
  renew(w);
}

// Tries a stream beside the poll in use: whether what the gateway writes 300 ms apart also arrives apart. Something that
// buffers would hold everything back to the stream's end.
function probe(w) {
  let shown;
  const finish = (isFlowing) => {
    giveUp(w, 'probe');
    isFlowing > 99 ? w.isFlowing = 1 : fell(w, 'stream', 0);
    settle(w);
  };
  w.probe = ask(w, `/${w.sid}/stream?probe=1`, undefined, 1300 + 2 * w.rtt, () => shown ? finish(now(w) - shown) : shown = now(w), finish);
}

// A carrier brings something.
function hear(w, c, data) {
  if (w.ws !== c && w.get !== c) {
    return;
  }
  try {
    const packet = parse(data), kind = packet.kind = KINDS.find((name) => name in packet);
    alive(w, c);
    if (HEARD[kind]) {
      HEARD[kind](w, c, packet[kind], packet);
    } else if (!kind || !c.from || c.from > w.received + 1) {
      throw 'garbage';
    } else if (c.from++ > w.received) {
      c.size += data.length || data.byteLength;
      w.received++;
      if (c.name !== 'long-poll' && (w.received - w.told > 31 || c.size > SHARE || c.ws && now(w) - w.looked > 2000)) {
        // In the background the next look is far.
        acknowledge(w, c);
      }
      w.give(packet, w.received);
    }
  } catch (why) {
    up.failed(w, c, why + '');
  }
}

// What control packets do, by their kind. They get what stands behind it, and the whole packet.
const HEARD = {
  // The first one names the session, later ones tell how far the gateway is.
  open(w, c, terms) {
    const { session, turn, received, from, max } = terms, isFirst = !w.sid;
    if (![turn, received, terms.ping, terms.wait, max].every(isNumber)) {
      throw 'garbage';
    }
    w.sid = w.sid || session;
    w.turn = isFirst ? turn : w.turn;
    w.terms = terms;
    // There has to be room for the acknowledgement and the goodbye beside a message.
    terms.max *= 0.9;
    w.peer = terms.peer;
    if (w.sid !== session || turn > w.turn || !confirm(w, received)) {
      return up.end(w, { code: turn > w.turn ? 4006 : 4004, reason: 'another session' });
    }
    if (isFirst) {
      begun(w, terms);
    }
    if (from) {
      attached(w, c, from);
    } else if (c.phase === ASKED) {
      attach(w, c);
    }
  },
  from(w, c, from) {
    // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
    from > 0 && from <= w.received + 1 && attached(w, c, from);
  },
  ping(w, c, pong) {
    c.ws && say(c, { pong });
  },
  pong(w, c) {
    measured(w, now(w) - c.pinged);
  },
  ack(w, c, number, { busy }) {
    if (!confirm(w, number)) {
      throw 'garbage';
    }
    c.since = now(w);
    if (c.ws && busy >= 0) {
      c.next = 0;
      pause(w, c, busy);
    }
    flush(w);
  },
  moved: (w, c, { turn }) => up.moved(w, c, turn),
  drain: (w, c, { retry }) => up.paused(w, c, 4003, retry),
  close: (w, c, close) => c.ws && !c.from && base(w) ? up.failed(w, c, 'closed') : up.end(w, close)
};

// The kinds of packets the gateway sends: the first are numbered.
const KINDS = ['event', 'reply', 'error', 'lost', 'joined', 'left', 'disconnect', ...Object.keys(HEARD)];

// The session is open.
function begun(w, { resume, max }) {
  if (!w.acked && w.began - w.carriedAt > resume * 1000) {
    forget(w);
  }
  w.carried = 0;
  for (let at = w.queue.length; w.acked + at-- > w.top;) {
    w.queue[at].size < max || giveBack(w, at, 'too_large');
  }
  w.ws && greet(w, w.ws);
}

// From now on this carries the session.
function carry(w, name) {
  const { before, isTold } = w;
  w.fails = 0;
  if (w.holder !== name || w.carrier !== name) {
    w.holder = w.before = name;
    if (name === 'ws') {
      dropGet(w);
      giveUp(w, 'probe');
    } else if (w.ws && w.ws.from) {
      dropSocket(w);
    }
    w.isTold = w.sid;
    w.isProved = 0;
    w.show('open', name, name);
    if (w.state === 'open') {
      name === before || w.fire('carrier', name, { before, 'why': w.why });
      isTold === w.sid || w.fire('open', { peer: w.peer, session: 'new', carrier: name });
    }
    settle(w);
    flush(w);
  }
}

// Sends what waits, by whatever takes it now. `isOwed`: and acknowledges.
function flush(w, isOwed) {
  if (w.ws && w.ws.phase >= ATTACHING) {
    pour(w, w.ws);
  } else if (w.sid && !w.holding && !w.isOver && !w.post && base(w) && (w.queue[0] || w.goodbye || isOwed)) {
    post(w);
  }
}

// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes.
function post(w) {
  const { acked, queue, received, goodbye } = w, items = hand(w, w.most, w.terms.max), texts = items.map(asText);
  const count = items.length, isLast = goodbye && count === queue.length;
  // What came last would count as never delivered without an acknowledgement before the goodbye.
  (received > w.told || isLast) && texts.push(`{"ack":${received}}`);
  isLast && texts.push(JSON.stringify(goodbye));
  const body = `[${texts}]`;
  w.post = ask(w, `/${w.sid}/messages?seq=${acked + 1}`, body, 2 * (SHORT + w.rtt) + body.length / 16, 0, (answer, ms) => {
    const { code, body: { ack }, why } = answer, hasAll = confirm(w, ack) && w.acked >= acked + count;
    w.post = 0;
    body.length < 4000 && measured(w, ms);
    if (ack < acked || ack > w.top) {
      // Whatever it has under these numbers was not said here.
      return up.end(w, { code: 4004, reason: 'another session' });
    }
    if (code === 'ok' && hasAll || code === 4002 && !count) {
      w.told = Math.max(w.told, received);
      w.most = Math.min(w.most * 2, 1024);
      isLast && up.saidGoodbye(w);
    } else {
      // Halves find the message that is refused, or what a slow line takes.
      w.most = count >> 1 || 1;
      if (code !== 4002 && code !== 'gap') {
        return refused(w, {}, answer);
      }
      code === 4002 && count < 2 && acked === w.acked && !(w.ws && w.ws.phase >= ATTACHING) && giveBack(w, 0, code, why);
    }
    flush(w);
  });
}

// Looks once a second after what lives. The machine slept, its clock was set, or the page is in the background, where timers
// are rare: nothing is known of the time between. Ask first, decide then; what was asked and never answered is dead.
function watch(w) {
  const passed = now(w) - w.looked;
  [w.ws, w.get].forEach((c) => {
    if (c && c.deadline) {
      const isLate = now(w) >= c.deadline;
      if ((passed < 0 || passed > SHORT && (c.ws || isLate)) && !c.isDoubted) {
        check(w, c);
        c.isDoubted = 1;
      } else if (isLate) {
        up.failed(w, c, 'silent');
      } else if (c.phase === ATTACHED) {
        look(w, c);
      } else if (!c.ws && now(w) % 5000 < 1000) {
        acknowledge(w, c);
      }
    }
  });
  w.looked = now(w);
  w.isOver || later(w, () => watch(w), 1000);
}

// Makes sure that a carrier is alive.
function check(w, c) {
  if (c && c.ws) {
    c.since = now(w);
    expect(w, c, SHORT);
    c.from && ping(w, c);
  } else if (c) {
    w.isProved = 0;
    receive(w, c.name);
  }
}

Object.assign(up, { carry, flush, hear, used });

module.exports = { check, dropGet, dropSocket, fell, flush, giveUp, hold, receive, release, settle, watch };
