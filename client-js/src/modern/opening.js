// Opens the session of a client `w`, by POST with its first messages, or by what a WebSocket is answered. An opening is repeated
// with the same key, which leads to the same session.

const { asText, isNumber } = require('./wire');
const { ask, base, confirm, forget, giveBack, hand, now, opening, renew, SHARE, up } = require('./session');
const { greet } = require('./socket');

// Posts the opening, unless that is under way. Only the first attempt brings messages: once an answer is lost, each further
// one would add to what a session may have taken that is gone before it is reached.
function open(w) {
  if (w.post) {
    return;
  }
  const packet = opening(w), items = hand(w, w.attempts ? 0 : 1024, SHARE), body = `[${[packet, ...items.map(asText)]}]`;
  w.began = now(w);
  if (!w.attempts++) {
    w.carried = items.length;
    w.carriedAt = w.began;
  }
  // The answer is a poll's too: it waits a moment for a reply where one is asked for.
  w.post = ask(w, `?wait=${+items.some(({ id }) => id)}`, body, w.given.connectTimeout + body.length / 16, 0, (answer) => {
    w.post = 0;
    opened(w, answer);
  });
}

function opened(w, { code, body, retry, why }) {
  const isFirst = !w.sid;
  if (code === 'ok' && body.open) {
    if (greeted(w, body.open, 0) && isFirst && !up.batch(w, body, {}, () => begun(w, 1))) {
      begun(w, 1);
    }
  } else if (code === 'close') {
    up.over(w, body.close);
  } else if (isFirst) {
    if (code === 'used') {
      used(w);
    } else if (code === 4002) {
      // Nothing of it was taken.
      w.carried ? open(w, w.carried = w.top = 0) : up.over(w, { code, reason: why });
    } else {
      up.refused(w, 0, { code, retry, why });
    }
  }
}

// The session that this key opened is in use, or gone: it is nothing that we know of.
function used(w) {
  forget(w, 'The opening was taken, but its answer was lost.');
  renew(w);
  up.failed(w, 0, 'key used');
}

// `open` came: the first one names the session, later ones tell how far the gateway is. False where it is not ours.
function greeted(w, terms, c) {
  const { session, turn, received, ping, wait, max } = terms;
  if (![turn, received, ping, wait, max].every(isNumber) || !session) {
    up.failed(w, c, 'no open');
  } else if (w.sid && turn > w.turn) {
    up.moved(w, c, turn);
  } else if (w.sid && w.sid !== session || received > w.top) {
    up.over(w, { code: 4004, reason: 'another session' });
  } else {
    w.sid = session;
    w.terms = terms;
    w.turn = Math.max(w.turn, turn);
    w.peer = terms.peer;
    return confirm(w, received);
  }
}

// The session is open. `isPost`: the answer to the opening was a poll's as well, so that this way is good.
function begun(w, isPost) {
  const { resume, max } = w.terms, name = isPost && base(w);
  w.openedAt = now(w);
  if (!w.acked && w.began - w.carriedAt > resume * 1000) {
    forget(w, 'The opening was not answered.');
  }
  w.carried = 0;
  for (let at = w.queue.length; w.acked + at-- > w.top;) {
    w.queue[at].size < max || giveBack(w, at, 'too_large');
  }
  if (name) {
    w.isProved = 1;
    up.receive(w, name);
    up.carry(w, name);
    w.ws && greet(w, w.ws);
  }
  up.settle(w);
}

module.exports = { begun, greeted, open, used };
