// A session that outlives its page: kept in sessionStorage over a reload, with a mark as long as a page holds it.

var json = require('./json');

var VERSION = 1;

function Memory(env, base) {
  this.storage = env.sessionStorage;
  this.name = 'everwire ' + base;
}

var proto = Memory.prototype;

// What was kept by a page that has gone; null where there is nothing, or another page holds it.
proto.recall = function () {
  var kept;
  try {
    kept = json.parse(this.storage.getItem(this.name) || 'null');
  } catch (e) {
    return null;
  }
  return kept && kept['v'] === VERSION && !kept.live && kept.sid ? kept : null;
};

// False where there is no storage, or it is full. What was kept before goes then, too: a page that went on with that would
// say numbers that are taken.
proto.keep = function (kept) {
  kept['v'] = VERSION;
  try {
    this.storage.setItem(this.name, json.stringify(kept));
    return true;
  } catch (e) {
    this.forget();
    return false;
  }
};

proto.forget = function () {
  try {
    this.storage.removeItem(this.name);
  } catch (e) {
    // There is none.
  }
};

// Everything that another page needs to go on with a session: `texts` are the packets that were not acknowledged.
function save(session, isLive) {
  var items = session.outbox.unacked(), texts = [], i;
  for (i = 0; i < items.length; i++) {
    texts.push(items[i].text());
  }
  // Quoted, so that they are called the same in every version of the client.
  return {
    'live': isLive,
    'sid': session.sid,
    'peer': session.peer,
    'turn': session.turn,
    'received': session.inbox.taken,
    'acked': session.outbox.taken(),
    'sent': session.outbox.sent,
    'terms': session.terms,
    'texts': isLive ? [] : texts
  };
}

// Makes a fresh session go on where that one stopped; `revive` makes an item of a packet's text.
function restore(session, kept, revive) {
  var outbox = session.outbox, i;
  session.sid = kept.sid;
  session.peer = kept.peer;
  session.turn = kept.turn;
  session.terms = kept.terms;
  session.inbox.taken = kept.received;
  outbox.acked = outbox.claimed = kept.acked;
  for (i = 0; i < kept.texts.length; i++) {
    outbox.push(revive(kept.texts[i]));
  }
  outbox.sent = Math.max(kept.sent, kept.acked);
}

module.exports = { Memory: Memory, save: save, restore: restore };
