// Ends: of carriers, and of the session; and what the page does to both. Functions of a client `w`.

const { asText } = require('./wire');
const { begin, base, confirm, delay, describe, forgive, SHORT, up } = require('./session');
const { greet } = require('./socket');
const { check, dropGet, dropSocket, fell, flush, giveUp, hold, receive, release, settle } = require('./link');

// Milliseconds that a session has to live for the next one to be opened without delay; bytes that a beacon may have.
const LONG = 30000, BEACON = 60000;

const after = (ms) => ms < 1000 ? 'reconnecting' : `reconnecting in ${Math.ceil(ms / 1000)} s`;

// A carrier failed, or (`c` is 0) the opening.
function failed(w, c, why) {
  const was = c && w.holder === c.name;
  if (w.isOver || c && c !== w.ws && c !== w.get) {
    return;
  }
  if (c && c.name !== 'long-poll') {
    fell(w, c.name, c.from && (w.env.now() - c.began || 1));
  }
  lost(w, c);
  w.why = was ? why : w.why;
  const name = base(w);
  if (c && name && name !== c.name) {
    was && w.show('', `The connection was cut (${why}).`);
    settle(w);
    flush(w);
    return;
  }
  if (!c && w.ws) {
    greet(w, w.ws, 1);
  }
  const ms = delay(w, w.fails++);
  w.holder || w.show('', `The connection was cut (${why}); ${after(ms)}.`);
  hold(w, ms);
}

// This carries no more.
function lost(w, c) {
  if (c && c === w.ws) {
    dropSocket(w);
  } else if (c && c === w.get) {
    w.isProved = 0;
    dropGet(w);
    w.holder = w.holder === 'ws' ? 'ws' : '';
  }
}

// The gateway asks to come back later: it drains (4003), or has too much to do (4009).
function paused(w, code, ms, c) {
  if (c && c === w.ws && w.holder !== 'ws' && base(w)) {
    // A try beside what works: that goes on.
    failed(w, c, 'the gateway is busy');
  } else {
    lost(w, c);
    ms *= code === 4003 ? w.env.random() : 1;
    w.show('', `The server is busy; ${after(ms)}.`);
    hold(w, ms, 1);
  }
}

// The delivery is at another carrier, whose turn is this.
function moved(w, c, turn) {
  if (turn > w.turn) {
    // It was never ours.
    over(w, { code: 4006, reason: 'Another page has taken this session over.' });
  } else if (c && c === w.get) {
    receive(w, c.name);
  } else if (c && c === w.ws) {
    lost(w, c);
    w.get || w.show('', 'The connection was moved; reconnecting.');
    settle(w);
    flush(w);
  }
}

// Whether a new session is opened after this code.
const isAgain = (w, code) => [4003, 4004, 4006, 4008, 4009, 4011].includes(code) && !w.goodbye;

// The session is over. `isAside`: what told it brings no messages, so that some may still be on their way.
function over(w, close, isAside) {
  if (w.isOver) {
    return;
  }
  if (isAside && close.last > w.received && !isAgain(w, close.code) && (w.get || w.holder)) {
    w.ending = w.ending || w.env.setTimeout(() => end(w, close), SHORT);
    check(w, w.get);
  } else {
    end(w, close);
  }
}

function end(w, { code, reason = '', last, received }) {
  confirm(w, Math.min(received || 0, w.top));
  const missing = last - w.received, uncertain = describe(w.queue, w.top - w.acked);
  drop(w);
  if (isAgain(w, code)) {
    if (w.openedAt && w.env.now() - w.openedAt > LONG) {
      w.deaths = 0;
    }
    // A session that never opens has not lived: the next one comes later still.
    w.openedAt = w.isTold = 0;
    begin(w);
    hold(w, delay(w, w.deaths++), 1);
    w.show('', 'The session was lost; opening a new one.');
    w.failAll('uncertain');
    w.fire('reset', { code, reason, undelivered: missing >= 0 && code !== 4004 ? missing : null, uncertain });
  } else {
    w.isOver = 1;
    w.show('closed', 'The connection is closed.');
    w.failAll('uncertain');
    w.fire('close', { code, reason, uncertain });
  }
}

// Ends every carrier.
function drop(w) {
  const { clearTimeout } = w.env;
  [w.ending, w.holding, w.pausing].forEach((timer) => clearTimeout(timer));
  w.ending = w.holding = w.pausing = 0;
  dropSocket(w);
  dropGet(w);
  ['opening', 'post', 'probe'].forEach((name) => giveUp(w, name));
  w.holder = '';
}

function saidGoodbye(w) {
  if (w.goodbye && !w.isOver) {
    end(w, w.goodbye.close);
  }
}

// Drops the carrier and attaches anew at once.
function reconnect(w, why) {
  if (!w.isOver) {
    w.why = why;
    drop(w);
    w.show('', `The connection was cut (${why}).`);
    forgive(w);
    w.fails = 0;
    release(w);
  }
}

// The page goes away, for good or (`mayReturn`) into the browser's cache. What the gateway does not have yet goes after it,
// where it fits: under its numbers, so that it does no harm where it arrives twice.
function hide(w, mayReturn) {
  const texts = w.bufferedAmount < BEACON ? w.queue.map(asText) : [];
  if (w.state !== 'closed') {
    drop(w);
    // Until the page is back, if it ever is.
    w.holding = -1;
    w.isDue = 1;
    if (!mayReturn) {
      w.isOver = 1;
      texts.push('{"close":{}}');
    }
    if (w.sid && texts[0]) {
      navigator.sendBeacon(`${w.url}/session/${w.sid}/messages?seq=${w.acked + 1}`, `[${texts}]`);
    }
  }
}

// The page is back, or the network: waits no longer, and makes sure of what there is.
function wake(w, isNetwork) {
  if (w.isOver) {
    return;
  }
  if (isNetwork) {
    // What is under way may hang in a network that is no more. Repeating it does no harm.
    forgive(w);
    giveUp(w, 'post');
    giveUp(w, 'opening');
  }
  if (w.holding) {
    release(w);
  } else {
    if (w.holder) {
      check(w, w.holder === 'ws' ? w.ws : w.get);
    }
    settle(w);
    flush(w);
  }
}

Object.assign(up, { failed, moved, over, paused, saidGoodbye });

module.exports = { hide, reconnect, saidGoodbye, wake };
