// Ends: of carriers, and of the session; and what the page does to both. Functions of a client `w`.

const { asText } = require('./wire');
const { base, begin, confirm, describe, forgive, later, now, SHORT, up } = require('./session');
const { greet } = require('./socket');
const { check, dropGet, dropSocket, fell, flush, giveUp, hold, receive, release, settle } = require('./link');

// Full jitter below a bound that doubles, so that many clients come back spread.
const delay = (w, failures) => w.env.random() * Math.min(w.retry.max, w.retry.min * 2 ** failures);

// What people are told while nothing carries.
const cut = (w, why) => w.holder || w.show('', why);

// A carrier failed, or a request beside them.
function failed(w, c, why) {
  if (w.isOver || c.name && c !== w.ws && c !== w.get) {
    return;
  }
  w.why = why;
  lost(w, c);
  if (c.name && c.name !== 'long-poll' && (w.sid || c.ws)) {
    fell(w, c.name, c.from && now(w) - c.began);
  }
  const name = base(w), ms = delay(w, w.fails);
  if (c.name && name && name !== c.name) {
    cut(w, why);
    settle(w);
    flush(w);
  } else {
    w.fails++;
    w.sid || w.ws && greet(w, w.ws, 1);
    cut(w, why);
    hold(w, ms);
  }
}

// This carries no more.
function lost(w, c) {
  if (c === w.ws) {
    dropSocket(w);
  } else if (c === w.get) {
    w.isProved = 0;
    dropGet(w);
    w.holder = w.holder === 'ws' ? 'ws' : '';
  }
}

// The gateway asks to come back later: it drains (4003), or has too much to do (4009).
function paused(w, code, ms, c) {
  if (c === w.ws && w.holder !== 'ws' && base(w)) {
    // A try beside what works: that goes on.
    failed(w, c, 'busy');
  } else {
    lost(w, c);
    ms *= code === 4003 ? w.env.random() : 1;
    cut(w, 'busy');
    hold(w, ms);
  }
}

// The delivery is at another carrier, whose turn is this.
function moved(w, c, turn) {
  if (turn > w.turn) {
    // It was never ours.
    over(w, { code: 4006, reason: 'another page' });
  } else if (c === w.get) {
    receive(w, c.name);
  } else {
    failed(w, c, 'moved');
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
    w.ending = w.ending || later(w, () => end(w, close), SHORT);
    check(w, w.get);
  } else {
    end(w, close);
  }
}

function end(w, { code, reason = '', last, received }) {
  confirm(w, Math.min(received || 0, w.top));
  const undelivered = code !== 4004 && last >= w.received ? last - w.received : null, uncertain = describe(w.queue, w.top - w.acked);
  drop(w);
  if (isAgain(w, code)) {
    // The more died within a minute, the later comes the next one.
    begin(w);
    hold(w, delay(w, w.deaths++));
    later(w, () => w.deaths--, 60000);
    cut(w, 'lost');
    w.failAll('uncertain');
    w.fire('reset', { code, reason, undelivered, uncertain });
  } else {
    w.isOver = 1;
    w.show('closed', 'closed');
    w.failAll('uncertain');
    w.fire('close', { code, reason, uncertain });
  }
}

// Ends every carrier.
function drop(w) {
  w.env.clearTimeout(w.ending);
  w.env.clearTimeout(w.holding);
  w.ending = w.holding = 0;
  dropSocket(w);
  dropGet(w);
  giveUp(w, 'post');
  giveUp(w, 'probe');
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
    cut(w, why);
    forgive(w);
    w.fails = 0;
    release(w);
  }
}

// The page goes away, for good or (`mayReturn`) into the browser's cache. What the gateway does not have yet goes after it,
// where it fits: under its numbers, so that it does no harm where it arrives twice.
function hide(w, mayReturn) {
  const texts = w.queue.map(asText);
  if (w.state !== 'closed') {
    drop(w);
    // Until the page is back, if it ever is.
    w.holding = -1;
    if (!mayReturn) {
      w.isOver = 1;
      texts.push('{"close":{}}');
    }
    w.sid && navigator.sendBeacon(`${w.url}/session/${w.sid}/messages?seq=${w.acked + 1}`, `[${texts}]`);
  }
}

Object.assign(up, { failed, moved, over, paused, saidGoodbye });

module.exports = { hide, reconnect, saidGoodbye };
