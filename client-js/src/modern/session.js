// The session and its queue, and requests: functions of a client `w` (index.js) that decide nothing about carriers.

const { interpret, isNumber } = require('./wire');

// Milliseconds: to answer an attach or a ping; that a carrier, or a session, has to live to count as good, that a round trip
// may take, that credentials are fresh. Bytes that are worth a request.
const SHORT = 5000, LONG = 30000, SHARE = 65536;

// What modules above do, for those below.
const up = {};

const later = (w, fn, ms) => w.env.setTimeout(fn, ms);
const now = (w) => w.env.now();

// A fresh session.
function begin(w) {
  Object.assign(w, {
    // `turn` is the highest ever used, `received` the last message taken, `told` the last of which the gateway knows that.
    sid: '', turn: 0, received: 0, told: 0, terms: { ping: 25, wait: 25, max: Infinity },
    // What the gateway does not have: the first in `queue` has the number `acked` + 1; `top` is the highest handed over.
    queue: [], acked: 0, top: 0, bufferedAmount: 0,
    // How many messages a POST may bring; whether a poll was answered since the last failure.
    most: 1024, isProved: 0
  });
  renew(w);
}

// A fresh key for the opening. `carried` is how many messages rode along with it, at first.
function renew(w) {
  w.key = Array.from(w.env.getRandomValues(new Uint8Array(16)), (byte) => (256 + byte).toString(16).slice(1)).join('');
  w.carried = w.carriedAt = w.asked = 0;
}

// The opening as a packet. Credentials are asked for again after a while; the key stays, so that an opening whose answer was
// lost is found.
function opening(w) {
  const { auth } = w.given;
  if (!w.asked || now(w) - w.asked > LONG) {
    w.asked = now(w);
    w.auth = auth;
    if (auth && auth.call) {
      w.auth = null;
      w.call(() => w.auth = auth());
    }
  }
  return JSON.stringify({ open: { auth: w.auth, key: w.key } });
}

// Sends a request. `hear` gets each line of the answer, where it is a stream: what is left of one at its end is discarded, and
// comes again. `done` gets the answer interpreted and how many milliseconds it took. Returns how to give it up.
function ask(w, path, body, ms, hear, done) {
  const began = now(w);
  let at = 0;
  const giveUp = () => {
    done = hear = 0;
    w.env.clearTimeout(timer);
    stop();
  };
  const finish = (...answer) => {
    const fn = done;
    if (fn) {
      giveUp();
      fn(interpret(...answer), now(w) - began);
    }
  };
  const timer = later(w, finish, ms);
  const stop = w.env.send(w.url + '/session' + path, body, w.given.credentials, (text) => {
    for (let next; hear && (next = text.indexOf('\n', at)) >= 0;) {
      const line = text.slice(at, next).trim();
      at = next + 1;
      line && hear(line);
    }
  }, finish);
  return giveUp;
}

// The carriers that can be used here, best first. One that the gateway does not have fails once, and rests.
const carriers = ({ names, env }) => names.filter((name) => name === 'ws' ? env.WebSocket : /^(stream|long-poll)$/.test(name));

// The carrier to rely on over HTTP: the best that is not resting, a stream only if it is proved; else the last.
function base(w) {
  const names = carriers(w).filter((name) => name !== 'ws');
  return names.find((name) => !w.resting[name] && (name !== 'stream' || w.isFlowing)) || names.pop();
}

// The network has changed: what failed there may work here.
function forgive(w) {
  Object.values(w.resting || {}).forEach((timer) => w.env.clearTimeout(timer));
  w.falls = {};
  w.resting = {};
  w.isFlowing = 0;
}

// A round trip took so long. What is beyond reason measures nothing: the machine slept, or its clock was set.
function measured(w, ms) {
  if (ms >= 0 && ms < LONG) {
    w.rtt = w.rtt === null ? ms : (w.rtt * 3 + ms) / 4;
    w.fire('rtt', w.rtt);
  }
}

// Hands over waiting messages: at most so many, of so many bytes, but at least one.
function hand(w, most, bytes) {
  const items = w.queue.slice(0, most).filter(({ size }, at) => (bytes -= size) > 0 || !at);
  w.top = Math.max(w.top, w.acked + items.length);
  return items;
}

// Takes messages out of the queue.
function cut(w, at, count) {
  const items = w.queue.splice(at, count);
  items.forEach(({ size }) => w.bufferedAmount -= size);
  return items;
}

// The gateway has everything up to `number`. False if it can't have.
function confirm(w, number) {
  if (number > w.acked && number <= w.top) {
    cut(w, 0, number - w.acked);
    w.acked = number;
    w.fire('ack', number);
  }
  return isNumber(number) && number <= w.top;
}

// A message that the gateway can't have taken will not be sent. Those behind it get its number.
function giveBack(w, at, code, message) {
  w.top -= w.acked + at < w.top;
  w.refuse(cut(w, at, 1)[0], code, message);
}

// What the application is told of messages whose fate is unknown; the first `sent` of them may have arrived.
const describe = (items, sent) => items.map(({ head, bytes }, at) =>
  Object.assign({ data: bytes && bytes.buffer, sent: at < sent }, JSON.parse(head)));

// What rode along with the opening may have been taken by a session that is gone.
function forget(w) {
  const reason = 'The opening was not answered.', items = cut(w, 0, w.carried);
  w.top = w.carried = 0;
  if (items[0]) {
    items.forEach(({ id }) => w.reply(id, { code: 'uncertain', message: reason }));
    w.fire('reset', { code: 4004, reason, undelivered: null, uncertain: describe(items, items.length) });
  }
}

// Something has to be heard on a carrier within so many milliseconds.
const expect = (w, c, ms) => c.deadline = now(w) + ms;

module.exports = {
  ask, base, begin, carriers, confirm, describe, expect, forget, forgive, giveBack, hand, later, LONG, measured, now,
  opening, renew, SHARE, SHORT, up
};
