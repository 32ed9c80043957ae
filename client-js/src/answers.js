// What an HTTP answer means. A status counts only with a body of this protocol: a proxy's 404, a login page, a 502 are a
// broken carrier and no verdict on the session.

var json = require('./json');
var packet = require('./packet');

// Gives the answer a `body` (an object, whatever came) and a `kind`: 'ok' (the body is still to be looked at), 'close', the
// code of a refusal, or '' for a broken way. `why` is what can be said of that.
function interpret(answer) {
  var body = answer.body, error;
  try {
    body = body || json.parse(answer.text);
  } catch (e) {
    // It is none.
  }
  answer.body = body = packet.isObject(body) ? body : {};
  error = body.error || {};
  answer.why = error.message || (answer.late ? 'nothing came in time' : 'an answer with status ' + answer.status);
  answer.retry = answer.retry || 1000;
  answer.kind = body.close ? packet.read({ close: body.close }) && 'close'
    : /^(400[239]|used|stale|gap)$/.test(error.code) ? error.code : !body.error && /^20[01]$/.test(answer.status) && 'ok';
  return answer;
}

// Reads a list of packets in place; false where one is none.
function readAll(packets) {
  var i;
  for (i = 0; i < packets.length && packet.read(packets[i]); i++) {
    // Each in turn.
  }
  return i === packets.length;
}

// Whether this is a poll's answer; its packets are read then.
function isBatch(body) {
  body.control = body.control || [];
  return packet.isNumber(body.from, 1) && json.is(body.messages, 'Array') && readAll(body.messages) && readAll(body.control);
}

module.exports = { interpret: interpret, isBatch: isBatch };
