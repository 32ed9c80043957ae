// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes.

const { asText } = require('./wire');
const { ask, confirm, giveBack, hand, measured, SHORT, up } = require('./session');

// Bytes for an acknowledgement and a goodbye.
const ROOM = 2000;

// Sends what waits, unless a POST is under way. `isOwed`: an acknowledgement is worth one of its own.
function post(w, isOwed) {
  const { acked, queue, received, goodbye, terms } = w;
  if (w.post || !(queue[0] || goodbye || isOwed)) {
    return;
  }
  const items = hand(w, w.most, terms.max - ROOM), texts = items.map(asText);
  // A message that nearly fills a body goes alone: one that is too large would be held against it.
  const fits = !items[0] || items[0].size < terms.max - ROOM, isLast = fits && goodbye && items.length === queue.length;
  if (fits && (received > w.told || isLast)) {
    // What came last would count as never delivered without it before the goodbye.
    texts.push(`{"ack":${received}}`);
  }
  if (isLast) {
    texts.push(JSON.stringify(goodbye));
  }
  const body = `[${texts}]`;
  w.post = ask(w, `/${w.sid}/messages?seq=${acked + 1}`, body, 2 * (SHORT + w.rtt) + body.length / 16, 0, (answer, ms) => {
    w.post = 0;
    if (body.length < 4000) {
      measured(w, ms);
    }
    answered(w, answer, acked, items.length, fits && received, isLast);
  });
}

function answered(w, { code, body, retry, why }, acked, count, told, isLast) {
  const { ack } = body;
  if (code === 'close') {
    return up.over(w, body.close, 1);
  }
  if ((code === 'ok' || code === 'gap') && ack < acked || ack > w.top) {
    // Whatever it has under these numbers was not said here.
    return up.over(w, { code: 4004, reason: 'the gateway has another session' });
  }
  const hasAll = confirm(w, ack) && w.acked >= acked + count;
  if (code === 'ok' && hasAll) {
    w.told = Math.max(w.told, told);
    w.most = Math.min(w.most * 2, 1024);
    isLast && up.saidGoodbye(w);
  } else if (code === 4002 && !count) {
    w.told = w.received;
    up.saidGoodbye(w);
  } else {
    // Halves find the message that is refused, or what a slow line takes.
    w.most = Math.max(count >> 1, 1);
    if (code === 4002 && count < 2 && acked === w.acked && !(w.ws && w.ws.phase > 2)) {
      giveBack(w, 0, code, why);
    } else if (code !== 4002 && code !== 'gap') {
      return up.refused(w, 0, { code, retry, why });
    }
  }
  up.flush(w);
}

module.exports = post;
