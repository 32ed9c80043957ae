// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes.

const { asText, utf8 } = require('./wire');
const { ask, confirm, delay, giveBack, measured, up } = require('./session');

// Most packets in a body: the gateway's own default bound. Bytes that a body is never cut below.
const MOST = 1024, LEAST = 32768;

// Sends what waits, unless a POST is under way or has to wait. `isOwed`: an acknowledgement is worth one of its own.
function post(w, isOwed) {
  const { acked, queue, received, goodbye } = w, room = Math.min(w.terms.max, w.share) - 2, extra = [];
  let bytes = 0, count = 0;
  if (w.post || w.pausing || !(queue[0] || goodbye || isOwed)) {
    return;
  }
  do {
    bytes += queue[count] ? queue[count].size : 0;
  } while (queue[count] && (bytes <= room || !count) && ++count < w.most);
  const texts = queue.slice(0, count).map(asText);
  let saysGoodbye = goodbye && count === queue.length;
  if (received > w.told || saysGoodbye) {
    // What came last would count as never delivered without the acknowledgement before the goodbye.
    extra.push(`{"ack":${received}}`);
  }
  if (saysGoodbye) {
    extra.push(JSON.stringify(goodbye));
  }
  if (count && utf8([texts, extra]).length + 2 > w.terms.max) {
    // That goes alone: a body that is too large for it would be held against what was said last.
    saysGoodbye = extra.length = 0;
  }
  const body = `[${texts.concat(extra)}]`;
  w.top = Math.max(w.top, acked + count);
  w.post = ask(w, `/${w.sid}/messages?seq=${acked + 1}`, body, 10000 + 2 * w.rtt + body.length / 16, 0, (answer, ms) => {
    w.post = 0;
    answered(w, answer, { first: acked, count, told: extra[0] ? received : 0, saysGoodbye, length: body.length, ms });
  });
}

function answered(w, { code, body, retry, why }, sent) {
  const { ack } = body, { first, count, length } = sent, isNumber = Number.isInteger(ack);
  if (code === 'ok' && isNumber) {
    if (length < 4096) {
      measured(w, sent.ms);
    }
    w.told = Math.max(w.told, sent.told);
    if (!confirm(w, ack)) {
      // Whatever it has under these numbers was not said here.
      up.over(w, { code: 4004, reason: 'The gateway has taken more than was said here.' });
    } else if (w.acked < first + count) {
      again(w, length);
    } else {
      w.postFails = 0;
      w.most = MOST;
      sent.saysGoodbye && up.saidGoodbye(w);
      up.flush(w);
    }
  } else if (code === 'close') {
    up.over(w, body.close, 1);
  } else if (code === 'gap' && isNumber) {
    if (ack < w.acked) {
      up.over(w, { code: 4004, reason: 'The gateway has lost what it had acknowledged.' });
    } else {
      confirm(w, ack);
      up.flush(w);
    }
  } else if (code === 4002) {
    refused(w, sent, why);
  } else if (code === 4003 || code === 4009) {
    confirm(w, isNumber ? ack : 0);
    later(w, retry);
  } else {
    again(w, length);
  }
}

// Nothing of the body was taken. Halves find the message that is at fault, which is given back.
function refused(w, { first, count }, why) {
  if (count > 1) {
    w.most = count + 1 >> 1;
  } else if (!count) {
    w.told = w.received;
    up.saidGoodbye(w);
  } else if (first === w.acked && !(w.ws && w.ws.phase > 2)) {
    w.most = MOST;
    giveBack(w, w.queue[0], 4002, why);
  }
  up.flush(w);
}

// The network failed, or something on it is too slow for so much: the same once more, or less of it.
function again(w, length) {
  w.share = Math.max(length >> 1, LEAST);
  later(w, delay(w, w.postFails++));
}

function later(w, ms) {
  w.pausing = w.env.setTimeout(() => {
    w.pausing = 0;
    up.flush(w);
  }, ms);
}

module.exports = post;
