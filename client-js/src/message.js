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
  var head, length, out = [], i;
  if (!item.binary) {
    return item.head;
  }
  head = utf8.encode(item.head);
  for (length = head.length; length > 127; length >>= 7) {
    out.push(length & 127 | 128);
  }
  out.push(length);
  for (i = 0; i < head.length; i++) {
    out.push(head.charCodeAt(i));
  }
  length = out.length;
  head = new Uint8Array(length + item.binary.length);
  head.set(out);
  head.set(item.binary, length);
  return head.buffer;
}

// What the application is told of it when its fate is unknown. `isSent`: a carrier was given it, so that it may have arrived.
function describe(item, isSent) {
  var packet = json.parse(item.head), kind;
  for (kind in packet) {
    // The kind is what was put first.
    break;
  }
  return {
    kind: kind, sent: isSent, event: packet.event, room: packet.room || packet[kind].room,
    data: item.binary ? bytes.give(item.binary) : packet.data
  };
}

module.exports = { compose: compose, measured: measured, text: text, frame: frame, describe: describe };
