// Opens the session of a client `w`, by POST with its first messages, or by what a WebSocket is answered. An opening is repeated
// with the same key, which leads to the same session.

const { asText } = require('./wire');
const { ask, base, confirm, forget, giveBack, opening, renew, up } = require('./session');
const { greet } = require('./socket');

// Bytes that ride along: more would make the first round trip slow.
const SHARE = 65536;

const isNumber = Number.isInteger;

// Opens the session by POST, with its first messages, unless that is under way. Only the first attempt brings any: once an
// answer is lost, each further one would add to what a session may have taken that is gone before it is reached.
function open(w) {
  let items = [], bytes = 0;
  if (w.opening) {
    return;
  }
  const packet = opening(w);
  w.began = w.env.now();
  if (!w.attempts++) {
    items = w.queue.filter(({ size }) => (bytes += size) < SHARE);
    w.top = w.carried = items.length;
    w.carriedAt = w.began;
  }
  // The answer is a poll's too: it waits a moment for a reply where one is asked for.
  const wait = +items.some(({ id }) => id);
  w.opening = ask(w, `?wait=${wait}`, `[${[packet, ...items.map(asText)]}]`, w.connectTimeout + wait * 1000 + bytes / 16, 0, (answer) => {
    w.opening = 0;
    opened(w, answer);
  });
}
function opened(w, answer) {
  const { code, body } = answer;
  if (code === 'ok' && body.open) {
    const isFirst = !w.sid;
    if (greeted(w, body.open) && isFirst && !up.batch(w, body, {}, () => begun(w, 1))) {
      begun(w, 1);
    }
  } else if (code === 'close') {
    up.over(w, body.close);
  } else if (!w.sid) {
    if (code === 'used') {
      used(w);
    } else if (code === 4002 && !w.carried) {
      up.over(w, { code, reason: answer.why });
    } else if (code === 4002) {
      w.carried = w.top = 0;
      open(w);
    } else if (code === 4003 || code === 4009) {
      up.paused(w, code, answer.retry, {});
    } else {
      up.failed(w, 0, answer.why);
    }
  }
}

// The session that this key opened is in use, or gone: it is nothing that we know of.
function used(w) {
  forget(w, 'The opening was taken, but its answer was lost.');
  renew(w);
  up.failed(w, 0, 'the key was used before');
}

// `open` came: the first one names the session, later ones tell how far the gateway is. False where it is not ours.
function greeted(w, terms, c) {
  const { session, turn, received } = terms;
  if (![turn, received, terms.ping, terms.wait, terms.max].every(isNumber) || !session) {
    up.failed(w, c, 'no open');
  } else if (w.sid && (w.sid !== session || turn > w.turn)) {
    up.over(w, { code: w.sid === session ? 4006 : 4004, reason: 'The gateway means another page or session.' });
  } else {
    w.sid = session;
    w.terms = terms;
    w.turn = Math.max(w.turn, turn);
    if (confirm(w, received)) {
      return 1;
    }
    up.over(w, { code: 4004, reason: 'The gateway has taken more than was said here.' });
  }
}

// The session is open. `isPost`: the answer to the opening was a poll's as well, so that this way is good.
function begun(w, isPost) {
  const { resume, max } = w.terms, name = isPost && base(w);
  w.openedAt = w.env.now();
  w.fails = 0;
  if (!w.acked && w.began - w.carriedAt > resume * 1000) {
    forget(w, 'The first opening was not answered.');
  }
  w.carried = 0;
  w.queue.slice(w.top - w.acked).filter((item) => item.size >= max).forEach((item) => giveBack(w, item, 'too_large', `more than ${max} bytes`));
  if (name) {
    w.isProved = 1;
    up.receive(w, name);
    up.carry(w, name);
  }
  if (isPost && w.ws) {
    greet(w, w.ws);
  }
  up.settle(w);
}

module.exports = { begun, greeted, open, used };
