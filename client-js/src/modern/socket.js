// The WebSocket of a client `w`: both ways in one. Nothing relies on it before a frame has gone and come.

const { asFrame } = require('./wire');
const { base, expect, later, now, opening, SHORT, up } = require('./session');

// Phases of a WebSocket, behind 0, connecting.
const CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4;
// Bytes that may wait in the browser: the rest waits here, where it need not be repeated. Messages under way at most.
const FULL = 262144, WINDOW = 256;

function socket(w) {
  const c = w.ws = { name: 'ws', phase: 0, from: 0, size: 0, next: 0 };
  expect(w, c, w.given.connectTimeout);
  const ws = c.ws = new w.env.WebSocket(w.url.replace('http', 'ws') + '/ws');
  c.stop = () => {
    w.env.clearTimeout(c.busy);
    ws.close();
  };
  ws.binaryType = 'arraybuffer';
  ws.onopen = () => {
    c.phase = CONNECTED;
    greet(w, c, !w.get);
    // The POST that opens the session may hang.
    later(w, () => greet(w, c, 1), 2000);
  };
  ws.onmessage = ({ data }) => up.hear(w, c, data);
  ws.onclose = ({ code }) => closed(w, c, code);
  ws.onerror = () => { /* `onclose` follows. */ };
}

// Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
function greet(w, c, itself) {
  const session = w.sid;
  if (w.ws === c && c.phase === CONNECTED && (session || itself || !base(w))) {
    c.ws.send(session ? JSON.stringify({ resume: { session } }) : opening(w));
    c.phase = ASKED;
    expect(w, c, w.given.connectTimeout);
    if (session && !w.holder && !base(w)) {
      // Nothing else carries the session: there is nothing to be careful about.
      attach(w, c);
    }
  }
}

function attach(w, c) {
  c.phase = ATTACHING;
  expect(w, c, SHORT + 2 * w.rtt);
  say(c, { attach: { after: w.told = w.received, turn: ++w.turn } });
  pour(w, c);
}

// The delivery is here.
function attached(w, c, from) {
  c.from = from;
  if (c.ws) {
    c.phase = ATTACHED;
    c.began = now(w);
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
function pour(w, c) {
  for (; !c.busy; c.next++) {
    if (c.next <= w.acked + 1) {
      // Nothing is under way here.
      c.since = now(w);
      if (c.next <= w.acked) {
        // It begins, or another carrier has brought on what it has not come to: everything the gateway does not have.
        say(c, { from: c.next = w.acked + 1 });
      }
    }
    const at = c.next - w.acked - 1;
    if (at >= Math.min(w.queue.length, WINDOW)) {
      break;
    }
    if (c.ws.bufferedAmount > FULL) {
      return pause(w, c, 50);
    }
    w.top = Math.max(w.top, c.next);
    c.ws.send(asFrame(w.queue[at]));
  }
  if (w.goodbye && !c.busy && c.next > w.sent && !c.isLast) {
    c.isLast = 1;
    // Else what came last would count as never delivered.
    acknowledge(w, c);
    say(c, w.goodbye);
  }
}

// Goes on with what waits after so many milliseconds.
function pause(w, c, ms) {
  w.env.clearTimeout(c.busy);
  c.busy = later(w, () => {
    c.busy = 0;
    pour(w, c);
  }, ms);
}

const say = (c, packet) => c.ws.send(JSON.stringify(packet));

function ping(w, c) {
  c.pinged = now(w);
  say(c, { ping: 1 });
}

function acknowledge(w, c) {
  if (w.received > w.told) {
    c.size = 0;
    c.ws ? say(c, { ack: w.told = w.received }) : up.flush(w, 1);
  }
}

// Once a second.
function look(w, c) {
  if (c.next > w.acked + 1 && !c.busy && now(w) - c.since >= 2 * (SHORT + w.rtt)) {
    up.failed(w, c, 'mute');
  } else {
    now(w) - c.pinged < w.terms.ping * 1000 || ping(w, c);
    acknowledge(w, c);
  }
}

function closed(w, c, code) {
  if (code === 4003 && c.from) {
    up.paused(w, c, code, 1000);
  } else {
    // Where the gateway does not take the `open` and no POST can tell why, its key is used.
    code === 4002 && c.phase === ASKED && !w.sid && !base(w) && up.used(w);
    up.failed(w, c, 'cut');
  }
}

module.exports = { acknowledge, alive, attach, attached, ASKED, ATTACHED, ATTACHING, greet, look, pause, ping, pour, say, socket };
