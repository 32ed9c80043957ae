// The gateway asked for a reply: one may be given, once, in the session that asked.

var Item = require('./item');
var bytes = require('./bytes');

// Gives `message` its `reply` and `fail`, for the request `id` of the gateway.
module.exports = function (client, message, id) {
  var session = client.link.session;
  // Throws where the data can't be JSON. What could not be sent leaves the request unanswered: `fail` may still be called.
  function answer(meaning) {
    var item, wrong;
    if (session !== client.link.session || client.state === 'closed' || !id) {
      return false;
    }
    meaning.id = id;
    item = new Item(meaning);
    wrong = client.check(item);
    if (wrong) {
      client.fail(item, wrong);
      return false;
    }
    id = 0;
    client.push(item);
    return true;
  }
  message.reply = function (data) {
    if (bytes.of(data)) {
      // The gateway would end the session for it (docs/PROTOCOL.md, section 2).
      throw new TypeError('everwire: a reply is JSON; bytes go as a message of their own');
    }
    return answer({ kind: 'reply', data: data });
  };
  message.fail = function (code, text) {
    return answer({ kind: 'reply', error: { code: String(code), message: String(text || '') } });
  };
};
