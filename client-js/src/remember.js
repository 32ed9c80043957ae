// A session that outlives its page: kept in sessionStorage over a reload, with a mark as long as a page holds it.

var json = require('./json');
var message = require('./message');

var VERSION = 2;

// What was kept by a page that has gone; null where there is nothing, or another page holds it.
function read(client) {
  var kept;
  try {
    kept = json.parse(client.env.sessionStorage.getItem('everwire ' + client.url));
  } catch (e) {
    return null;
  }
  return client.given.remember && kept && kept['v'] === VERSION && !kept.live && kept.session ? kept : null;
}

function forget(client) {
  try {
    client.env.sessionStorage.removeItem('everwire ' + client.url);
  } catch (e) {
    // There is none.
  }
}

// Keeps the session for another page; `isLive` as long as this one holds it. What was kept before goes where it can't be
// kept: a page that went on with that would say numbers that are taken. The names are quoted, so that they are the same in
// every version of the client.
function keep(client, isLive) {
  var session = client.session, outbox = session.outbox, items = isLive ? [] : outbox.unacked(), texts = [], i;
  if (!client.given.remember || !session.sid || client.state === 'closed') {
    return;
  }
  for (i = 0; i < items.length; i++) {
    texts.push(message.text(items[i]));
  }
  try {
    client.env.sessionStorage.setItem('everwire ' + client.url, json.stringify({
      'v': VERSION, 'live': isLive, 'session': session.sid, 'turn': session.turn, 'received': session.taken,
      'acked': outbox.taken, 'sent': outbox.sent, 'terms': session.terms, 'ids': client.ids, 'texts': texts
    }));
    client.isKept = true;
  } catch (e) {
    client.isKept = false;
    forget(client);
  }
}

module.exports = {
  keep: keep,
  forget: forget,

  // Goes on with the session of the page that was here before, where it left one.
  recall: function (client) {
    var kept = read(client), session = client.session, outbox = session.outbox, i;
    if (!kept) {
      return false;
    }
    session.sid = kept.session;
    session.turn = kept.turn;
    session.taken = kept.received;
    session.terms = kept.terms;
    outbox.gone = outbox.taken = client.acked = kept.acked;
    for (i = 0; i < kept.texts.length; i++) {
      outbox.push(message.measured({ head: kept.texts[i] }));
    }
    outbox.sent = Math.max(kept.sent, kept.acked);
    client.ids = kept.ids;
    client.peer = kept.terms.peer;
    client.update();
    // At once: a copy of this tab that is made before the session is carried would go on with it as well.
    keep(client, true);
    return true;
  },

  // Whether no other page has taken over what this one has left.
  isOurs: function (client) {
    var kept = read(client);
    return !!kept && kept.session === client.session.sid;
  }
};
