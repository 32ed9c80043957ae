// Packets: read to a meaning, composed from one (docs/PROTOCOL.md, section 2). What is malformed is `{refused: why}`:
// `syntax` (no JSON object), `kind` (none of a known kind, or of two), `field` (a member that is missing or wrong).

var json = require('./json');
var base64 = require('./base64');
var utf8 = require('./utf8');

var MAX = 9007199254740991;

function isNumber(value, least) {
  return typeof value === 'number' && value >= least && value <= MAX && Math.floor(value) === value;
}

function isText(value) {
  return typeof value === 'string';
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !json.is(value, 'Array');
}

function has(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

// Copies members that are there; false where one is not what it has to be.
function copy(from, to, names, isRight) {
  var i;
  for (i = 0; i < names.length; i++) {
    if (has(from, names[i])) {
      if (!isRight(from[names[i]])) {
        return false;
      }
      to[names[i]] = from[names[i]];
    }
  }
  return true;
}

function isId(value) {
  return isNumber(value, 1);
}

function isCount(value) {
  return isNumber(value, 0);
}

function hasAll(object, names) {
  var i;
  for (i = 0; i < names.length; i++) {
    if (!has(object, names[i])) {
      return false;
    }
  }
  return true;
}

// `data`, or bytes in its place.
function readContent(packet, meaning) {
  if (has(packet, 'data')) {
    meaning.data = packet.data;
    return !has(packet, 'binary');
  }
  if (has(packet, 'binary')) {
    meaning.bytes = isText(packet.binary) ? base64.decode(packet.binary) : null;
    return meaning.bytes !== null;
  }
  return true;
}

function readPlace(packet, meaning) {
  if (!copy(packet, meaning, ['ns', 'room'], isText)) {
    return false;
  }
  if (meaning.ns === '/') {
    delete meaning.ns;
  }
  return true;
}

function failure(error) {
  var code = isObject(error) ? error.code : undefined;
  if (!isText(code) && typeof code !== 'number') {
    return null;
  }
  return { code: code, message: isText(error.message) ? error.message : '' };
}

// What each kind has to say; each tells whether it does.
var READERS = {
  event: function (packet, meaning) {
    meaning.name = packet.event;
    return isText(packet.event) && readPlace(packet, meaning) && readContent(packet, meaning) &&
      copy(packet, meaning, ['peer'], isText) && copy(packet, meaning, ['id'], isId) &&
      copy(packet, meaning, ['at'], isCount);
  },
  reply: function (packet, meaning) {
    meaning.id = packet.reply;
    if (has(packet, 'error')) {
      meaning.error = failure(packet.error);
      return isId(packet.reply) && meaning.error !== null && !has(packet, 'data') && !has(packet, 'binary');
    }
    return isId(packet.reply) && readContent(packet, meaning);
  },
  error: function (packet, meaning) {
    var error = failure(packet.error);
    meaning.code = error && error.code;
    meaning.message = error && error.message;
    return error !== null;
  },
  open: function (packet, meaning) {
    var open = packet.open;
    return isObject(open) && isText(open.session) && isText(open.peer) && json.is(open.carriers, 'Array') &&
      hasAll(open, ['v', 'turn', 'received', 'last', 'ping', 'wait', 'resume', 'max']) &&
      copy(open, meaning, ['session', 'peer'], isText) && copy(open, meaning, ['from'], isId) &&
      copy(open, meaning, ['v', 'turn', 'received', 'last', 'ping', 'wait', 'resume', 'max'], isCount) &&
      copy(open, meaning, ['carriers'], isObjectOrList);
  },
  ack: function (packet, meaning) {
    meaning.number = packet.ack;
    return isCount(packet.ack) && copy(packet, meaning, ['busy'], isCount);
  },
  from: number('from', isId),
  ping: number('ping', isCount),
  pong: number('pong', isCount),
  moved: member('moved', 'turn'),
  drain: member('drain', 'retry'),
  close: function (packet, meaning) {
    var close = packet.close;
    meaning.reason = '';
    return isObject(close) && has(close, 'code') && copy(close, meaning, ['reason'], isText) &&
      copy(close, meaning, ['code', 'last', 'received'], isCount);
  },
  disconnect: scope('disconnect', 'ns'),
  joined: scope('joined', 'room'),
  left: scope('left', 'room'),
  lost: scope('lost', 'room')
};

function isObjectOrList(value) {
  return typeof value === 'object' && value !== null;
}

function number(kind, isRight) {
  return function (packet, meaning) {
    meaning.number = packet[kind];
    return isRight(packet[kind]);
  };
}

function member(kind, name) {
  return function (packet, meaning) {
    return isObject(packet[kind]) && has(packet[kind], name) && copy(packet[kind], meaning, [name], isCount);
  };
}

function scope(kind, name) {
  return function (packet, meaning) {
    return isObject(packet[kind]) && has(packet[kind], name) && copy(packet[kind], meaning, [name], isText);
  };
}

var CLIENTS = { connect: 1, join: 1, leave: 1, auth: 1, resume: 1, attach: 1 };

// The one kind of a packet; '' where it has none, or two. A reply's own `error` is none.
function kindOf(packet) {
  var kind = '', name;
  for (name in packet) {
    if (has(packet, name) && (has(READERS, name) || has(CLIENTS, name)) && !(name === 'error' && has(packet, 'reply'))) {
      if (kind || has(CLIENTS, name)) {
        return '';
      }
      kind = name;
    }
  }
  return kind;
}

// A packet that is parsed already.
function read(packet) {
  var meaning;
  if (!isObject(packet)) {
    return { refused: 'syntax' };
  }
  meaning = { kind: kindOf(packet) };
  if (!meaning.kind) {
    return { refused: 'kind' };
  }
  return READERS[meaning.kind](packet, meaning) ? meaning : { refused: 'field' };
}

// The text of one packet.
function hear(text) {
  var packet;
  try {
    packet = json.parse(text);
  } catch (e) {
    return { refused: 'syntax' };
  }
  return read(packet);
}

// The length of a binary frame's header: at most 4 bytes of LEB128, minimal. Null where it is none.
function readLength(bytes) {
  var length = 0, i;
  for (i = 0; i < 4 && i < bytes.length; i++) {
    length |= (bytes[i] & 127) << (7 * i);
    if (bytes[i] < 128) {
      return i > 0 && bytes[i] === 0 ? null : { length: length, end: i + 1 };
    }
  }
  return null;
}

// The payload of a binary frame, as an array of bytes: an event whose `bytes` are what follows its header.
function hearBinary(bytes) {
  var head = readLength(bytes), text = '', meaning, i;
  if (!head || head.end + head.length > bytes.length) {
    return { refused: 'field' };
  }
  for (i = head.end; i < head.end + head.length; i++) {
    text += String.fromCharCode(bytes[i]);
  }
  try {
    meaning = hear(utf8.decode(text));
  } catch (e) {
    return { refused: 'syntax' };
  }
  if (!meaning.refused) {
    if (meaning.kind !== 'event' && meaning.kind !== 'reply') {
      return { refused: 'kind' };
    }
    if (has(meaning, 'data') || meaning.bytes || meaning.error) {
      return { refused: 'field' };
    }
    meaning.bytes = bytes.slice ? bytes.slice(i) : bytes.subarray(i);
  }
  return meaning;
}

module.exports = { read: read, hear: hear, hearBinary: hearBinary, has: has, isObject: isObject, isNumber: isNumber };
