// A message on its way: composed when it is said, so that what the application changes later changes nothing.

var json = require('./json');
var base64 = require('./base64');
var utf8 = require('./utf8');
var bytes = require('./bytes');

// `packet` is what goes over the wire but for its content: any JSON value, or bytes. Throws where it can't be JSON.
function compose(packet, data) {
  var binary = bytes.of(data);
  if (!binary) {
    packet.data = data;
  }
  return measured({ id: packet.id, binary: binary, head: json.stringify(packet) });
}

// With the comma behind it, as it stands in a body: bytes of UTF-8.
function measured(item) {
  item.size = utf8.size(text(item)) + 1;
  return item;
}

// As text: bytes are base64 there.
function text(item) {
  return item.binary ? item.head.slice(0, -1) + ',"binary":"' + base64.encode(item.binary) + '"}' : item.head;
}

// As a WebSocket that can send bytes sends it. An ArrayBuffer, since the first browsers that could send one would have sent
// a view as its words.
function frame(item) {
  var head = item.head, length = '', out, i;
  if (!item.binary) {
    return head;
  }
  head = utf8.encode(head);
  for (i = head.length; i > 127; i >>= 7) {
    length += String.fromCharCode(i & 127 | 128);
  }
  head = length + String.fromCharCode(i) + head;
  out = new Uint8Array(head.length + item.binary.length);
  for (i = 0; i < head.length; i++) {
    out[i] = head.charCodeAt(i);
  }
  out.set(item.binary, i);
  return out.buffer;
}

// What the application is told of it when its fate is unknown. `isSent`: a carrier was given it, so that it may have arrived.
function describe(item, isSent) {
  var packet = json.parse(item.head), kind = /\w+/.exec(item.head)[0];
  return {
    kind: kind, sent: isSent, event: packet.event, room: packet.room || packet[kind].room,
    data: item.binary ? bytes.give(item.binary) : packet.data
  };
}

// The texts of items, and the body of a POST made of such.
function texts(items) {
  var all = [], i;
  for (i = 0; i < items.length; i++) {
    all.push(text(items[i]));
  }
  return all;
}

function body(texts) {
  return '[' + texts + ']';
}

module.exports = {
  texts: texts, body: body, compose: compose, measured: measured, text: text, frame: frame, describe: describe
};
