// A session that outlives its page: kept in sessionStorage over a reload, with a mark as long as a page holds it.

var json = require('./json');
var message = require('./message');

var VERSION = 2;

// What was kept by a page that has gone; nothing where there is nothing, or another page holds it.
function read(client) {
  var kept;
  try {
    kept = json.parse(client.env.sessionStorage.getItem('everwire ' + client.url));
    return kept[0] === VERSION && client.given.remember && kept;
  } catch (e) {
    // There is none.
  }
}

function forget(client) {
  try {
    client.env.sessionStorage.removeItem('everwire ' + client.url);
  } catch (e) {
    // There is none.
  }
}

// Keeps the session for another page; `isLive` as long as this one holds it. What was kept before goes where it can't be
// kept: a page that went on with that would say numbers that are taken.
function keep(client, isLive) {
  var session = client.session, outbox = session.outbox;
  if (client.given.remember && session.sid && client.state !== 'closed') {
    client.isKept = true;
    try {
      client.env.sessionStorage.setItem('everwire ' + client.url, json.stringify([
        isLive ? 0 : VERSION, session.sid, session.turn, session.taken, session.terms, outbox.taken, outbox.sent, client.ids,
        isLive ? 0 : message.texts(outbox.unacked())
      ]));
    } catch (e) {
      client.isKept = false;
      forget(client);
    }
  }
}

module.exports = {
  keep: keep,
  forget: forget,

  // Goes on with the session of the page that was here before, where it left one.
  recall: function (client) {
    var kept = read(client), session = client.session, outbox = session.outbox, i;
    if (kept) {
      session.sid = kept[1];
      session.isUsed = true;
      session.turn = kept[2];
      session.taken = kept[3];
      session.terms = kept[4];
      outbox.gone = outbox.taken = client.acked = kept[5];
      outbox.sent = kept[6];
      client.ids = kept[7];
      for (i = 0; i < kept[8].length; i++) {
        outbox.push(message.measured({ head: kept[8][i] }));
      }
      client.peer = session.terms.peer;
      client.update();
      // At once: a copy of this tab that is made before the session is carried would go on with it as well.
      keep(client, true);
    }
    return kept;
  },

  // Whether no other page has taken over what this one has left.
  isOurs: function (client) {
    return (read(client) || [])[1] === client.session.sid;
  }
};
