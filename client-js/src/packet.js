// Packets (docs/PROTOCOL.md, section 2) are the wire's own objects here, checked once as they come.

var json = require('./json');
var base64 = require('./base64');
var utf8 = require('./utf8');

// What members have to be, wherever they stand: an integer from 0 or 1 on, or (2) a text.
var TYPES = {
  event: 2, session: 2, peer: 2, room: 2, ns: 2, reason: 2, binary: 2, reply: 1, from: 1, id: 1,
  ack: 0, ping: 0, pong: 0, turn: 0, received: 0, last: 0, wait: 0, resume: 0, max: 0, retry: 0, at: 0, busy: 0
};
// The kinds, and what has to stand in the object of those that have one.
var KINDS = {
  event: '', reply: '', from: '', ack: '', ping: '', pong: '', error: 'code', moved: 'turn', drain: 'retry', close: 'code',
  open: 'session peer turn received last ping wait resume max carriers',
  disconnect: 'ns', joined: 'room', left: 'room', lost: 'room'
};

function has(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !json.is(value, 'Array');
}

function isNumber(value, least) {
  return typeof value === 'number' && value >= least && value <= 9007199254740991 && value % 1 === 0;
}

// Whether it is an object that has what is needed, and of which every member is what its name says.
function fits(object, needs) {
  var names = needs.split(' '), name, i;
  if (!isObject(object)) {
    return false;
  }
  for (i = 0; i < names.length; i++) {
    if (names[i] && !has(object, names[i])) {
      return false;
    }
  }
  for (name in object) {
    if (has(object, name) && has(TYPES, name) &&
      !(TYPES[name] > 1 ? typeof object[name] === 'string' : isNumber(object[name], TYPES[name]))) {
      return false;
    }
  }
  return true;
}

// The one kind of a packet; '' where it has none, or two, or is not what it has to be.
function kindOf(packet) {
  var kind = '', contents = 0, name, isWrong;
  for (name in packet) {
    if (has(packet, name)) {
      if (name === 'data' || name === 'binary' || (name === 'error' && has(packet, 'reply'))) {
        contents++;
        isWrong = isWrong || (name === 'error' && !fits(packet.error, KINDS.error));
      } else if (has(KINDS, name)) {
        isWrong = isWrong || kind || (KINDS[name] && !fits(packet[name], KINDS[name]));
        kind = name;
      }
    }
  }
  return isWrong || contents > 1 || !fits(packet, '') ? '' : kind;
}

// Reads a packet, parsed or as text: it gets a `kind`, and its bytes become such. Null where it is none.
function read(packet) {
  try {
    packet = typeof packet === 'string' ? json.parse(packet) : packet;
    packet.kind = kindOf(packet);
    if (has(packet, 'binary')) {
      packet.binary = base64.decode(packet.binary);
    }
    return packet.kind && packet.binary !== null ? packet : null;
  } catch (e) {
    return null;
  }
}

// Reads the payload of a binary frame, an array of bytes: a header's length (LEB128, at most 4 bytes, minimal), the header,
// and what is its `binary`.
function readFrame(bytes) {
  var length = 0, text = '', i = 0, end, packet;
  do {
    length |= (bytes[i] & 127) << (7 * i);
  } while (bytes[i++] > 127 && i < 4);
  end = i + length;
  if (!(bytes[i - 1] < 128) || (i > 1 && !bytes[i - 1]) || end > bytes.length) {
    return null;
  }
  for (; i < end; i++) {
    text += String.fromCharCode(bytes[i]);
  }
  packet = read(utf8.decode(text));
  if (packet && /^(event|reply)$/.test(packet.kind) && !has(packet, 'data') && !packet.binary && !packet.error) {
    packet.binary = bytes.slice ? bytes.slice(end) : bytes.subarray(end);
    return packet;
  }
  return null;
}

module.exports = { read: read, readFrame: readFrame, has: has, fits: fits, isObject: isObject, isNumber: isNumber };
