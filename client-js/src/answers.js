// What an HTTP answer means. A status counts only with a body of this protocol: a proxy's 404, a login page, a 502 are a
// broken carrier and no verdict on the session.

var json = require('./json');
var packet = require('./packet');

function broken(answer, why) {
  if (!why) {
    why = answer.late ? 'nothing came in time'
      : answer.status ? 'something between answered with status ' + answer.status
        : 'the network failed';
  }
  return { kind: 'broken', why: why, late: !!answer.late };
}

function refused(answer, body) {
  var error = body.error, code = error.code;
  if (code === 4003) {
    return { kind: 'drain', retry: answer.retry || 1000 };
  }
  if (code === 4009) {
    return { kind: 'wait', retry: answer.retry || 1000, ack: body.ack };
  }
  if (code === 'stale' && packet.isNumber(body.turn, 0)) {
    return { kind: 'stale', turn: body.turn };
  }
  if (code === 'gap' && packet.isNumber(body.ack, 0)) {
    return { kind: 'gap', ack: body.ack };
  }
  if (code === 'used') {
    return { kind: 'used' };
  }
  if (code === 4002) {
    return { kind: 'refused', message: String(error.message) };
  }
  return broken(answer, String(error.message));
}

// `kind` is `ok`, `close`, `drain`, `wait`, `stale`, `gap`, `used`, `refused`, or `broken`.
function interpret(answer) {
  var body, close;
  try {
    body = answer.status ? json.parse(answer.text) : null;
  } catch (e) {
    body = null;
  }
  if (!packet.isObject(body)) {
    return broken(answer);
  }
  if (packet.has(body, 'close')) {
    close = packet.read({ close: body.close });
    return close.refused ? broken(answer) : { kind: 'close', close: close };
  }
  if (packet.isObject(body.error)) {
    return refused(answer, body);
  }
  return answer.status === 200 || answer.status === 201 ? { kind: 'ok', body: body } : broken(answer);
}

// A poll's answer: its messages and control packets read. Null where it is none.
function batch(body) {
  var read = { from: body.from, messages: [], controls: [] };
  if (!packet.isNumber(body.from, 1) || !json.is(body.messages, 'Array')) {
    return null;
  }
  return readAll(body.messages, read.messages) && readAll(body.control || [], read.controls) ? read : null;
}

function readAll(packets, into) {
  var meaning, i;
  for (i = 0; i < packets.length; i++) {
    meaning = packet.read(packets[i]);
    if (meaning.refused) {
      return false;
    }
    into.push(meaning);
  }
  return true;
}

module.exports = { interpret: interpret, batch: batch };
