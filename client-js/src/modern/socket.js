// The WebSocket of a client `w`: both ways in one. Nothing relies on it before a frame has gone and come.

const { asFrame } = require('./wire');
const { base, expect, opening, SHORT, up } = require('./session');

// Phases of a WebSocket, behind 0, connecting.
const CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4;
// Bytes that may wait in the browser: the rest waits here, where it need not be repeated. Messages under way at most.
const FULL = 262144, WINDOW = 256;

// Connects a WebSocket. Nothing relies on it before a frame has gone and come.
function socket(w) {
  const c = w.ws = { name: 'ws', phase: 0, from: 0, size: 0, next: 0, pings: 0 };
  const on = (fn) => (event) => w.ws === c && fn(event);
  expect(w, c, w.connectTimeout);
  c.stop = () => {
    w.env.clearTimeout(c.busy);
    c.ws && c.ws.close();
  };
  try {
    const ws = c.ws = new w.env.WebSocket(`${w.url.replace('http', 'ws')}/ws`);
    ws.binaryType = 'arraybuffer';
    ws.onopen = on(() => {
      c.phase = CONNECTED;
      expect(w, c, 2000);
      greet(w, c, !w.opening);
    });
    ws.onmessage = on(({ data }) => up.hear(w, c, data));
    ws.onclose = on(({ code }) => closed(w, c, code));
    ws.onerror = () => { /* `onclose` follows. */ };
  } catch (error) {
    w.env.setTimeout(on(() => up.failed(w, c, error.message)));
  }
}

// Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
function greet(w, c, itself) {
  const { sid } = w;
  if (c.phase === CONNECTED && (sid || itself || !base(w))) {
    send(w, c, sid ? JSON.stringify({ resume: { session: sid } }) : opening(w));
    c.isOpening = !sid;
    c.phase = ASKED;
    expect(w, c, w.connectTimeout);
    if (sid && !w.holder && !base(w)) {
      // Nothing else carries the session: there is nothing to be careful about.
      attach(w, c);
    }
  }
}

function attach(w, c) {
  c.phase = ATTACHING;
  expect(w, c, SHORT + 2 * w.rtt);
  say(w, c, { attach: { after: w.told = w.received, turn: ++w.turn } });
  flush(w, c);
}

// The delivery is here.
function attached(w, c) {
  if (c.ws) {
    c.phase = ATTACHED;
    c.began = w.env.now();
    ping(w, c);
  }
  alive(w, c);
  up.carry(w, c.name);
}

// Something came.
function alive(w, c) {
  c.isDoubted = 0;
  if (c.from) {
    expect(w, c, w.terms.ping * 1000 + 2 * SHORT);
  }
}

// Hands over what waits.
function flush(w, c) {
  const { queue } = w;
  for (let item; !c.busy; c.next++) {
    if (c.next <= w.acked + 1) {
      // Nothing is under way here.
      c.since = w.env.now();
    }
    if (c.next <= w.acked) {
      // It begins, or something else has brought on what it has not come to: everything the gateway does not have.
      say(w, c, { from: c.next = w.acked + 1 });
    }
    item = c.next <= w.acked + WINDOW && queue[c.next - w.acked - 1];
    if (!item) {
      break;
    }
    if (c.ws.bufferedAmount > FULL) {
      pause(w, c, 50);
      return;
    }
    w.top = Math.max(w.top, c.next);
    send(w, c, asFrame(item));
  }
  if (w.goodbye && !c.busy && c.next > w.sent && !c.saidGoodbye) {
    c.saidGoodbye = 1;
    // Else what came last would count as never delivered.
    acknowledge(w, c);
    say(w, c, w.goodbye);
  }
}

// Goes on with what waits after so many milliseconds.
function pause(w, c, ms) {
  w.env.clearTimeout(c.busy);
  c.busy = w.env.setTimeout(() => {
    c.busy = 0;
    flush(w, c);
  }, ms);
}

function send(w, c, frame) {
  try {
    c.ws.send(frame);
  } catch (error) {
    pause(w, c, 1e6);
    w.env.setTimeout(() => up.failed(w, c, error.message));
  }
}

function say(w, c, packet) {
  send(w, c, JSON.stringify(packet));
}

function ping(w, c) {
  c.pinged = w.env.now();
  say(w, c, { ping: ++c.pings });
}

function acknowledge(w, c) {
  if (w.received > w.told) {
    c.size = 0;
    if (c.ws) {
      say(w, c, { ack: w.told = w.received });
    } else {
      up.flush(w, 1);
    }
  }
}

// Once a second.
function look(w, c, now) {
  const { bufferedAmount } = c.ws;
  if (bufferedAmount < c.buffered) {
    // A slow line is no dead one.
    c.since = now;
  }
  c.buffered = bufferedAmount;
  if (c.next > w.acked + 1 && !c.busy && now - c.since >= 2 * (SHORT + w.rtt)) {
    up.failed(w, c, 'nothing is acknowledged');
  } else {
    if (now - c.pinged >= w.terms.ping * 1000) {
      ping(w, c);
    }
    acknowledge(w, c);
  }
}

// The time for something is over.
function late(w, c) {
  if (c.phase === CONNECTED) {
    expect(w, c, SHORT);
    greet(w, c, 1);
  } else {
    up.failed(w, c, 'nothing came in time');
  }
}

function closed(w, c, code) {
  if (code === 4003 && c.phase === ATTACHED) {
    up.paused(w, code, 1000, c);
  } else if (code === 4002 && c.isOpening && c.phase === ASKED && (w.sid || !base(w))) {
    // The gateway does not take the `open`: a POST was faster, and a WebSocket that begins now resumes; or the key is used.
    up.dropSocket(w);
    w.sid ? up.settle(w) : up.used(w);
  } else {
    up.failed(w, c, 'it was cut');
  }
}

module.exports = { acknowledge, alive, attach, attached, ASKED, ATTACHED, ATTACHING, flush, greet, late, look, pause, ping, say, socket };
