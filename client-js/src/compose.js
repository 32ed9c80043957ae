// What the client says, as the text of packets.

var json = require('./json');
var base64 = require('./base64');
var utf8 = require('./utf8');

// A packet in the making: members in the order in which they are put.
function member(name, text) {
  return text === undefined ? '' : ',"' + name + '":' + text;
}

function quoted(text) {
  return text === undefined ? undefined : json.quote(text);
}

function packet(members) {
  return '{' + members.slice(1) + '}';
}

// The object that stands behind a kind: the members of `meaning` that are named and there.
function object(meaning, names) {
  var members = '', i;
  for (i = 0; i < names.length; i++) {
    if (meaning[names[i]] !== undefined) {
      members += member(names[i], json.stringify(meaning[names[i]]));
    }
  }
  return packet(members);
}

// The members of each kind's object, and those beside it.
var INSIDE = {
  open: ['auth', 'key'],
  resume: ['session'],
  attach: ['after', 'turn'],
  join: ['room', 'since'],
  leave: ['room'],
  connect: ['ns', 'auth'],
  disconnect: ['ns'],
  close: ['code', 'reason']
};

function head(meaning) {
  var kind = meaning.kind;
  if (kind === 'event') {
    return member(kind, json.quote(meaning.name));
  }
  if (kind === 'reply') {
    return member(kind, String(meaning.id));
  }
  if (kind === 'auth') {
    return member(kind, json.stringify(meaning.auth));
  }
  return member(kind, INSIDE[kind] ? object(meaning, INSIDE[kind]) : String(meaning.number));
}

// Everything but the content.
function frame(meaning) {
  var inside = meaning.kind === 'connect' || meaning.kind === 'disconnect';
  return head(meaning) + member('ns', inside ? undefined : quoted(meaning.ns)) +
    (meaning.kind === 'event' ? member('room', quoted(meaning.room)) : '') +
    (meaning.kind === 'reply' || !meaning.id ? '' : member('id', String(meaning.id)));
}

// The packet's text. Bytes are base64 in it.
function say(meaning) {
  var content = meaning.error ? member('error', json.stringify(meaning.error)) : member('data', json.stringify(meaning.data));
  if (meaning.bytes) {
    content = member('binary', '"' + base64.encode(meaning.bytes) + '"');
  }
  return packet(frame(meaning) + content);
}

// The payload of the binary frame of a message with bytes, where the browser has typed arrays: an ArrayBuffer, since the
// first browsers that could send one would have sent a view as its words.
function sayBinary(meaning) {
  var text = utf8.encode(packet(frame(meaning))), length = text.length, head = [], out, i;
  do {
    head.push((length & 127) | (length > 127 ? 128 : 0));
    length >>= 7;
  } while (length);
  out = new Uint8Array(head.length + text.length + meaning.bytes.length);
  out.set(head);
  for (i = 0; i < text.length; i++) {
    out[head.length + i] = text.charCodeAt(i);
  }
  out.set(meaning.bytes, head.length + text.length);
  return out.buffer;
}

// The body of a POST: one packet or several.
function body(texts) {
  return '[' + texts.join(',') + ']';
}

module.exports = { say: say, sayBinary: sayBinary, body: body };
