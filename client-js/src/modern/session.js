// The session and its queue, and requests: functions of a client `w` that decide nothing about carriers.

const { interpret } = require('./wire');

const NAMES = { ws: 'ws', stream: 'stream', 'long-poll': 'poll' };
// Milliseconds after which credentials are asked for again: tokens may live for a minute, and the network be away for an hour.
const STALE = 30000;
// Milliseconds to answer an attach or a ping.
const SHORT = 5000;

// What modules above do, for those below.
const up = {};

// A fresh session.
function begin(w) {
  Object.assign(w, {
    // `turn` is the highest ever used, `received` the last message taken, `told` the last of which the gateway knows that.
    sid: '', turn: 0, received: 0, told: 0, terms: { ping: 25, wait: 25, max: Infinity },
    // What the gateway does not have: the first in `queue` has the number `acked` + 1; `top` is the highest handed over.
    queue: [], acked: 0, top: 0, bufferedAmount: 0,
    // Messages and bytes that a POST may bring; how long a poll is held, and whether one was answered since the last failure.
    most: 1024, share: Infinity, longest: Infinity, isProved: 0
  });
  renew(w);
}

// A fresh key for the opening. `carried` is how many messages rode along with it.
function renew(w) {
  const bytes = new Uint8Array(16);
  if (typeof crypto === 'object') {
    crypto.getRandomValues(bytes);
  } else {
    bytes.forEach((_, at) => bytes[at] = w.env.random() * 256);
  }
  w.key = Array.from(bytes, (byte) => (256 + byte).toString(16).slice(1)).join('');
  w.attempts = w.carried = w.asked = 0;
}

// The opening as a packet. Credentials are asked for again after a while, unless something is under way with them; the key
// stays, so that an opening whose answer was lost is found.
function opening(w) {
  const { auth } = w.given, now = w.env.now();
  if (!w.asked || Math.abs(now - w.asked) >= STALE && !w.opening && !(w.ws && w.ws.isOpening)) {
    w.asked = now;
    w.auth = auth;
    if (typeof auth === 'function') {
      w.auth = undefined;
      w.call(() => w.auth = auth());
    }
  }
  return JSON.stringify({ open: { auth: w.auth, key: w.key } });
}

// Full jitter below a bound that doubles, so that many clients come back spread.
function delay(w, failures) {
  const { min, max } = w.retry;
  return w.env.random() * Math.min(max, min * 2 ** failures) | 0;
}

// Sends a request; `done` gets the answer interpreted and how many milliseconds it took. Returns how to give it up.
function ask(w, path, body, ms, progress, done) {
  const { env } = w, began = env.now();
  let stop, timer;
  function giveUp() {
    done = progress = 0;
    env.clearTimeout(timer);
    stop();
  }
  function finish(status, text, seconds) {
    const fn = done;
    if (fn) {
      giveUp();
      fn(interpret(status, text, seconds), env.now() - began);
    }
  }
  timer = ms && env.setTimeout(() => finish(0), ms);
  stop = env.send(w.url + '/session' + path, body, w.given.credentials, (text) => progress && progress(text), finish);
  return giveUp;
}

// A GET whose answer grows by one line a packet. What is left of one at its end is discarded, and comes again.
function lines(w, query, hear, end) {
  let at = 0;
  return ask(w, `/${w.sid}/stream?${query}`, undefined, 0, (text) => {
    for (let next; (next = text.indexOf('\n', at)) >= 0;) {
      const line = text.slice(at, next);
      at = next + 1;
      line.trim() && hear(line);
    }
  }, end);
}

// The carriers that can be used here, best first.
function carriers(w) {
  const { env, names, terms } = w;
  return names.filter((name) => NAMES[name] && (name !== 'ws' || env.WebSocket) && (!terms.carriers || terms.carriers.includes(NAMES[name])));
}

// The carrier to rely on over HTTP: the best that is not resting, a stream only if it is proved; else the last.
function base(w) {
  const names = carriers(w).filter((name) => name !== 'ws');
  return names.find((name) => !w.resting[name] && (name !== 'stream' || w.isFlowing)) || names.pop();
}

// The network has changed: what failed there may work here.
function forgive(w) {
  w.falls = {};
  w.resting = {};
  w.isFlowing = 0;
}

// A round trip took so long. What is beyond reason measures nothing: the machine slept, or its clock was set.
function measured(w, ms) {
  if (ms >= 0 && ms < STALE) {
    w.rtt = w.rtt === null ? ms : Math.round((w.rtt * 3 + ms) / 4);
    w.fire('rtt', w.rtt);
  }
}

// Takes items out of the queue.
function cut(w, at, count) {
  const items = w.queue.splice(at, count);
  items.forEach((item) => w.bufferedAmount -= item.size);
  return items;
}

// The gateway has everything up to `number`. False if it can't have.
function confirm(w, number) {
  if (number > w.acked && number <= w.top) {
    cut(w, 0, number - w.acked);
    w.acked = number;
    w.fire('ack', number);
  }
  return number <= w.top;
}

// Messages come, the first with this number: those that are new. Nothing where one is missing before them.
function take(w, first, list) {
  if (first > 0 && first <= w.received + 1) {
    list = list.slice(w.received + 1 - first);
    w.received += list.length;
    return list;
  }
}

// A message that the gateway can't have taken will not be sent. Those behind it get its number.
function giveBack(w, item, code, message) {
  const at = w.queue.indexOf(item);
  cut(w, at, 1);
  w.top -= w.acked + at < w.top;
  w.refuse(item, { code, message });
}

// What the application is told of messages whose fate is unknown; the first `sent` of them may have arrived.
const describe = (items, sent) => items.map(({ head, bytes }, at) => {
  const packet = JSON.parse(head), kind = Object.keys(packet)[0], { event, data, room = packet[kind].room } = packet;
  return { kind, sent: at < sent, event, room, data: bytes ? bytes.buffer : data };
});

// What rode along with the opening may have been taken by a session that is gone.
function forget(w, reason) {
  const items = cut(w, 0, w.carried);
  w.top = w.carried = 0;
  if (items.length) {
    items.forEach(({ id }) => w.reply(id, { code: 'uncertain', message: reason }));
    w.fire('reset', { code: 4004, reason, undelivered: null, uncertain: describe(items, items.length) });
  }
}

// Something has to be heard on a carrier within so many milliseconds.
function expect(w, c, ms) {
  c.deadline = w.env.now() + ms;
}

module.exports = {
  begin, expect, SHORT, up, renew, opening, delay, ask, lines, carriers, base, forgive, measured, cut, confirm, take, giveBack, describe, forget
};
