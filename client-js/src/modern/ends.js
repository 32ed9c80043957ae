// Ends: of carriers, and of the session; and what the page does to both. Functions of a client `w`.

const { asText } = require('./wire');
const { base, begin, confirm, describe, forgive, later, now, up } = require('./session');
const { greet } = require('./socket');
const { dropGet, dropSocket, fell, flush, giveUp, hold, receive, release, settle } = require('./link');

// Full jitter below a bound that doubles, so that many clients come back spread.
const delay = (w, failures) => w.env.random() * Math.min(w.retry.max, w.retry.min * 2 ** failures);

// What people are told while nothing carries.
function cut(w, why) {
  w.why = why;
  w.holder || w.show('', why);
}

// A carrier failed, or a request beside them. `ms` is how long to wait before anything is tried again, where the gateway said so.
function failed(w, c, why, ms) {
  const isSocket = c === w.ws;
  if (w.isOver || c.name && !isSocket && c !== w.get) {
    return;
  }
  if (ms && isSocket && w.holder !== 'ws' && base(w)) {
    // A try beside what works: that goes on.
    ms = 0;
  }
  if (isSocket) {
    dropSocket(w);
  } else if (c.name) {
    w.isProved = 0;
    dropGet(w);
    w.holder = w.holder === 'ws' ? 'ws' : '';
  }
  if (!ms && (isSocket || w.sid && c.name === 'stream')) {
    fell(w, c.name, c.from && now(w) - c.began);
  }
  const name = base(w);
  cut(w, why);
  if (!ms && c.name && name && name !== c.name) {
    settle(w);
    flush(w);
  } else {
    w.sid || w.ws && greet(w, w.ws, 1);
    hold(w, ms || delay(w, w.fails++));
  }
}

// The gateway asks to come back later: it drains (4003), or has too much to do (4009).
const paused = (w, c, code, ms) => failed(w, c, 'busy', (code === 4003 ? w.env.random() : 1) * ms + 1);

// The delivery is at another carrier, whose turn is this.
function moved(w, c, turn) {
  if (turn > w.turn) {
    // It was never ours.
    end(w, { code: 4006, reason: 'another page' });
  } else if (c === w.get) {
    receive(w, c.name);
  } else {
    failed(w, c, 'moved');
  }
}

// The session is over: a new one is opened, or none, by the code.
function end(w, { code, reason = '', last, received }) {
  if (w.isOver) {
    return;
  }
  confirm(w, Math.min(received || 0, w.top));
  const undelivered = code !== 4004 && last >= w.received ? last - w.received : null, uncertain = describe(w.queue, w.top - w.acked);
  drop(w);
  if ([4003, 4004, 4006, 4008, 4009, 4011].includes(code) && !w.goodbye) {
    // The more died within a minute, the later comes the next one.
    begin(w);
    hold(w, delay(w, w.deaths++));
    later(w, () => w.deaths--, 60000);
    cut(w, 'lost');
    w.failAll('uncertain');
    w.fire('reset', { code, reason, undelivered, uncertain });
  } else {
    w.isOver = 1;
    // No timer is left: a program in node may end.
    forgive(w);
    w.show('closed', 'closed');
    w.failAll('uncertain');
    w.fire('close', { code, reason, uncertain });
  }
}

// Ends every carrier.
function drop(w) {
  w.env.clearTimeout(w.holding);
  w.holding = 0;
  dropSocket(w);
  dropGet(w);
  giveUp(w, 'post');
  giveUp(w, 'probe');
  w.holder = '';
}

function saidGoodbye(w) {
  w.goodbye && end(w, w.goodbye.close);
}

// Drops the carrier and attaches anew at once.
function reconnect(w, why) {
  if (!w.isOver) {
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
    hold(w, 2e9);
    if (!mayReturn) {
      w.isOver = 1;
      texts.push('{"close":{}}');
    }
    w.sid && texts[0] && navigator.sendBeacon(`${w.url}/session/${w.sid}/messages?seq=${w.acked + 1}`, `[${texts}]`);
  }
}

Object.assign(up, { end, failed, moved, paused, saidGoodbye });

module.exports = { hide, reconnect, saidGoodbye };
