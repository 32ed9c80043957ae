// A poll: a GET with one answer, which is heard as if it were a stream: `from`, messages, control packets.

var is = require('../json').is;

function feed(body, hear) {
  var all = [{ from: body.from }].concat(body.messages, body.control || []), i;
  for (i = 0; i < all.length; i++) {
    hear(all[i]);
  }
}

// `ms` is for how long it may be held.
function poll(client, url, hear, end, ms) {
  return client.ask({ method: 'GET', url: url, timeout: ms + 10000 }, function (answer, took) {
    if (answer.kind !== 'ok' || !is(answer.body.messages, 'Array')) {
      end(answer.why, answer);
      return;
    }
    if (!ms) {
      client.measured(took);
    }
    feed(answer.body, hear);
    end('');
  });
}

poll.feed = feed;
module.exports = poll;
