// What carries a session at the moment, and what becomes of the session: functions of a client `w` (index.js has its
// methods, session.js its queue).
//
// Two carriers receive: `w.get`, the GET under way (of the kind `w.mode`), and `w.ws`, a WebSocket; `w.holder` is the name of
// the kind that has the delivery. A carrier is an object {name, stop(), from, ...}: `from` is the number of the next message
// it brings, 0 as long as it is not attached. One that is neither `w.get` nor `w.ws` any more is heard no more: what was in
// flight there comes again.

const { read, parse } = require('./wire');
const { begun, greeted, open, used } = require('./opening');
const post = require('./post');
const { ask, base, carriers, confirm, expect, lines, measured, SHORT, take, up } = require('./session');
const {
  acknowledge, alive, ASKED, attach, attached, ATTACHED, ATTACHING, flush: flushSocket, late, look, pause, ping, say, socket
} = require('./socket');

// Milliseconds that a carrier has to live to count as good.
const LONG = 30000;
// Bytes that are acknowledged at once.
const SHARE = 65536;

const isNumber = Number.isInteger;

// Brings what is carried, and how, to what it should be. May be called at any time.
function settle(w) {
  const name = base(w), names = carriers(w), above = name ? names.slice(0, names.indexOf(name)) : names;
  const best = above.find((one) => !w.resting[one]), wantsSocket = above.includes('ws');
  if (w.isOver || w.holding) {
    return;
  }
  if (w.ws && !wantsSocket && w.ws.phase < ATTACHED) {
    // It would take the delivery as soon as it stood. One that has it keeps it until another does.
    dropSocket(w);
  }
  if (name && !w.sid) {
    open(w);
  } else if (name && !(wantsSocket && w.holder === 'ws') && !(w.get && w.mode === name)) {
    receive(w, name);
  }
  if (!w.ws && wantsSocket && (!name || best === 'ws')) {
    socket(w);
  } else if (!w.ws && best === 'stream' && !w.probe && w.holder && w.holder === w.mode) {
    probe(w);
  }
}

// A carrier failed after `lived` milliseconds of service (0: it never came that far). Good service that ends may be an
// accident; what never came about, or ends twice, is a pattern, and rests.
function fell(w, name, lived) {
  const { resting } = w, falls = w.falls[name] = lived < LONG && w.falls[name] + 1 || 1;
  if (name === 'stream') {
    w.isFlowing = 0;
  }
  if (!lived || falls > 1) {
    resting[name] = w.env.setTimeout(() => {
      resting[name] = 0;
      settle(w);
    }, [LONG, 120000, 600000][Math.min(falls - (lived ? 2 : 1), 2)]);
  }
}

// Waits before anything is tried again; `isDue` where that is owed to the gateway and not only wise.
function hold(w, ms, isDue) {
  w.env.clearTimeout(w.holding);
  w.isDue = isDue;
  w.holding = w.env.setTimeout(() => release(w), ms);
}

function release(w) {
  w.env.clearTimeout(w.holding);
  w.holding = 0;
  settle(w);
  flush(w);
}

// Stops the GET under way.
function dropGet(w) {
  const c = w.get;
  w.get = 0;
  c && c.stop();
}

// Drops the WebSocket.
function dropSocket(w) {
  const c = w.ws;
  w.ws = 0;
  if (c) {
    w.holder = w.holder === 'ws' ? '' : w.holder;
    c.stop();
  }
}

// Gives a request up that is no carrier: `opening`, `post`, `probe`.
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
  const c = w.get = { name, began: w.env.now(), from: +!isStream, size: 0, count: 0 };
  const query = `after=${w.told = w.received}&turn=${++w.turn}`;
  w.mode = name;
  if (isStream) {
    expect(w, c, SHORT + 2 * w.rtt);
    c.stop = lines(w, query, (line) => w.get === c && (c.from || line.includes('"open"')) && hear(w, c, line),
      (answer) => ended(w, c, answer));
  } else {
    c.stop = ask(w, `/${w.sid}/messages?${query}&wait=${wait}`, undefined, wait * 1000 + 2 * SHORT, 0, (answer, ms) => {
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

// The stream has ended: by itself, behind what it brought, or else.
function ended(w, c, answer) {
  if (!c.from) {
    refused(w, c, answer, 0);
  } else if (answer.status === 200 && (c.count > 1 || w.env.now() - c.began > 1000)) {
    receive(w, c.name);
  } else {
    up.failed(w, c, 'the stream was cut');
  }
}

// A GET was answered with something else than messages. Where held polls fail again and again they are held for less.
function refused(w, c, { code, body, retry, why }, wait) {
  if (code === 'close') {
    up.over(w, body.close);
  } else if (code === 'stale') {
    up.moved(w, c, body.turn);
  } else {
    if (wait && ++w.cuts > 1) {
      w.longest = Math.max(wait >> 1, 1);
    }
    w.isProved = 0;
    if (code === 4003 || code === 4009) {
      up.paused(w, code, retry, c);
    } else {
      up.failed(w, c, why);
    }
  }
}

// Tries a stream beside the poll in use: whether what the gateway writes 300 ms apart also arrives apart. Something that
// buffers would hold everything back to the stream's end.
function probe(w) {
  const { env } = w;
  let shown;
  function finish(isFlowing) {
    if (w.probe) {
      env.clearTimeout(timer);
      giveUp(w, 'probe');
      if (isFlowing) {
        w.isFlowing = 1;
      } else {
        fell(w, 'stream', 0);
      }
      settle(w);
    }
  }
  const timer = env.setTimeout(finish, 1300 + 2 * (w.rtt || 1000));
  const stop = lines(w, 'probe=1', (line) => {
    if (line.includes('"open"')) {
      shown = env.now();
    } else {
      finish(line.includes('"ping"') && env.now() - shown >= 100);
    }
  }, () => finish());
  w.probe = () => {
    env.clearTimeout(timer);
    stop();
  };
}

// Takes a poll's answer. `between` is called when its messages are counted, before they are delivered. False where it is
// none, or where a message is missing, which only the `close` of a slow consumer explains.
function batch(w, { from, messages, control = [] }, c, between) {
  const { sid } = w;
  try {
    messages.concat(control).forEach(read);
  } catch (error) {
    return false;
  }
  const fresh = isNumber(from) && take(w, from, messages);
  if (!fresh && (messages[0] || !control[0])) {
    return false;
  }
  between && between();
  w.deliver(fresh || []);
  for (const packet of control) {
    if (w.sid === sid && !w.isOver && HEARD[packet.kind]) {
      HEARD[packet.kind](w, c, packet[packet.kind], packet);
    }
  }
  return true;
}

// A WebSocket or a stream brings something.
function hear(w, c, data) {
  let packet;
  alive(w, c);
  c.count++;
  try {
    packet = parse(data);
  } catch (error) {
    return up.failed(w, c, error.message);
  }
  const { kind } = packet;
  if (HEARD[kind]) {
    return HEARD[kind](w, c, packet[kind], packet);
  }
  const fresh = c.from && take(w, c.from++, [packet]);
  if (!fresh) {
    return up.failed(w, c, 'a message is missing');
  }
  c.size += data.length || data.byteLength;
  if (w.received - w.told > 31 || c.size >= SHARE || c.ws && w.env.now() - w.looked > 2000) {
    // In the background the next look is far.
    acknowledge(w, c);
  }
  w.deliver(fresh);
}

// What control packets do, by their kind. They get what stands behind it, and the whole packet.
const HEARD = {
  open(w, c, terms) {
    const isFirst = !w.sid;
    if (c.ws && terms.from) {
      c.phase = ATTACHING;
    }
    if (greeted(w, terms, c)) {
      isFirst && begun(w);
      if (w.ws !== c && w.get !== c) {
        return;
      }
      if (terms.from) {
        c.from = terms.from;
        attached(w, c);
      } else if (c.phase === ASKED) {
        attach(w, c);
      }
    }
  },
  from(w, c, from) {
    // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
    if (c.phase === ATTACHING && from <= w.received + 1) {
      c.from = from;
      attached(w, c);
    }
  },
  ping(w, c, pong) {
    c.ws && say(w, c, { pong });
  },
  pong(w, c, number) {
    if (number === c.pings) {
      measured(w, w.env.now() - c.pinged);
    }
  },
  ack(w, c, number, { busy }) {
    if (!confirm(w, number)) {
      return up.failed(w, c, 'it acknowledges what was never sent');
    }
    c.since = w.env.now();
    if (isNumber(busy)) {
      c.next = 0;
      pause(w, c, busy);
    }
    flush(w);
  },
  moved(w, c, { turn }) {
    up.moved(w, c, turn);
  },
  drain(w, c, { retry }) {
    up.paused(w, 4003, retry, c);
  },
  close(w, c, close) {
    up.over(w, close, c.from === 0);
  }
};


// From now on this carries the session.
function carry(w, name) {
  const before = w.before, isFirst = !w.isTold;
  w.fails = 0;
  if (w.holder !== name || w.carrier !== name) {
    w.holder = w.before = name;
    if (name === 'ws') {
      dropGet(w);
      giveUp(w, 'probe');
    } else if (w.ws && w.ws.phase === ATTACHED) {
      dropSocket(w);
    }
    w.isTold = w.wasOpen = 1;
    w.peer = w.terms.peer;
    w.show('open', `Connected over ${name}.`, name);
    if (w.state === 'open') {
      if (name !== before) {
        w.fire('carrier', name, { before, why: w.why || 'it serves' });
      }
      if (isFirst) {
        w.fire('open', { peer: w.peer, session: 'new', carrier: name });
      }
    }
    w.why = '';
    settle(w);
    flush(w);
  }
}

// Sends what waits, by whatever takes it now. `isOwed`: and acknowledges.
function flush(w, isOwed) {
  if (w.ws && w.ws.phase >= ATTACHING) {
    flushSocket(w, w.ws);
  } else if (w.sid && !w.holding && !w.isOver && base(w)) {
    post(w, isOwed);
  }
}

// Looks once a second after what lives. The machine slept, its clock was set, or the page is in the background, where timers
// are rare: nothing is known of the time between. Ask first, decide then; what was asked and never answered is dead.
function watch(w) {
  const { env } = w, now = env.now(), passed = now - w.looked;
  for (const c of [w.ws, w.get]) {
    if (c && c.deadline && !w.isOver) {
      if ((passed < 0 || passed > SHORT && (c.ws || now >= c.deadline)) && !c.isDoubted) {
        check(w, c);
        c.isDoubted = 1;
      } else if (now >= c.deadline) {
        late(w, c);
      }
      if (c.phase === ATTACHED) {
        look(w, c, now);
      } else if (c.name === 'stream' && w.seconds % 5 === 0) {
        acknowledge(w, c);
      }
    }
  }
  w.seconds++;
  w.looked = env.now();
  if (!w.isOver) {
    env.setTimeout(() => watch(w), 1000);
  }
}

// Makes sure that a carrier is alive.
function check(w, c) {
  if (c && c.ws) {
    c.since = w.env.now();
    expect(w, c, SHORT);
    c.phase === ATTACHED && ping(w, c);
  } else if (c) {
    w.isProved = 0;
    receive(w, c.name);
  }
}

Object.assign(up, { batch, carry, dropSocket, flush, hear, receive, settle, used });

module.exports = { carry, check, dropGet, dropSocket, fell, flush, giveUp, hold, receive, release, settle, watch };
