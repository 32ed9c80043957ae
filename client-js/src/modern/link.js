// What carries a session at the moment: functions of a client `w` (index.js has its methods, session.js its queue).
//
// Two carriers receive: `w.get`, the GET under way, and `w.ws`, a WebSocket; `w.holder` is the name of the kind that has the
// delivery. A carrier is an object {name, stop(), from, ...}: `from` is the number of the next message it brings, 0 as long as
// it is not attached. One that is neither `w.get` nor `w.ws` any more is heard no more: what was in flight there comes again.

const { isNumber, parse, read } = require('./wire');
const { begun, greeted, open, used } = require('./opening');
const post = require('./post');
const { ask, base, carriers, confirm, expect, later, lines, LONG, measured, now, SHARE, SHORT, take, up } = require('./session');
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
  if (name && !w.sid) {
    open(w);
  } else if (name && !(wantsSocket && w.holder === 'ws') && !(w.get && w.get.name === name)) {
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
function receive(w, name) {
  const isStream = name === 'stream', wait = w.isProved ? Math.min(w.terms.wait, w.longest) : 0;
  dropGet(w);
  if (w.ws && w.ws.phase === ATTACHING) {
    return;
  }
  const c = w.get = { name, began: now(w), from: +!isStream, size: 0 };
  const query = `after=${w.told = w.received}&turn=${++w.turn}`;
  if (isStream) {
    expect(w, c, SHORT + 2 * w.rtt);
    c.stop = lines(w, query, 2e9, (line) => w.get === c && (c.from || line.includes('"open"')) && hear(w, c, line), (answer) => {
      if (!c.from) {
        refused(w, c, answer);
      } else if (answer.status === 200 && (c.size || now(w) - c.began > 1000)) {
        // It ended by itself, behind what it brought.
        receive(w, name);
      } else {
        up.failed(w, c, 'cut');
      }
    });
  } else {
    c.stop = ask(w, `/${w.sid}/messages?${query}&wait=${wait}`, undefined, (wait + 10) * 1000, 0, (answer, ms) => {
      if (answer.code !== 'ok' || !batch(w, answer.body, c)) {
        refused(w, c, answer, wait);
      } else if (w.get === c) {
        wait ? w.cuts = 0 : measured(w, ms);
        w.isProved = 1;
        receive(w, name);
        carry(w, name);
      }
    });
  }
}

// A request (`c` is 0 where it is no carrier) was answered with a refusal, or with nothing of the protocol. Where held polls
// fail again and again they are held for less.
function refused(w, c, { code, body, retry, why }, wait) {
  if (code === 'close') {
    up.over(w, body.close);
  } else if (code === 'stale') {
    up.moved(w, c, body.turn);
  } else if (code === 4003 || code === 4009) {
    up.paused(w, code, retry, c);
  } else {
    if (wait && ++w.cuts > 1) {
      w.longest = wait >> 1 || 1;
    }
    up.failed(w, c, why);
  }
}

// Tries a stream beside the poll in use: whether what the gateway writes 300 ms apart also arrives apart. Something that
// buffers would hold everything back to the stream's end.
function probe(w) {
  let shown;
  function finish(isFlowing) {
    giveUp(w, 'probe');
    isFlowing ? w.isFlowing = 1 : fell(w, 'stream', 0);
    settle(w);
  }
  w.probe = lines(w, 'probe=1', 1300 + 2 * (w.rtt || 1000), () => {
    if (shown) {
      finish(now(w) - shown > 99);
    } else {
      shown = now(w);
    }
  }, () => finish());
}

// Takes a poll's answer. `between` is called when its messages are counted, before they are delivered. False where it is
// none, or where a message is missing, which only the `close` of a slow consumer explains.
function batch(w, { from, messages, control = [] }, c, between) {
  const { sid } = w;
  try {
    messages.concat(control).forEach(read);
  } catch (e) {
    return;
  }
  const fresh = isNumber(from) && take(w, from, messages);
  if (!fresh && (messages[0] || !control[0])) {
    return;
  }
  between && between();
  w.deliver(fresh || []);
  control.forEach((packet) => w.sid === sid && !w.isOver && HEARD[packet.kind] && HEARD[packet.kind](w, c, packet[packet.kind], packet));
  return 1;
}

// A WebSocket or a stream brings something.
function hear(w, c, data) {
  let packet;
  alive(w, c);
  try {
    packet = parse(data);
  } catch (e) {
    return up.failed(w, c, 'garbage');
  }
  if (HEARD[packet.kind]) {
    return HEARD[packet.kind](w, c, packet[packet.kind], packet);
  }
  const fresh = c.from && take(w, c.from++, [packet]);
  if (!fresh) {
    return up.failed(w, c, 'a message is missing');
  }
  c.size += data.length || data.byteLength;
  if (w.received - w.told > 31 || c.size > SHARE || c.ws && now(w) - w.looked > 2000) {
    // In the background the next look is far.
    acknowledge(w, c);
  }
  w.deliver(fresh);
}

// What control packets do, by their kind. They get what stands behind it, and the whole packet.
const HEARD = {
  open(w, c, terms) {
    const isFirst = !w.sid, { from } = terms;
    if (c.ws && from) {
      c.phase = ATTACHING;
    }
    if (greeted(w, terms, c)) {
      isFirst && begun(w);
      if (w.ws === c || w.get === c) {
        if (from) {
          attached(w, c, from);
        } else if (c.phase === ASKED) {
          attach(w, c);
        }
      }
    }
  },
  from(w, c, from) {
    // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
    if (c.phase === ATTACHING && from <= w.received + 1) {
      attached(w, c, from);
    }
  },
  ping(w, c, pong) {
    c.ws && say(w, c, { pong });
  },
  pong(w, c) {
    measured(w, now(w) - c.pinged);
  },
  ack(w, c, number, { busy }) {
    if (!confirm(w, number)) {
      return up.failed(w, c, 'it acknowledges what was never sent');
    }
    c.since = now(w);
    if (c.ws && isNumber(busy)) {
      c.next = 0;
      pause(w, c, busy);
    }
    flush(w);
  },
  moved: (w, c, { turn }) => up.moved(w, c, turn),
  drain: (w, c, { retry }) => up.paused(w, 4003, retry, c),
  close: (w, c, close) => up.over(w, close, c.from === 0)
};

// From now on this carries the session.
function carry(w, name) {
  const { before, carrier, holder, isTold } = w;
  w.fails = 0;
  if (holder !== name || carrier !== name) {
    w.holder = w.before = name;
    if (name === 'ws') {
      dropGet(w);
      giveUp(w, 'probe');
    } else if (w.ws && w.ws.from) {
      dropSocket(w);
    }
    w.isTold = w.sid;
    w.show('open', `Connected over ${name}.`, name);
    if (w.state === 'open') {
      name === before || w.fire('carrier', name, { before, why: w.why });
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
  } else if (w.sid && !w.holding && !w.isOver && base(w)) {
    post(w, isOwed);
  }
}

// Looks once a second after what lives. The machine slept, its clock was set, or the page is in the background, where timers
// are rare: nothing is known of the time between. Ask first, decide then; what was asked and never answered is dead.
function watch(w) {
  const passed = now(w) - w.looked;
  for (const c of [w.ws, w.get]) {
    if (c && c.deadline) {
      const isLate = now(w) >= c.deadline;
      if ((passed < 0 || passed > SHORT && (c.ws || isLate)) && !c.isDoubted) {
        check(w, c);
        c.isDoubted = 1;
      } else if (isLate && c.phase === 1) {
        expect(w, c, SHORT);
        greet(w, c, 1);
      } else if (isLate) {
        up.failed(w, c, 'silent');
      } else if (c.phase === ATTACHED) {
        look(w, c);
      } else if (!c.ws && now(w) % 5000 < 1000) {
        acknowledge(w, c);
      }
    }
  }
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

Object.assign(up, { batch, carry, flush, hear, receive, refused, settle, used });

module.exports = { check, dropGet, dropSocket, fell, flush, giveUp, hold, receive, release, settle, watch };
