// Packets (docs/PROTOCOL.md, section 2) are the wire's own objects here, checked once as they come.

var json = require('./json');
var base64 = require('./base64');
var utf8 = require('./utf8');

// What members have to be, wherever they stand: a text, or an integer from 1 or from 0 on.
var TEXT = /^(event|session|peer|room|ns|reason|binary)$/;
var NUMBER = /^(reply|from|id)$/;
var COUNT = /^(ack|ping|pong|turn|received|last|wait|resume|max|retry|at|busy)$/;
// The kinds, and what has to stand in the object of those that have one.
var KINDS = /^(event|reply|from|ack|ping|pong|error|open|moved|drain|close|disconnect|joined|left|lost)$/;
var NEEDS = {
  error: 'code', open: 'session', moved: 'turn', drain: 'retry', close: 'code', disconnect: 'ns', joined: 'room', left: 'room',
  lost: 'room'
};

function has(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

function isObject(value) {
  return !!value && typeof value === 'object' && !json.is(value, 'Array');
}

function isNumber(value, least) {
  return typeof value === 'number' && value >= least && value <= 9007199254740991 && value % 1 === 0;
}

// Whether it is an object that has what is needed, and of which every member is what its name says.
function fits(object, needs) {
  var isRight = isObject(object) && (!needs || has(object, needs)), name, value;
  for (name in object) {
    value = object[name];
    isRight = isRight && (TEXT.test(name) ? typeof value === 'string'
      : NUMBER.test(name) ? isNumber(value, 1) : !COUNT.test(name) || isNumber(value, 0));
  }
  return isRight;
}

// The one kind of a packet; false where it has none, or two, or is not what it has to be.
function kindOf(packet) {
  var kind = '', contents = 0, name, needs;
  for (name in packet) {
    if (name === 'data' || name === 'binary' || name === 'error' && packet.reply) {
      contents++;
    } else if (KINDS.test(name)) {
      // Two are no kind any more.
      kind += name;
    }
  }
  needs = NEEDS[kind];
  return KINDS.test(kind) && contents < 2 && fits(packet) && (!needs || fits(packet[kind], needs)) &&
    (kind !== 'close' || isNumber(packet.close.code, 0)) &&
    (kind === 'error' || !has(packet, 'error') || fits(packet.error, 'code')) && kind;
}

// Reads a packet, parsed or as text: it gets a `kind`, and its bytes become such. Null where it is none.
function read(packet) {
  try {
    packet = typeof packet === 'string' ? json.parse(packet) : packet;
    packet.kind = kindOf(packet);
    if (packet.kind && has(packet, 'binary')) {
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
  var length = 0, text = '', i = 0, packet;
  do {
    length |= (bytes[i] & 127) << (7 * i);
  } while (bytes[i++] > 127 && i < 4);
  if (bytes[i - 1] < 128 && (i < 2 || bytes[i - 1]) && i + length <= bytes.length) {
    for (length += i; i < length; i++) {
      text += String.fromCharCode(bytes[i]);
    }
    packet = read(utf8.decode(text));
    if (packet && /^(event|reply)$/.test(packet.kind) && !has(packet, 'data') && !packet.binary && !packet.error) {
      packet.binary = bytes.subarray(i);
      return packet;
    }
  }
  return null;
}

module.exports = { read: read, readFrame: readFrame, has: has, isObject: isObject, isNumber: isNumber };
