/* Everwire client 0.1.0, MIT OR Apache-2.0 */
(function () {
// json.js

// JSON: the browser's own where it is right, and ours where there is none.

// What may not stand bare in JSON that old engines read: line separators, and surrogates without their other half,
// which XMLHttpRequest and WebSocket mangle or refuse.
var SEPARATOR = /[\u2028\u2029]/g;
var SURROGATE = /[\ud800-\udfff]/;
var PAIR = /[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;
var SPECIAL = /["\\\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g;
// What some engines drop from, or end a line at in, a text that they evaluate.
var UNSAFE = /[\u00ad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g;
var NAMES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

function escaped(unit) {
  return NAMES[unit] || '\\u' + ('0000' + unit.charCodeAt(0).toString(16)).slice(-4);
}

function lone(unit) {
  return unit.length > 1 ? unit : escaped(unit);
}

function harden(text) {
  text = text.replace(SEPARATOR, escaped);
  return SURROGATE.test(text) ? text.replace(PAIR, lone) : text;
}

function quote(text) {
  return harden('"' + text.replace(SPECIAL, escaped) + '"');
}

function is(value, type) {
  return Object.prototype.toString.call(value) === '[object ' + type + ']';
}

function pad(number, digits) {
  return ('000' + number).slice(-digits);
}

// A date as `toJSON` has it, which IE below 9 lacks.
function date(value) {
  if (!isFinite(value.getTime())) {
    return 'null';
  }
  return '"' + value.getUTCFullYear() + '-' + pad(value.getUTCMonth() + 1, 2) + '-' + pad(value.getUTCDate(), 2) +
    'T' + pad(value.getUTCHours(), 2) + ':' + pad(value.getUTCMinutes(), 2) + ':' + pad(value.getUTCSeconds(), 2) +
    '.' + pad(value.getUTCMilliseconds(), 3) + 'Z"';
}

function list(value, depth) {
  var parts = [], i;
  for (i = 0; i < value.length; i++) {
    parts.push(write(value[i], depth) || 'null');
  }
  return '[' + parts.join(',') + ']';
}

function members(value, depth) {
  var parts = [], name, text;
  for (name in value) {
    if (Object.prototype.hasOwnProperty.call(value, name)) {
      text = write(value[name], depth);
      if (text) {
        parts.push(quote(name) + ':' + text);
      }
    }
  }
  return '{' + parts.join(',') + '}';
}

// Undefined for what JSON has no form for, like the browser's own.
function write(value, depth) {
  var type = typeof value;
  if (type === 'string' || is(value, 'String')) {
    return quote(String(value));
  }
  if (type === 'number' || is(value, 'Number')) {
    return isFinite(value) ? String(+value) : 'null';
  }
  if (type === 'boolean' || is(value, 'Boolean')) {
    return String(value.valueOf());
  }
  if (value === null) {
    return 'null';
  }
  if (type !== 'object') {
    return undefined;
  }
  if (depth > 100) {
    throw new TypeError('JSON: nested too deep, or in itself');
  }
  if (is(value, 'Date')) {
    return date(value);
  }
  if (is(value, 'Array')) {
    return list(value, depth + 1);
  }
  return typeof value.toJSON === 'function' ? write(value.toJSON(''), depth + 1) : members(value, depth + 1);
}

function isNative() {
  return typeof JSON === 'object' && JSON && JSON.stringify && JSON.parse;
}

// Some libraries (Prototype below 1.7) teach arrays and strings a `toJSON` that the native one then believes.
function isTaught() {
  return Array.prototype.toJSON || String.prototype.toJSON;
}

function stringify(value) {
  var text = isNative() && !isTaught() ? JSON.stringify(value) : write(value, 0);
  return text === undefined ? text : harden(text);
}

// The grammar of JSON, by taking everything out of a text that it allows (json2.js by Douglas Crockford, public domain).
function isSafe(text) {
  return /^[\],:{}\s]*$/.test(
    text
      .replace(/\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4})/g, '@')
      .replace(/"[^"\\\n\r]*"|true|false|null|-?\d+(?:\.\d*)?(?:[eE][+\-]?\d+)?/g, ']')
      .replace(/(?:^|:|,)(?:\s*\[)+/g, '')
  );
}

// Throws where the text is no JSON.
function parse(text) {
  if (isNative()) {
    return JSON.parse(text);
  }
  text = String(text).replace(UNSAFE, escaped);
  if (!isSafe(text)) {
    throw new SyntaxError('JSON: this is none');
  }
  return new Function('return (' + text + ')')();
}

var json = { stringify: stringify, parse: parse, quote: quote, is: is, own: { stringify: write, isSafe: isSafe } };

// base64.js

// Base64 (RFC 4648, section 4) between text and arrays of bytes: the browsers this is for have neither atob nor btoa.

var ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function encode(bytes) {
  var parts = [], i, chunk, left;
  for (i = 0; i < bytes.length; i += 3) {
    left = bytes.length - i;
    chunk = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
    parts.push(
      ALPHABET.charAt(chunk >> 18) +
        ALPHABET.charAt((chunk >> 12) & 63) +
        (left > 1 ? ALPHABET.charAt((chunk >> 6) & 63) : '=') +
        (left > 2 ? ALPHABET.charAt(chunk & 63) : '=')
    );
  }
  return parts.join('');
}

// The bytes as an array of numbers; null where the text is no base64.
function decode(text) {
  var bytes = [], bits = 0, held = 0, i;
  if (text.length % 4 || !/^[A-Za-z0-9+\/]*={0,2}$/.test(text)) {
    return null;
  }
  for (i = 0; i < text.length && text.charAt(i) !== '='; i++) {
    held = ((held << 6) | ALPHABET.indexOf(text.charAt(i))) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  return bytes;
}

var base64 = { encode: encode, decode: decode };

// utf8.js

// UTF-8, for browsers that can't encode it themselves, and for counting bytes.

// The bytes a text takes in UTF-8. A lone surrogate counts as the replacement character that stands for it on the wire.
function size(text) {
  var bytes = text.length, i, unit;
  for (i = 0; i < text.length; i++) {
    unit = text.charCodeAt(i);
    if (unit > 0x7f) {
      bytes += unit > 0x7ff ? 2 : 1;
      if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
        // The pair takes four bytes together: two units have been counted, and two more now.
        i++;
      }
    }
  }
  return bytes;
}

// A text as a string of bytes, one character each.
function encode$utf8(text) {
  return unescape(encodeURIComponent(text));
}

// The text of a string of bytes; throws where that is none.
function decode$utf8(bytes) {
  return decodeURIComponent(escape(bytes));
}

var utf8 = { size: size, encode: encode$utf8, decode: decode$utf8 };

// packet.js

// Packets: read to a meaning, composed from one (docs/PROTOCOL.md, section 2). What is malformed is `{refused: why}`:
// `syntax` (no JSON object), `kind` (none of a known kind, or of two), `field` (a member that is missing or wrong).

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
function read$packet(packet) {
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
  return read$packet(packet);
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

var packet$packet = { read: read$packet, hear: hear, hearBinary: hearBinary, has: has, isObject: isObject, isNumber: isNumber };

// events.js

// Handlers by name. One that throws breaks nothing: its error is thrown again where nobody waits.

function Events(env) {
  this.env = env;
  this.handlers = {};
}

var proto = Events.prototype;

proto.on = function (name, fn, isOnce) {
  if (typeof fn !== 'function') {
    throw new TypeError('everwire: a handler is a function');
  }
  // A new list each time: one that is being called is never changed.
  this.handlers[key(name)] = this.list(name).concat([{ fn: fn, isOnce: !!isOnce }]);
};

// No name of an event is one that objects treat as special, like `__proto__`.
function key(name) {
  return ' ' + name;
}

proto.list = function (name) {
  return packet$packet.has(this.handlers, key(name)) ? this.handlers[key(name)] : [];
};

// Takes a handler out, or all of that name.
proto.off = function (name, fn) {
  this.keep(name, function (entry) { return !!fn && entry.fn !== fn; });
};

proto.keep = function (name, isToStay) {
  var list = this.list(name), left = [], i;
  for (i = 0; i < list.length; i++) {
    if (isToStay(list[i])) {
      left.push(list[i]);
    }
  }
  this.handlers[key(name)] = left;
};

// It has been called once. The same function may be there for good as well.
proto.spend = function (name, spent) {
  this.keep(name, function (entry) { return entry !== spent; });
};

// Calls the handlers of a name; false if there are none.
proto.emit = function (name, args) {
  var list = this.list(name), i;
  for (i = 0; i < list.length; i++) {
    if (list[i].isOnce) {
      this.spend(name, list[i]);
    }
    this.call(list[i].fn, args);
  }
  return list.length > 0;
};

proto.call = function (fn, args) {
  try {
    fn.apply(null, args);
  } catch (error) {
    this.rethrow(error);
  }
};

proto.rethrow = function (error) {
  this.env.setTimeout(function () {
    throw error;
  }, 0);
};


// requests.js

// Who waits for which reply.

// `events` calls the callbacks: one that throws breaks nothing.
function Requests(env, events, timeout) {
  this.env = env;
  this.events = events;
  this.timeout = timeout;
  this.waiting = {};
  this.count = 0;
}

var proto$requests = Requests.prototype;

// A number for a request whose reply `done` waits for.
proto$requests.add = function (done) {
  var self = this, id = ++this.count;
  this.waiting[id] = {
    done: done,
    timer: this.env.setTimeout(function () {
      self.settle(id, { code: 'timeout', message: 'No reply came within ' + self.timeout + ' ms.' });
    }, this.timeout)
  };
  return id;
};

// The reply to `id` is here, or will not come. Once only; false where nobody waits.
proto$requests.settle = function (id, error, data) {
  var waiting = this.waiting[id];
  if (!waiting) {
    return false;
  }
  delete this.waiting[id];
  this.env.clearTimeout(waiting.timer);
  this.events.call(waiting.done, [error, data]);
  return true;
};

// Nothing was asked after all.
proto$requests.forget = function (id) {
  if (id) {
    this.env.clearTimeout(this.waiting[id].timer);
    delete this.waiting[id];
  }
};

// Nobody will reply any more.
proto$requests.fail = function (code, message) {
  var waiting = this.waiting, id;
  this.waiting = {};
  for (id in waiting) {
    if (Object.prototype.hasOwnProperty.call(waiting, id)) {
      this.env.clearTimeout(waiting[id].timer);
      this.events.call(waiting[id].done, [{ code: code, message: message }]);
    }
  }
};


// compose.js

// What the client says, as the text of packets.

// A packet in the making: members in the order in which they are put.
function member$compose(name, text) {
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
      members += member$compose(names[i], json.stringify(meaning[names[i]]));
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
    return member$compose(kind, json.quote(meaning.name));
  }
  if (kind === 'reply') {
    return member$compose(kind, String(meaning.id));
  }
  if (kind === 'auth') {
    return member$compose(kind, json.stringify(meaning.auth));
  }
  return member$compose(kind, INSIDE[kind] ? object(meaning, INSIDE[kind]) : String(meaning.number));
}

// Everything but the content.
function frame(meaning) {
  var inside = meaning.kind === 'connect' || meaning.kind === 'disconnect';
  return head(meaning) + member$compose('ns', inside ? undefined : quoted(meaning.ns)) +
    (meaning.kind === 'event' ? member$compose('room', quoted(meaning.room)) : '') +
    (meaning.kind === 'reply' || !meaning.id ? '' : member$compose('id', String(meaning.id)));
}

// The packet's text. Bytes are base64 in it.
function say(meaning) {
  var content = meaning.error ? member$compose('error', json.stringify(meaning.error)) : member$compose('data', json.stringify(meaning.data));
  if (meaning.bytes) {
    content = member$compose('binary', '"' + base64.encode(meaning.bytes) + '"');
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
function body$compose(texts) {
  return '[' + texts.join(',') + ']';
}

var compose = { say: say, sayBinary: sayBinary, body: body$compose };

// bytes.js

// Binary data, where the browser has any.

var isThere = typeof Uint8Array !== 'undefined' && typeof ArrayBuffer !== 'undefined';

// The bytes of an ArrayBuffer or of a view of one; null for anything else.
function of(data) {
  if (!isThere || typeof data !== 'object' || data === null) {
    return null;
  }
  if (data instanceof ArrayBuffer || json.is(data, 'ArrayBuffer')) {
    return new Uint8Array(data);
  }
  if (data.buffer && (data.buffer instanceof ArrayBuffer || json.is(data.buffer, 'ArrayBuffer'))) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return null;
}

// A copy, so that what the application changes later does not change what is repeated.
function copy$bytes(bytes) {
  var twin = new Uint8Array(bytes.length);
  twin.set(bytes);
  return twin;
}

// What the application is given: an ArrayBuffer, or an array of numbers where there is none.
function give(bytes) {
  var twin;
  if (!isThere) {
    return bytes;
  }
  twin = new Uint8Array(bytes.length);
  twin.set(bytes);
  return twin.buffer;
}

var bytes$bytes = { of: of, copy: copy$bytes, give: give };

// item.js

// One message on its way: composed when it is said, so that what the application changes later changes nothing.

var KINDS = { event: 1, reply: 1, join: 1, leave: 1 };

// `meaning` as compose.js takes it.
function Item(meaning) {
  this.kind = meaning.kind;
  // Who waits for its reply. (The `id` of a reply is the gateway's, and nobody's here.)
  this.id = meaning.kind === 'reply' ? undefined : meaning.id;
  if (meaning.bytes) {
    meaning.bytes = bytes$bytes.copy(meaning.bytes);
    this.meaning = meaning;
  } else {
    this.said = compose.say(meaning);
  }
  // With the comma behind it, as it stands in a body: bytes of UTF-8.
  this.bytes = utf8.size(this.text()) + 1;
}

var proto$item = Item.prototype;

// An item of the packet that a page before this one has composed.
Item.revive = function (text) {
  var packet = json.parse(text), item = new Item({ kind: 'ack', number: 0 }), kind;
  for (kind in KINDS) {
    if (packet$packet.has(KINDS, kind) && packet$packet.has(packet, kind)) {
      item.kind = kind;
    }
  }
  item.said = text;
  item.bytes = utf8.size(text) + 1;
  return item;
};

proto$item.text = function () {
  return this.said || compose.say(this.meaning);
};

// What a WebSocket sends; as a text where it can't send bytes.
proto$item.frame = function (isBinary) {
  return isBinary && this.meaning ? compose.sayBinary(this.meaning) : this.text();
};

// What the application is told of it when its fate is unknown. `isSent`: it was handed to a carrier, so that it may have
// arrived.
proto$item.describe = function (isSent) {
  var meaning = this.meaning || json.parse(this.said), told = { kind: this.kind, sent: isSent };
  if (this.kind === 'event') {
    told.event = this.meaning ? meaning.name : meaning.event;
    told.data = this.meaning ? bytes$bytes.give(meaning.bytes) : meaning.data;
    told.room = meaning.room;
  } else if (meaning[this.kind] && meaning[this.kind].room) {
    told.room = meaning[this.kind].room;
  }
  return told;
};


// outbox.js

// Messages on their way to the gateway: acknowledged | in flight | waiting. The mirror of the gateway's own
// (src/session/outbox.rs): numbers are counted, not stored, and a message stays until the gateway says that it has it.

function Outbox() {
  this.queue = [];
  this.acked = 0;
  // Number of the highest message ever handed to a carrier.
  this.sent = 0;
  // Number of the next message for the present carrier; 0 without one.
  this.next = 0;
  // Acknowledged ahead of what the present carrier has repeated: its receiver counts along, so that what it has been
  // told to expect has to come.
  this.claimed = 0;
  this.bytes = 0;
}

var proto$outbox = Outbox.prototype;

// Takes an item, whose `bytes` count. Returns its number.
proto$outbox.push = function (item) {
  this.queue.push(item);
  this.bytes += item.bytes || 0;
  return this.last();
};

// Number of the last message that was given one.
proto$outbox.last = function () {
  return this.acked + this.queue.length;
};

// Number up to which the gateway has everything.
proto$outbox.taken = function () {
  return Math.max(this.acked, this.claimed);
};

// A new carrier takes the delivery over; the gateway has everything up to `after`, where it says so.
proto$outbox.attach = function (after) {
  var beyond = after === undefined ? null : this.ack(after);
  if (beyond) {
    return beyond;
  }
  this.cut();
  this.next = this.acked + 1;
  return { from: this.next };
};

// The carrier is gone: nobody counts along any more.
proto$outbox.cut = function () {
  this.next = 0;
  this.settle();
};

// Hands over waiting messages: at most so many, of at most so many bytes, but at least one.
proto$outbox.hand = function (most, bytes) {
  var items = [], item;
  while (this.next && this.next <= this.last() && !(items.length >= most)) {
    item = this.queue[this.next - this.acked - 1];
    bytes -= item.bytes;
    if (items.length && bytes < 0) {
      break;
    }
    items.push(item);
    this.next++;
  }
  this.sent = Math.max(this.sent, this.next - 1);
  this.settle();
  return items;
};

// The gateway has everything up to `number`. Null, or why it can't be.
proto$outbox.ack = function (number) {
  if (number > this.sent) {
    return { refused: 'beyond', sent: this.sent };
  }
  this.claimed = Math.max(this.claimed, number);
  this.settle();
  return null;
};

proto$outbox.settle = function () {
  var upTo = this.next ? Math.min(this.claimed, this.next - 1) : this.claimed;
  var gone = upTo > this.acked ? this.queue.splice(0, upTo - this.acked) : [];
  var i;
  for (i = 0; i < gone.length; i++) {
    this.bytes -= gone[i].bytes || 0;
  }
  this.acked += gone.length;
};

// What the gateway has not acknowledged, oldest first.
proto$outbox.unacked = function () {
  return this.queue.slice(this.taken() - this.acked);
};

// Takes a message out that the gateway can't have taken, since it refuses it. Those behind it get its number.
proto$outbox.remove = function (number) {
  var item = this.queue.splice(number - this.acked - 1, 1)[0];
  this.bytes -= item.bytes || 0;
  if (number <= this.sent) {
    this.sent--;
  }
  if (number < this.next) {
    this.next--;
  }
  return item;
};


// inbox.js

// Messages from the gateway: taken once and in order, whatever carriers bring them (src/session/lane.rs).

function Inbox() {
  // Number of the last message taken.
  this.taken = 0;
}

// So many messages come at once, the first with this number. `room` is how many of them find a place (absent: all).
Inbox.prototype.batch = function (first, count, room) {
  var repeats, fresh;
  if (first > this.taken + 1) {
    return { refused: 'gap', taken: this.taken };
  }
  repeats = Math.min(count, this.taken + 1 - first);
  fresh = count - repeats;
  fresh = room === undefined ? fresh : Math.min(fresh, room);
  this.taken += fresh;
  return { repeats: repeats, taken: fresh };
};

// The counter of one carrier: while one still brings 2 and 3, another may take over and repeat them.
function Lane(inbox, opens) {
  this.inbox = inbox;
  this.next = opens ? 1 : 0;
  this.busy = false;
}

// The gateway says that its next message here has this number.
Lane.prototype.from = function (number) {
  if (number > this.inbox.taken + 1) {
    return { refused: 'gap', taken: this.inbox.taken };
  }
  this.next = Math.max(number, 1);
  this.busy = false;
  return 'ok';
};

// One message comes, and there is a place for it or not.
Lane.prototype.message = function (room) {
  var came;
  if (!this.next) {
    return { refused: 'no-from' };
  }
  if (this.busy) {
    return 'dropped';
  }
  came = this.inbox.batch(this.next, 1, room ? 1 : 0);
  if (came.repeats + came.taken === 0) {
    this.busy = true;
    return 'busy';
  }
  this.next++;
  return came.taken ? 'take' : 'repeat';
};

var inbox$inbox = { Inbox: Inbox, Lane: Lane };

// session.js

// The pure session: what has been taken, what is on its way, whose turn it is. It knows no clock, no timer, no page;
// whatever can lose, double or reorder a message is decided here, and tests/vectors hold it to the gateway's own.

// What is supposed of a gateway as long as its `open` has not said it.
var TERMS = { ping: 25, wait: 25, resume: 60, max: 0 };

function Session() {
  this.outbox = new Outbox();
  this.inbox = new inbox$inbox.Inbox();
  this.sid = '';
  this.peer = '';
  // The highest turn this page has used or been given.
  this.turn = 0;
  this.terms = TERMS;
  // Raised for each message that asks for a reply.
  this.ids = 0;
}

var proto$session = Session.prototype;

// `open` came: the first one names the session, later ones tell how far the gateway is. Null, or what is wrong.
proto$session.open = function (open) {
  if (this.sid && this.sid !== open.session) {
    return { refused: 'session' };
  }
  if (this.sid && open.turn > this.turn) {
    return { refused: 'moved' };
  }
  this.sid = open.session;
  this.peer = open.peer;
  this.terms = open;
  this.turn = Math.max(this.turn, open.turn);
  return this.outbox.ack(open.received);
};

// The turn of a new attach: higher than any before, so that whatever is late loses.
proto$session.raise = function () {
  return ++this.turn;
};

// Another page, or something that copied this one, has taken the session over: this turn was never ours.
proto$session.isForeign = function (turn) {
  return turn > this.turn;
};

// The counter of a carrier that brings one message after the other.
proto$session.lane = function (opens) {
  return new inbox$inbox.Lane(this.inbox, opens);
};


// answers.js

// What an HTTP answer means. A status counts only with a body of this protocol: a proxy's 404, a login page, a 502 are a
// broken carrier and no verdict on the session.

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
  if (code === 'stale' && packet$packet.isNumber(body.turn, 0)) {
    return { kind: 'stale', turn: body.turn };
  }
  if (code === 'gap' && packet$packet.isNumber(body.ack, 0)) {
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
  if (!packet$packet.isObject(body)) {
    return broken(answer);
  }
  if (packet$packet.has(body, 'close')) {
    close = packet$packet.read({ close: body.close });
    return close.refused ? broken(answer) : { kind: 'close', close: close };
  }
  if (packet$packet.isObject(body.error)) {
    return refused(answer, body);
  }
  return answer.status === 200 || answer.status === 201 ? { kind: 'ok', body: body } : broken(answer);
}

// A poll's answer: its messages and control packets read. Null where it is none.
function batch$answers(body) {
  var read = { from: body.from, messages: [], controls: [] };
  if (!packet$packet.isNumber(body.from, 1) || !json.is(body.messages, 'Array')) {
    return null;
  }
  return readAll(body.messages, read.messages) && readAll(body.control || [], read.controls) ? read : null;
}

function readAll(packets, into) {
  var meaning, i;
  for (i = 0; i < packets.length; i++) {
    meaning = packet$packet.read(packets[i]);
    if (meaning.refused) {
      return false;
    }
    into.push(meaning);
  }
  return true;
}

var answers = { interpret: interpret, batch: batch$answers };

// env/random.js

// Keys that nobody guesses.

// 128 random bits in hex, from the browser's best source.
function key$random(env) {
  var bytes = [], crypto = env.root.crypto || env.root.msCrypto, text = '', i;
  if (!env.isRandom && crypto && crypto.getRandomValues && typeof Uint8Array !== 'undefined') {
    bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
  } else {
    for (i = 0; i < 16; i++) {
      bytes[i] = Math.floor(env.random() * 256);
    }
  }
  for (i = 0; i < 16; i++) {
    text += (256 + bytes[i]).toString(16).slice(1);
  }
  return text;
}

var random$random = { key: key$random };

// opening.js

// Opens a session by POST, with its first messages; or gives a WebSocket what it needs to open one. An opening is retried
// with the same key, which leads to the same session.

// Bytes of messages that ride along: more would make the first round trip slow.
var FIRST = 65536;
// Milliseconds to trust an unanswered opening with its messages where the gateway has not said what it keeps.
var SLOWEST = 16000;

// Milliseconds after which credentials are asked for again: tokens may live for a minute, and the network be away for an hour.
var STALE = 30000;

function Opening(link, auth) {
  this.link = link;
  this.auth = auth;
  this.giveUp = null;
  this.renew();
}

var proto$opening = Opening.prototype;

// A fresh key; credentials are asked anew.
proto$opening.renew = function () {
  this.meaning = { kind: 'open', auth: this.credentials(), key: random$random.key(this.link.env) };
  this.attempts = 0;
  this.asked = this.link.env.now();
  // A WebSocket has been refused with this key.
  this.isRefused = false;
  // Messages that rode along, whose fate is unknown until an answer comes; and since when.
  this.carried = 0;
};

// What the application gives; nothing where its function throws, which is told where nobody waits.
proto$opening.credentials = function () {
  var text;
  try {
    text = json.stringify(typeof this.auth === 'function' ? this.auth() : this.auth);
    return text === undefined ? text : json.parse(text);
  } catch (error) {
    this.link.face.events.rethrow(error);
    return undefined;
  }
};

// The opening for a WebSocket.
proto$opening.greeting = function () {
  this.freshen();
  return this.meaning;
};

// Credentials that were asked for some time ago are asked for again, unless something is under way with them. The key stays,
// so that an opening whose answer was lost is found; if it had other credentials, that is told (`used`).
proto$opening.freshen = function () {
  var link = this.link, now = link.env.now(), isInUse = this.giveUp || (link.socket && link.socket.isOpening);
  if (typeof this.auth === 'function' && !isInUse && now - this.asked >= STALE) {
    this.meaning.auth = this.credentials();
    this.asked = now;
  }
};

// Posts the opening, unless one is under way. Only the first attempt brings messages: once an answer is lost, every
// further attempt would add to what may have been taken by a session that is gone before it is reached.
proto$opening.go = function () {
  var link = this.link, outbox = link.session.outbox, items = [], texts = [], wantsReply = false, i;
  if (this.giveUp) {
    return;
  }
  this.freshen();
  texts.push(compose.say(this.meaning));
  this.began = link.env.now();
  if (!this.attempts++) {
    outbox.attach();
    items = outbox.queue.length && outbox.queue[0].bytes <= FIRST ? outbox.hand(1000, FIRST) : [];
    this.carried = items.length;
    this.carriedAt = this.began;
    outbox.cut();
  }
  for (i = 0; i < items.length; i++) {
    texts.push(items[i].text());
    wantsReply = wantsReply || !!items[i].id;
  }
  this.post(compose.body(texts), wantsReply ? 1 : 0);
};

// The answer is a poll's too: it waits a moment for a reply where one is asked for.
proto$opening.post = function (body, wait) {
  var self = this, link = this.link, session = link.session;
  this.giveUp = link.ask({
    method: 'POST',
    path: '/session',
    query: 'wait=' + wait + '&',
    body: body,
    timeout: link.options.connectTimeout + wait * 1000 + body.length / SLOWEST * 1000
  }, function (answer) {
    self.giveUp = null;
    if (session === link.session) {
      self.answered(answers.interpret(answer));
    }
  });
};

proto$opening.drop = function () {
  if (this.giveUp) {
    this.giveUp();
    this.giveUp = null;
  }
};

proto$opening.answered = function (outcome) {
  var link = this.link, open = null, batch;
  if (outcome.kind === 'ok' && packet$packet.isObject(outcome.body.open)) {
    open = packet$packet.read({ open: outcome.body.open });
    batch = answers.batch(outcome.body);
  }
  if (open && !open.refused) {
    if (link.reopened(open, this) && batch) {
      link.take(batch, this);
    }
  } else if (outcome.kind === 'close') {
    link.over(outcome.close);
  } else if (link.session.sid) {
    // A WebSocket was faster.
    return;
  } else if (outcome.kind === 'used') {
    this.used();
  } else if (outcome.kind === 'refused') {
    this.refused(outcome.message);
  } else if (outcome.kind === 'drain' || outcome.kind === 'wait') {
    link.paused(outcome, this);
  } else {
    link.failed(this, outcome.why || 'the answer names no session', 0);
  }
};

// Nothing of it was taken.
proto$opening.refused = function (message) {
  if (!this.carried) {
    this.link.over({ kind: 'close', code: 4002, reason: message });
    return;
  }
  this.link.session.outbox.sent = 0;
  this.carried = 0;
  this.go();
};

// The session that this key opened is in use, or gone: it is nothing that we know of.
proto$opening.used = function () {
  this.forget('The opening was taken, but its answer was lost.');
  this.renew();
  this.link.failed(this, 'the key was used before', 0);
};

// The session is open, `open` says how far. What rode along with an attempt that is older than the gateway remembers may
// have been taken by a session that is gone.
proto$opening.settle = function (open) {
  if (this.carried && !open.received && this.began - this.carriedAt > open.resume * 1000) {
    this.forget('The first opening was not answered.');
  }
  this.carried = 0;
};

proto$opening.forget = function (why) {
  var outbox = this.link.session.outbox, items = [];
  while (this.carried > 0) {
    this.carried--;
    items.push(outbox.remove(1));
  }
  outbox.sent = 0;
  if (items.length) {
    this.link.uncertain(items, why);
  }
};


// ladder.js

// Which carrier next: the best of a list that has not disappointed lately. What failed is tried again after 30 s, then
// 2 min, then every 10 min, because networks change; a carrier that was proved good has a second life at once.

var RESTS = [30000, 120000, 600000];
// Milliseconds that a carrier has to live to count as good.
var LONG = 30000;

function Ladder(names) {
  this.names = names;
  this.rungs = {};
}

var proto$ladder = Ladder.prototype;

proto$ladder.rung = function (name) {
  return this.rungs[name] || (this.rungs[name] = { failures: 0, until: 0 });
};

// The carrier failed at `now` after `lived` milliseconds of good service (0: it never came that far).
proto$ladder.failed = function (name, now, lived) {
  var rung = this.rung(name);
  if (lived >= LONG) {
    rung.failures = 0;
  }
  rung.failures++;
  // Good service that ends may be an accident; what never came about, or ends twice, is a pattern.
  if (!lived || rung.failures > 1) {
    rung.until = now + RESTS[Math.min(rung.failures - (lived ? 2 : 1), RESTS.length - 1)];
  }
};

// It may be tried at `now`.
proto$ladder.isFree = function (name, now) {
  var rung = this.rung(name);
  // A clock that was put back must not keep a carrier away for longer than its rest.
  rung.until = Math.min(rung.until, now + RESTS[RESTS.length - 1]);
  return rung.until <= now;
};

// The best that may be tried at `now`; '' where none may.
proto$ladder.best = function (now) {
  var i;
  for (i = 0; i < this.names.length; i++) {
    if (this.isFree(this.names[i], now)) {
      return this.names[i];
    }
  }
  return '';
};

// Whether `one` stands above `other`; anything stands above nothing.
proto$ladder.isBetter = function (one, other) {
  return this.place(one) < this.place(other);
};

proto$ladder.place = function (name) {
  var i;
  for (i = 0; i < this.names.length; i++) {
    if (this.names[i] === name) {
      return i;
    }
  }
  return this.names.length;
};

// Milliseconds until something better than `name` may be tried; -1 if there is nothing better that rests.
proto$ladder.wait = function (name, now) {
  var soonest = -1, i, wait;
  for (i = 0; i < this.place(name) && i < this.names.length; i++) {
    wait = this.rung(this.names[i]).until - now;
    if (wait > 0 && (soonest < 0 || wait < soonest)) {
      soonest = wait;
    }
  }
  return soonest;
};

// The network has changed: what failed there may work here.
proto$ladder.forgive = function () {
  this.rungs = {};
};


// backoff.js

// How long to wait after a failure: full jitter below a bound that doubles, so that many clients come back spread.

// `min` and `max` in milliseconds, `random` gives numbers from 0 to below 1.
function Backoff(min, max, random) {
  this.min = min;
  this.max = max;
  this.random = random;
  this.failures = 0;
}

// The milliseconds until the next attempt.
Backoff.prototype.next = function () {
  var bound = Math.min(this.max, this.min * Math.pow(2, Math.min(this.failures++, 30)));
  return Math.floor(this.random() * bound);
};

// It worked.
Backoff.prototype.reset = function () {
  this.failures = 0;
};


// receiver/poll.js

// Receives by polls, one after the other: what long-poll and short-poll have in common.

// Milliseconds that an answer may be late.
var GRACE = 10000;

// `mode` says for how long a poll is held and when the next one begins.
function Poll(link, mode) {
  this.link = link;
  this.mode = mode;
  this.giveUp = null;
  this.timer = null;
  // An answer has come since it began, or since the last failure. Until then no poll is held: an answer at once tells
  // that the way is good.
  this.isProved = false;
  this.isOver = false;
}

var proto$poll = Poll.prototype;

proto$poll.isPoll = true;

proto$poll.name = function () {
  return this.mode.name;
};

// Polls after so many milliseconds; whatever is under way goes on.
proto$poll.next = function (ms) {
  var self = this;
  this.link.env.clearTimeout(this.timer);
  this.due = this.link.env.now() + ms;
  this.timer = this.link.env.setTimeout(function () {
    self.timer = null;
    self.ask();
  }, ms);
};

// Polls now, in place of whatever is under way: its turn is lower and so it can't take the delivery back.
proto$poll.ask = function () {
  var self = this, session = this.link.session, began = this.link.env.now();
  var wait = this.isProved ? this.mode.wait() : 0;
  if (this.isOver || this.link.isAttaching()) {
    return;
  }
  this.rest();
  this.wait = wait;
  this.giveUp = this.link.ask({
    method: 'GET',
    path: '/session/' + session.sid + '/messages',
    query: 'after=' + session.inbox.taken + '&turn=' + session.raise() + '&wait=' + wait + '&',
    timeout: wait * 1000 + GRACE
  }, function (answer) {
    self.giveUp = null;
    if (session === self.link.session) {
      self.answered(answer, self.link.env.now() - began);
    }
  });
};

// Nothing is under way, nothing is planned.
proto$poll.rest = function () {
  this.link.env.clearTimeout(this.timer);
  this.timer = null;
  if (this.giveUp) {
    this.giveUp();
    this.giveUp = null;
  }
};

// Another carrier has the delivery: a poll under way is answered with `moved`, and what it brings counts.
proto$poll.stop = function () {
  this.isOver = true;
  this.link.env.clearTimeout(this.timer);
};

proto$poll.drop = function () {
  this.isOver = true;
  this.rest();
};

// Goes on in another mode.
proto$poll.change = function (mode) {
  this.mode = mode;
  this.isProved = false;
  this.ask();
};

// Something was said.
proto$poll.stir = function () {
  var most = this.mode.stir();
  if (this.timer !== null && most >= 0 && this.due - this.link.env.now() > most) {
    this.next(most);
  }
};

// Makes sure that the way is still good.
proto$poll.check = function () {
  this.isProved = false;
  this.ask();
};

proto$poll.answered = function (answer, ms) {
  var outcome = answers.interpret(answer);
  var batch = outcome.kind === 'ok' ? answers.batch(outcome.body) : null;
  if (!batch) {
    this.failed(outcome, ms);
    return;
  }
  if (!this.wait) {
    this.link.measured(ms);
  }
  if (!this.link.take(batch, this)) {
    this.failed({ kind: 'broken', why: 'a message is missing in the answer' }, ms);
    return;
  }
  if (!this.isOver) {
    this.isProved = true;
    if (this.link.isHeld()) {
      // It brought a `drain`: the next one begins when that is over.
      return;
    }
    this.link.proved(this);
    this.goOn(this.mode.pause(batch.messages.length > 0));
  }
};

// A handler may have closed the session or moved it meanwhile.
proto$poll.goOn = function (ms) {
  if (!this.isOver && !this.giveUp && this.timer === null) {
    if (ms) {
      this.next(ms);
    } else {
      // Without a timer: in the background those are rare.
      this.ask();
    }
  }
};

proto$poll.failed = function (outcome, ms) {
  var link = this.link, isHopeless;
  if (outcome.kind === 'close') {
    link.over(outcome.close);
  } else if (this.isOver) {
    return;
  } else if (outcome.kind === 'stale') {
    link.moved(outcome.turn, this);
  } else if (outcome.kind === 'drain' || outcome.kind === 'wait') {
    this.isProved = false;
    link.paused(outcome, this);
  } else {
    isHopeless = this.wait > 0 && this.mode.cut(ms);
    this.isProved = false;
    link.failed(this, outcome.why || outcome.message || outcome.kind, 0, isHopeless);
  }
};


// sender/post.js

// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes.

// Most packets in a body: the gateway's own default bound.
var MOST = 1024;
// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST = 2147483647;
// Most bytes of a body where the gateway has not said.
var FULL = 65536;
// Bytes a second that the slowest uplink is trusted with.
var SLOWEST$post = 16000;
// Milliseconds for an answer beside that.
var PATIENCE = 10000;

function Post(link) {
  this.link = link;
  this.backoff = new Backoff(link.options.retry.min, link.options.retry.max, link.env.random);
  this.renew();
}

var proto$post = Post.prototype;

// For a new session.
proto$post.renew = function () {
  this.drop();
  this.most = MOST;
  this.share = Infinity;
};

proto$post.drop = function () {
  this.link.env.clearTimeout(this.timer);
  this.timer = null;
  if (this.giveUp) {
    this.giveUp();
  }
  this.giveUp = null;
};

// Sends what waits, unless a POST is under way or has to wait.
proto$post.flush = function () {
  var link = this.link, outbox = link.session.outbox, waiting = outbox.last() > outbox.taken();
  if (this.giveUp || this.timer !== null || !(waiting || link.goodbye)) {
    return;
  }
  this.from = outbox.attach().from;
  link.owner = this;
  this.items = outbox.hand(this.most, Math.min(link.session.terms.max || FULL, this.share) - 2);
  this.send(texts(this.items), outbox.next > outbox.last());
};

function texts(items) {
  var all = [], i;
  for (i = 0; i < items.length; i++) {
    all.push(items[i].text());
  }
  return all;
}

proto$post.send = function (all, isLast) {
  var self = this, link = this.link, session = link.session, began = link.env.now(), body;
  body = compose.body(isLast && link.goodbye ? all.concat(this.goodbye()) : all);
  this.saysGoodbye = isLast && !!link.goodbye;
  if (this.saysGoodbye && all.length && utf8.size(body) > (session.terms.max || FULL)) {
    // It goes alone: a body that is too large for it would be held against what was said last.
    this.saysGoodbye = false;
    body = compose.body(all);
  }
  this.giveUp = link.ask({
    method: 'POST',
    path: '/session/' + session.sid + '/messages',
    query: 'seq=' + this.from + '&',
    body: body,
    timeout: PATIENCE + 2 * (link.rtt || 0) + body.length / SLOWEST$post * 1000
  }, function (answer) {
    self.giveUp = null;
    if (session === link.session) {
      self.answered(answers.interpret(answer), link.env.now() - began, body.length);
    }
  });
};

// What ends the session. The acknowledgement stands before it: else what came last would count as never delivered.
proto$post.goodbye = function () {
  return [compose.say({ kind: 'ack', number: this.link.session.inbox.taken }), compose.say(this.link.goodbye)];
};

proto$post.answered = function (outcome, ms, bytes) {
  var link = this.link;
  if (link.owner === this) {
    link.owner = null;
    link.session.outbox.cut();
  }
  if (outcome.kind === 'ok' && typeof outcome.body.ack === 'number') {
    this.taken(outcome.body, ms, bytes);
  } else if (outcome.kind === 'close') {
    link.over(outcome.close, true);
  } else if (outcome.kind === 'gap') {
    link.fellBehind(outcome.ack);
  } else if (outcome.kind === 'refused') {
    this.refused(outcome.message);
  } else if (outcome.kind === 'drain' || outcome.kind === 'wait') {
    if (outcome.ack !== undefined) {
      link.acked(outcome.ack);
    }
    this.later(outcome.retry);
  } else {
    this.failed(outcome, bytes);
  }
};

proto$post.taken = function (body, ms, bytes) {
  var outbox = this.link.session.outbox;
  if (bytes < 4096) {
    this.link.measured(ms);
  }
  if (!this.link.acked(body.ack)) {
    // Whatever it has under these numbers was not said here.
    this.link.over({ kind: 'close', code: 4004, reason: 'The gateway has taken more in this session than was said here.' });
    return;
  }
  if (outbox.taken() < this.from - 1 + this.items.length) {
    this.failed({ why: 'the answer acknowledges less than was sent' }, bytes);
    return;
  }
  this.backoff.reset();
  this.most = MOST;
  if (this.saysGoodbye) {
    this.link.saidGoodbye();
  }
  this.link.flush();
};

// Nothing of the body was taken. Halves find the message that is at fault; it is given back, and its number to the next.
proto$post.refused = function (message) {
  if (this.items.length > 1) {
    this.most = Math.ceil(this.items.length / 2);
  } else if (this.items.length === 1 && this.from > this.link.session.outbox.taken()) {
    this.most = MOST;
    this.link.giveBack(this.from, message);
  } else if (!this.items.length) {
    this.link.saidGoodbye();
    return;
  }
  this.link.flush();
};

proto$post.failed = function (outcome, bytes) {
  if (outcome.late && bytes > 32768) {
    this.share = Math.floor(bytes / 2);
  }
  this.link.debug('sending failed (' + outcome.why + '); repeating it');
  this.later(this.backoff.next());
};

proto$post.later = function (ms) {
  var self = this;
  this.timer = this.link.env.setTimeout(function () {
    self.timer = null;
    self.link.flush();
  }, Math.min(ms, LONGEST));
};


// liveness.js

// When a WebSocket is to be left: it is mute, in either direction. These are methods of the WebSocket's carrier.

// Milliseconds beyond the gateway's ping that silence is borne; and that a sender may be unacknowledged, beside two round
// trips.
var GRACE$liveness = 10000, UNACKED = 10000;
// Milliseconds between two looks; and how late a look is before the machine must have slept.
var LOOK = 1000, SLEPT = 5000;

// Milliseconds to answer when it is asked whether it is alive.
var ANSWER = 5000;

var Liveness = {};

// Looks after it once a second.
Liveness.look = function () {
  var self = this, now = this.link.env.now(), passed = now - this.looked;
  this.looked = now;
  if (passed < 0 || passed > SLEPT) {
    this.slept(now, passed);
  }
  this.judge(now);
  if (!this.isOver()) {
    this.acknowledge();
    this.looking = this.link.env.setTimeout(function () { self.look(); }, LOOK);
  }
};

// The machine slept, its clock was set, or the page is in the background, where timers are rare: nothing is known of the
// time between. Ask first, decide then; what has been asked twice and never answered is dead.
Liveness.slept = function (now, passed) {
  var wasAsked = this.asked;
  this.heard = this.since = now;
  if (wasAsked && this.isDoubted) {
    this.fail('nothing came when it was asked');
    return;
  }
  if (this.deadline && !(this.isExtended && passed > 0)) {
    // Once: where every look is late, nothing would ever be.
    this.deadline += passed;
    this.isExtended = passed > 0;
  }
  this.isDoubted = !!wasAsked;
  this.check();
};

// Judges what has, and has not, happened by now.
Liveness.judge = function (now) {
  if (this.deadline && now >= this.deadline) {
    this.late();
  } else if (this.isAttached()) {
    this.notice(now, this.session.outbox, this.link.session.terms.ping * 1000);
  }
};

// Makes sure that it is alive: asks, and leaves it if nothing comes soon.
Liveness.check = function () {
  if (this.isAttached()) {
    this.ping();
    this.asked = this.link.env.now();
    this.deadline = this.asked + ANSWER;
  }
};

// Something came.
Liveness.alive = function () {
  this.heard = this.link.env.now();
  if (this.asked) {
    this.asked = this.deadline = 0;
    this.isDoubted = false;
  }
};

// Whether timers come as they should.
Liveness.isAwake = function () {
  return this.link.env.now() - this.looked <= 2 * LOOK;
};

Liveness.notice = function (now, outbox, ping) {
  var buffered = this.ws.bufferedAmount || 0;
  if (buffered < this.buffered) {
    // A slow line is no dead one.
    this.since = now;
  }
  this.buffered = buffered;
  if (now - this.heard >= ping + GRACE$liveness) {
    this.fail('nothing was heard for too long');
  } else if (outbox.next - 1 > outbox.taken() && !this.busy && now - this.since >= UNACKED + 2 * (this.link.rtt || 0)) {
    this.fail('nothing was acknowledged for too long');
  } else if (now - this.lastPing >= ping) {
    this.ping();
  }
};


// mix.js

// Gives `to` what `from` has.
var mix = function (to, from) {
  var name;
  for (name in from) {
    if (Object.prototype.hasOwnProperty.call(from, name)) {
      to[name] = from[name];
    }
  }
};

// transport/websocket.js

// The WebSocket: both ways in one. Nothing relies on it before a frame has gone and come; it is left as soon as it is
// mute in either direction.

// Where it stands.
var CONNECTING = 0, CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4, LEAVING = 5, OVER = 6;
// Milliseconds to answer an attach or a ping.
var SHORT = 5000;
// Milliseconds to wait for the opening by POST before the WebSocket opens the session itself.
var HEADSTART = 2000;
// Bytes that may wait in the browser; the rest waits here, where it need not be repeated.
var FULL$websocket = 262144;
// Messages under way at most: what a gateway that has too much to do drops has to be sent again.
var WINDOW = 256;
// Acknowledged at the latest after so many messages, or bytes, or the next look.
var OWED = 32, OWED_BYTES = 65536;

function Socket(link) {
  this.link = link;
  this.phase = CONNECTING;
  this.session = link.session;
  this.lane = null;
  this.canSend = false;
  this.owed = 0;
  this.owedBytes = 0;
  this.pings = 0;
  this.since = 0;
  this.attachedAt = 0;
}

var proto$websocket = Socket.prototype;

proto$websocket.name = function () {
  return 'ws';
};

proto$websocket.start = function () {
  var self = this, env = this.link.env, Maker = env.WebSocket;
  this.looked = env.now();
  this.expect(this.link.options.connectTimeout);
  this.look();
  try {
    this.ws = new Maker(this.link.base.replace(/^http/, 'ws') + '/ws');
    // Without it (Firefox below 11) bytes would be sent as the words "[object ArrayBuffer]".
    this.isBinary = 'binaryType' in this.ws;
    this.ws.binaryType = 'arraybuffer';
  } catch (e) {
    if (!this.ws) {
      env.setTimeout(function () { self.fail('there is none'); }, 0);
      return;
    }
  }
  this.ws.onopen = function () { self.opened(); };
  this.ws.onmessage = function (event) { self.heardFrame(event.data); };
  this.ws.onclose = function (event) { self.closed(event || {}); };
  this.ws.onerror = function () { /* `onclose` follows, or the time runs out. */ };
};

// Something has to be heard within so many milliseconds.
proto$websocket.expect = function (ms) {
  this.deadline = this.link.env.now() + ms;
  this.isExtended = false;
};

proto$websocket.opened = function () {
  if (this.phase === CONNECTING) {
    this.phase = CONNECTED;
    this.expect(HEADSTART);
    this.greet(!this.link.opening.giveUp);
  }
};

// Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
proto$websocket.greet = function (itself) {
  var link = this.link;
  if (this.phase !== CONNECTED) {
    return;
  }
  if (this.session.sid) {
    this.say({ kind: 'resume', session: this.session.sid });
    this.ask();
    if (!link.carrier && !link.poll) {
      // Nothing else carries the session: there is nothing to be careful about.
      this.attach();
    }
  } else if (itself || !link.http()) {
    this.say(link.opening.greeting());
    this.isOpening = true;
    this.ask();
  }
};

proto$websocket.ask = function () {
  if (this.phase === CONNECTED) {
    this.phase = ASKED;
    this.expect(this.link.options.connectTimeout);
  }
};

// The delivery is on its way here: a poll that began now would take it back.
proto$websocket.isAttaching = function () {
  return this.phase === ATTACHING;
};

proto$websocket.attach = function () {
  this.phase = ATTACHING;
  this.expect(SHORT + 2 * (this.link.rtt || 0));
  this.lane = this.session.lane(false);
  this.say({ kind: 'attach', after: this.session.inbox.taken, turn: this.session.raise() });
  this.begin();
};

// From now on messages go here: everything that the gateway has not acknowledged once more.
proto$websocket.begin = function () {
  if (this.phase !== OVER && this.phase !== LEAVING) {
    this.canSend = true;
    this.link.owner = this;
    this.sayFrom();
    this.flush();
  }
};

proto$websocket.sayFrom = function () {
  this.busy = 0;
  this.since = this.link.env.now();
  this.say({ kind: 'from', number: this.session.outbox.attach().from });
};

// Whether something waits that may go now.
proto$websocket.hasRoom = function (outbox) {
  return this.canSend && !this.busy && outbox.next && outbox.next <= outbox.last() &&
    outbox.next <= outbox.taken() + WINDOW;
};

proto$websocket.flush = function () {
  var outbox = this.session.outbox, items, i;
  while (this.hasRoom(outbox) && !(this.ws.bufferedAmount > FULL$websocket)) {
    if (outbox.next - 1 <= outbox.taken()) {
      this.since = this.link.env.now();
    }
    items = outbox.hand(OWED, OWED_BYTES);
    this.acknowledge();
    for (i = 0; i < items.length; i++) {
      this.send(items[i].frame(this.isBinary));
    }
  }
  if (this.hasRoom(outbox)) {
    this.later(50);
  } else if (this.link.goodbye && this.canSend && outbox.next > outbox.last() && !this.busy && !this.saidGoodbye) {
    this.saidGoodbye = true;
    // Else what came last would count as never delivered.
    this.acknowledge();
    this.say(this.link.goodbye);
  }
};

// Goes on with what waits after so many milliseconds; `from` says where, if the gateway dropped some.
proto$websocket.later = function (ms) {
  var self = this;
  this.link.env.clearTimeout(this.timer);
  this.timer = this.link.env.setTimeout(function () {
    if (self.canSend) {
      if (self.busy) {
        self.sayFrom();
      }
      self.flush();
    }
  }, ms);
};

proto$websocket.say = function (meaning) {
  this.send(compose.say(meaning));
};

proto$websocket.send = function (frame) {
  var self = this;
  if (this.phase === OVER) {
    return;
  }
  try {
    this.ws.send(frame);
  } catch (e) {
    this.canSend = false;
    this.link.env.setTimeout(function () { self.fail('it takes nothing any more'); }, 0);
  }
};

proto$websocket.heardFrame = function (data) {
  var meaning, bytes;
  if (this.phase === OVER) {
    return;
  }
  this.alive();
  if (typeof data === 'string') {
    meaning = packet$packet.hear(data);
    this.size = data.length;
  } else {
    bytes = bytes$bytes.of(data);
    meaning = bytes ? packet$packet.hearBinary(bytes) : { refused: 'bytes in a form that this browser can\'t read' };
    this.size = bytes ? bytes.length : 0;
  }
  if (meaning.refused) {
    this.fail('a packet could not be read: ' + meaning.refused);
  } else if (this['hear_' + meaning.kind]) {
    this['hear_' + meaning.kind](meaning);
  } else {
    this.message(meaning);
  }
};

proto$websocket.message = function (meaning) {
  var verdict = this.lane ? this.lane.message(true) : { refused: 'no-from' };
  if (verdict.refused) {
    this.fail('a message came before its number');
    return;
  }
  this.owed++;
  this.owedBytes += this.size;
  if (this.owed >= OWED || this.owedBytes >= OWED_BYTES || !this.isAwake()) {
    this.acknowledge();
  }
  if (verdict === 'take') {
    this.link.deliver([meaning]);
  }
};

proto$websocket.acknowledge = function () {
  if (this.owed && this.phase === ATTACHED) {
    this.owed = this.owedBytes = 0;
    this.say({ kind: 'ack', number: this.session.inbox.taken });
  }
};

proto$websocket['hear_open'] = function (meaning) {
  var isAttaching = this.phase === ATTACHING;
  if (!this.link.reopened(meaning, this) || this.phase === OVER) {
    return;
  }
  if (meaning.from) {
    this.lane = this.session.lane(true);
    this.lane.from(meaning.from);
    this.phase = ATTACHING;
    this.begin();
    this.done();
  } else if (!isAttaching) {
    this.attach();
  }
};

proto$websocket['hear_from'] = function (meaning) {
  var verdict = this.lane ? this.lane.from(meaning.number) : { refused: 'no-from' };
  // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
  if (!verdict.refused) {
    this.done();
  }
};

// The delivery is here.
proto$websocket.done = function () {
  if (this.phase === ATTACHING) {
    this.phase = ATTACHED;
    this.attachedAt = this.link.env.now();
    this.deadline = 0;
    this.ping();
    this.link.attached(this);
  }
};

proto$websocket['hear_ack'] = function (meaning) {
  if (!this.link.acked(meaning.number)) {
    this.fail('it acknowledges what was never sent');
    return;
  }
  this.since = this.link.env.now();
  if (meaning.busy !== undefined) {
    this.busy = 1;
    this.later(meaning.busy);
  } else {
    this.flush();
  }
};

proto$websocket['hear_ping'] = function (meaning) {
  this.say({ kind: 'pong', number: meaning.number });
};

proto$websocket['hear_pong'] = function (meaning) {
  if (meaning.number === this.pings && this.pinged) {
    this.link.measured(this.link.env.now() - this.pinged);
    this.pinged = 0;
  }
};

proto$websocket['hear_moved'] = function (meaning) {
  this.link.moved(meaning.turn, this);
};

proto$websocket['hear_drain'] = function (meaning) {
  this.link.paused({ kind: 'drain', retry: meaning.retry }, this);
};

proto$websocket['hear_close'] = function (meaning) {
  this.link.over(meaning, this.phase !== ATTACHED);
};

proto$websocket.ping = function () {
  this.pinged = this.lastPing = this.link.env.now();
  this.say({ kind: 'ping', number: ++this.pings });
};

// The time for something is over.
proto$websocket.late = function () {
  if (this.phase === CONNECTED) {
    this.deadline = 0;
    this.greet(true);
  } else {
    this.fail('nothing came in time');
  }
};

// Another carrier takes over; what still comes here counts until the gateway closes it.
proto$websocket.leave = function () {
  if (this.phase !== OVER) {
    this.phase = LEAVING;
    this.canSend = false;
    this.expect(SHORT);
  }
};

// Leaves it without a word to anyone.
proto$websocket.drop = function () {
  var ws = this.ws, env = this.link.env;
  this.phase = OVER;
  this.canSend = false;
  env.clearTimeout(this.timer);
  env.clearTimeout(this.looking);
  if (ws) {
    ws.onopen = ws.onmessage = ws.onclose = function () { /* too late */ };
    try {
      ws.close();
    } catch (e) {
      // It never came about.
    }
  }
};

proto$websocket.fail = function (why) {
  var phase = this.phase, lived = this.attachedAt ? this.link.env.now() - this.attachedAt || 1 : 0;
  if (phase !== OVER) {
    this.drop();
    this.link.failed(this, why, lived, phase === LEAVING);
  }
};

proto$websocket.closed = function (event) {
  if (event.code === 4002 && this.isOpening && this.phase === ASKED) {
    this.refused();
  } else if (event.code === 4003 && this.phase === ATTACHED) {
    this.link.paused({ kind: 'drain', retry: 1000 }, this);
  } else {
    this.fail(event.code && event.code !== 1006 ? 'it was closed with code ' + event.code : 'it was cut');
  }
};

// The gateway does not take the `open`: its key is used, or it did not come in time.
proto$websocket.refused = function () {
  if (this.session.sid) {
    // A POST was faster, and its session is in use: a WebSocket that begins now resumes it.
    this.drop();
    this.link.socketGone(this);
    this.link.settle();
  } else if (this.link.http() || !this.link.opening.isRefused) {
    // A POST learns which; without one it is the key if it happens again.
    this.link.opening.isRefused = true;
    this.fail('its opening was refused');
  } else {
    this.drop();
    this.link.socketGone(this);
    this.link.opening.used();
  }
};

proto$websocket.isAttached = function () {
  return this.phase === ATTACHED;
};

proto$websocket.isOver = function () {
  return this.phase === OVER;
};

mix(proto$websocket, Liveness);


// transport/long_poll.js

// Long-poll: a GET that the gateway answers when there is something to say. Where something on the way cuts or swallows
// held requests, they are held for less, down to not at all.

function LongPoll(link) {
  this.link = link;
  this.longest = Infinity;
  this.cuts = 0;
}

var proto$longPoll = LongPoll.prototype;

proto$longPoll.name = 'long-poll';

// For how many seconds the next poll is to be held.
proto$longPoll.wait = function () {
  return Math.min(this.link.session.terms.wait, this.longest);
};

// Milliseconds before the next poll. Where the gateway holds none (`wait = "0s"`), they come as short-polls do.
proto$longPoll.pause = function (came) {
  this.cuts = 0;
  return came || this.wait() > 0 ? 0 : this.link.options.pollInterval;
};

// A held poll failed after so many milliseconds. Once is an accident. True if holding makes no sense here.
proto$longPoll.cut = function (ms) {
  var wait = this.wait();
  this.cuts++;
  if (this.cuts > 1) {
    this.longest = Math.floor(ms >= wait * 1000 ? wait / 4 : ms * 0.75 / 1000);
  }
  return this.longest < 1;
};

proto$longPoll.stir = function () {
  return -1;
};


// transport/short_poll.js

// Short-poll: a GET that is answered at once, again and again; more slowly while nothing comes or goes.

function ShortPoll(link) {
  this.least = link.options.pollInterval;
  this.most = Math.max(link.options.idleInterval, this.least);
  this.interval = this.least;
}

var proto$shortPoll = ShortPoll.prototype;

proto$shortPoll.name = 'short-poll';

proto$shortPoll.wait = function () {
  return 0;
};

// Milliseconds before the next poll; `came` is whether this one brought something.
proto$shortPoll.pause = function (came) {
  this.interval = came ? this.least : Math.min(this.interval * 1.5, this.most);
  return this.interval;
};

proto$shortPoll.cut = function () {
  return false;
};

// Something was said, so that something may come back: the most milliseconds the next poll may be away.
proto$shortPoll.stir = function () {
  this.interval = this.least;
  return this.least;
};


// transports.js

// The carriers in the order of preference: their names here and on the wire, and what of the environment they need. Those
// with a `Mode` are polls, and it says how they go about it.

var transports = [
  { name: 'ws', wire: 'ws', needs: 'WebSocket', Mode: null },
  { name: 'long-poll', wire: 'poll', needs: 'xhr', Mode: LongPoll },
  { name: 'short-poll', wire: 'poll', needs: 'xhr', Mode: ShortPoll }
];

// env/xhr.js

// One XMLHttpRequest, whatever the browser calls it, and what all of them do wrong made right.

// In one piece this name makes some proxies and virus scanners strip the script that contains it.
var ACTIVE = ['Active', 'Object'].join('X');
var IDS = ['Msxml2.XMLHTTP.6.0', 'Msxml2.XMLHTTP.3.0', 'Microsoft.XMLHTTP'];

function make() {
  return new XMLHttpRequest();
}

function active(id) {
  return function () {
    return new Function('id', 'return new ' + ACTIVE + '(id)')(id);
  };
}

// A function that makes one; null where the browser has none.
function creator() {
  var ways = [], i;
  if (typeof XMLHttpRequest !== 'undefined') {
    ways.push(make);
  }
  for (i = 0; i < IDS.length; i++) {
    ways.push(active(IDS[i]));
  }
  for (i = 0; i < ways.length; i++) {
    try {
      if (ways[i]()) {
        return ways[i];
      }
    } catch (e) {
      // The next one, then.
    }
  }
  return null;
}

function nothing() {}

// Status and text, which may be read only at readyState 4: before that MSXML throws.
function read(xhr) {
  var answer = { status: 0, text: '', retry: 0 };
  try {
    answer.status = xhr.status;
    answer.text = String(xhr.responseText || '');
  } catch (e) {
    answer.status = 0;
  }
  if (answer.status === 1223) {
    // Internet Explorer's own name for 204.
    answer.status = 204;
  }
  if (answer.status > 599) {
    // A number of WinInet's: the network failed.
    answer.status = 0;
  }
  if (answer.status === 429 || answer.status === 503) {
    try {
      answer.retry = (parseInt(xhr.getResponseHeader('Retry-After'), 10) || 0) * 1000;
    } catch (e2) {
      answer.retry = 0;
    }
  }
  return answer;
}

// One request. `done` is called once: with status 0 where the network failed, where the browser refused, or where
// nothing came within `ask.timeout` milliseconds (`late` is true then).
function Request(env, ask, done) {
  this.env = env;
  this.ask = ask;
  this.done = done;
  this.xhr = null;
}

var proto$xhr = Request.prototype;

proto$xhr.send = function () {
  var self = this;
  this.isSending = true;
  // MSXML fires state 2 and then nothing when a connection is refused; others simply hang.
  this.watchdog = this.env.setTimeout(function () { self.fail(true); }, this.ask.timeout);
  try {
    this.xhr = this.env.xhr();
    begin(this.xhr, this.ask, function () { self.change(); });
  } catch (e) {
    this.env.setTimeout(function () { self.fail(false); }, 0);
  }
  this.isSending = false;
};

proto$xhr.change = function () {
  var self = this, answer;
  if (this.done && this.xhr && this.xhr.readyState === 4) {
    answer = read(this.xhr);
    if (this.isSending) {
      // From a cache, or in an old browser, it may be over before `send` has returned.
      this.env.setTimeout(function () { self.finish(answer); }, 0);
    } else {
      this.finish(answer);
    }
  }
};

proto$xhr.finish = function (answer) {
  var done = this.done;
  if (done) {
    this.end();
    done(answer);
  }
};

proto$xhr.fail = function (isLate) {
  var done = this.done;
  if (done) {
    this.giveUp();
    done({ status: 0, text: '', retry: 0, late: isLate });
  }
};

// The handler goes first: some browsers report an abort as an end. It is never null, which MSXML calls a type mismatch.
proto$xhr.end = function () {
  var xhr = this.xhr;
  this.done = this.xhr = null;
  this.env.clearTimeout(this.watchdog);
  if (xhr) {
    xhr.onreadystatechange = nothing;
  }
  return xhr;
};

proto$xhr.giveUp = function () {
  try {
    this.end().abort();
  } catch (e) {
    // It never began, or is over.
  }
};

// Sends a request; returns a function that gives it up.
function send(env, ask, done) {
  var request = new Request(env, ask, done);
  request.send();
  return function () {
    request.giveUp();
  };
}

function begin(xhr, ask, change) {
  xhr.open(ask.method, ask.url, true);
  xhr.onreadystatechange = change;
  if (ask.credentials) {
    xhr.withCredentials = true;
  }
  if (ask.method === 'POST') {
    // The one type that needs no preflight and that every browser can set.
    try {
      xhr.setRequestHeader('Content-Type', 'text/plain;charset=UTF-8');
    } catch (e) {
      // The gateway does not look at it.
    }
    xhr.send(ask.body);
  } else {
    xhr.send(null);
  }
}

var xhr$xhr = { creator: creator, send: send };

// words.js

// Sentences for people.

var NAMES$words = { 'ws': 'WebSocket', 'long-poll': 'long-polling', 'short-poll': 'polling now and then' };

function after(ms) {
  return ms < 1000 ? 'reconnecting.' : 'reconnecting in ' + Math.ceil(ms / 1000) + ' s.';
}

var words = {
  connecting: 'Connecting.',
  open: function (name) {
    return 'Connected over ' + NAMES$words[name] + '.';
  },
  cut: function (why, ms) {
    return 'The connection was cut (' + why + '); ' + after(ms);
  },
  busy: function (kind, ms) {
    return (kind === 'drain' ? 'The server is restarting; ' : 'The server is busy; ') + after(ms);
  },
  reset: 'The session was lost; opening a new one.',
  offline: 'Waiting for the network.',
  closed: 'The connection is closed.'
};

// link_end.js

// The part of a link that deals with ends: of carriers, and of the session. These are methods of Link.

// Codes after which a new session is opened; any other end is for good.
var AGAIN = { 4003: 1, 4004: 1, 4006: 1, 4008: 1, 4009: 1, 4011: 1 };
// Milliseconds that a closing client goes on to deliver what was said.
var FAREWELL = 5000;
// Milliseconds that a session has to live for the next one to be opened without delay.
var LONG$linkEnd = 30000;

var Ends = {};

// A carrier failed after `lived` milliseconds of service. `isAside`: it matters no more, or (a poll) holding is hopeless.
Ends.failed = function (what, why, lived, isAside) {
  var isSocket = what === this.socket, was = this.carrier === what;
  this.debug((what.name ? what.name() : 'the opening') + ' failed: ' + why);
  if (this.isOver || (what.name && what !== this.poll && !isSocket)) {
    return;
  }
  if (was) {
    this.carrier = null;
  }
  if (isSocket) {
    this.socketGone(what);
    this.ladder.failed('ws', this.env.now(), lived);
    if (this.http()) {
      this.lost(was, why);
      this.settle();
      this.flush();
      return;
    }
  } else if (isAside) {
    this.ladder.failed(what.name(), this.env.now(), 0);
  }
  if (what === this.opening && this.socket) {
    this.socket.greet(true);
  }
  this.again(why);
};

Ends.lost = function (was, why) {
  if (was) {
    this.face.setState('reconnecting', words.cut(why, 0));
  }
};

Ends.again = function (why) {
  var ms = this.backoff.next();
  if (!this.carrier) {
    this.face.setState('', this.isOffline ? words.offline : words.cut(why, ms));
  }
  this.hold(ms);
};

Ends.socketGone = function (socket) {
  if (this.socket === socket) {
    this.socket = null;
  }
  if (this.owner === socket) {
    this.owner = null;
    this.session.outbox.cut();
  }
};

// The gateway asks to come back later: it drains, or has too much to do.
Ends.paused = function (outcome, what) {
  var ms = outcome.kind === 'drain' ? Math.floor(this.env.random() * outcome.retry) : outcome.retry;
  if (this.isOver || (what.name && what !== this.poll && what !== this.socket)) {
    return;
  }
  if (what === this.socket && what !== this.carrier && this.http()) {
    // A try beside what works: that goes on.
    what.fail('the gateway has no time');
    return;
  }
  if (what === this.carrier) {
    this.carrier = null;
  }
  if (what === this.socket) {
    what.drop();
    this.socketGone(what);
  }
  this.face.setState('', words.busy(outcome.kind, ms));
  this.hold(ms, true);
};

// The delivery is at another carrier, whose turn is this.
Ends.moved = function (turn, what) {
  if (this.isOver) {
    return;
  }
  if (this.session.isForeign(turn)) {
    this.over({ kind: 'close', code: 4006, reason: 'Another page has taken this session over.' });
    return;
  }
  if (what === this.poll && this.poll) {
    this.poll.next(0);
  } else if (what === this.socket) {
    what.drop();
    this.socketGone(what);
    if (this.carrier === what) {
      this.carrier = null;
      this.lost(!this.poll, 'it was moved');
    }
    this.settle();
    this.flush();
  }
};

// The session is over. `isAside`: what told it brings no messages, so that some may still be on their way.
Ends.over = function (close, isAside) {
  var self = this, inbox = this.session.inbox;
  if (this.isOver) {
    return;
  }
  if (isAside && close.last > inbox.taken && AGAIN[close.code] !== 1 && (this.poll || this.carrier) && !this.ending) {
    this.ending = this.env.setTimeout(function () { self.end(close); }, FAREWELL);
    if (this.poll) {
      this.poll.check();
    }
    return;
  }
  this.end(close);
};

Ends.end = function (close) {
  var outbox = this.session.outbox, missing = close.last - this.session.inbox.taken;
  if (close.received) {
    this.acked(Math.min(close.received, outbox.sent));
  }
  var told = {
    code: close.code,
    reason: close.reason,
    undelivered: missing >= 0 && close.code !== 4004 ? missing : null
  };
  var items = outbox.unacked(), sent = outbox.sent - outbox.taken();
  told.uncertain = describe(items, sent);
  this.drop();
  if (AGAIN[close.code] && !this.goodbye) {
    this.reset(told);
  } else {
    this.isOver = true;
    this.face.onClosed(told);
  }
};

function describe(items, sent) {
  var list = [], i;
  for (i = 0; i < items.length; i++) {
    if (items[i].kind !== 'close') {
      list.push(items[i].describe(i < sent));
    }
  }
  return list;
}

// Opens a session in place of the one that is gone.
Ends.reset = function (told) {
  var self = this, now = this.env.now(), ms;
  if (this.openedAt && now - this.openedAt > LONG$linkEnd) {
    this.rebirth.reset();
  }
  // A session that never opens has not lived: the next one comes later still.
  this.openedAt = 0;
  ms = this.rebirth.next();
  this.session = new Session();
  this.opening = new Opening(this, this.options.auth);
  this.post.renew();
  this.hold(ms, true);
  this.face.onReset(told);
  if (self.goodbye) {
    this.settle();
  }
};

// What rode along with an opening that came to nothing.
Ends.uncertain = function (items, why) {
  this.face.onUncertain(items, { code: 4004, reason: why, undelivered: null, uncertain: describe(items, items.length) });
};

// A message that the gateway refuses: nobody else can have taken it.
Ends.giveBack = function (number, message) {
  this.face.onRefused(this.session.outbox.remove(number), message);
};

// Ends every carrier.
Ends.drop = function () {
  var i;
  this.env.clearTimeout(this.ending);
  this.env.clearTimeout(this.holding);
  this.env.clearTimeout(this.planned);
  this.ending = null;
  this.isHolding = false;
  for (i = 0; i < this.old.length; i++) {
    this.old[i].drop();
  }
  this.old = [];
  if (this.socket) {
    this.socket.drop();
  }
  if (this.poll) {
    this.poll.drop();
  }
  this.opening.drop();
  this.post.drop();
  this.carrier = this.poll = this.socket = this.owner = null;
};

// The application closes: what was said before goes first, for a while.
Ends.close = function (meaning) {
  var self = this;
  this.goodbye = meaning;
  this.farewell = this.env.setTimeout(function () { self.saidGoodbye(); }, FAREWELL);
  this.flush();
};

Ends.saidGoodbye = function () {
  if (this.goodbye && !this.isOver) {
    this.env.clearTimeout(this.farewell);
    this.end({ code: this.goodbye.code || 4000, reason: this.goodbye.reason || '', last: 0, received: 0 });
  }
};

// The page goes away. Where the session is not to be kept (`isForGood`) the gateway is told, if the browser can.
Ends.part = function (isForGood) {
  var navigator = this.env.root.navigator, sid = this.session.sid;
  this.drop();
  if (isForGood) {
    this.isOver = true;
    try {
      if (sid && navigator.sendBeacon) {
        navigator.sendBeacon(this.base + '/session/' + sid + '/close', '');
      }
    } catch (e) {
      // The session will expire.
    }
  } else {
    // Until the page is back, if it ever is.
    this.isHolding = this.isDue = true;
  }
};

// Drops whatever carries the session, and attaches anew at once.
Ends.reconnect = function (why) {
  if (this.isOver) {
    return;
  }
  if (this.socket) {
    this.socket.drop();
    this.socketGone(this.socket);
  }
  if (this.poll) {
    this.poll.drop();
    this.poll = null;
  }
  this.opening.drop();
  this.post.drop();
  this.lost(!!this.carrier, why);
  this.carrier = null;
  this.ladder.forgive();
  this.backoff.reset();
  this.release();
};

// The page is back, or the network: waits no longer, and makes sure of what there is.
Ends.wake = function (isNetwork) {
  if (this.isOver) {
    return;
  }
  if (isNetwork) {
    // What is under way may hang in a network that is no more. Repeating it does no harm.
    this.isOffline = false;
    this.ladder.forgive();
    this.post.drop();
    this.opening.drop();
  }
  if (this.isHeld()) {
    this.release();
  } else {
    if (this.carrier) {
      this.carrier.check();
    }
    this.settle();
    this.flush();
  }
};


// link.js

// What carries the session at the moment: opens it, moves it from carrier to carrier, and decides what an accident means.

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST$link = 2147483647;
// Milliseconds that a round trip may take.
var CREDIBLE = 30000;

function transport(name) {
  var i = 0;
  while (transports[i].name !== name) {
    i++;
  }
  return transports[i];
}

// `face` hears what becomes of the session; `options` are complete.
function Link(face, env, base, options) {
  this.face = face;
  this.env = env;
  this.base = base;
  this.options = options;
  this.session = new Session();
  this.backoff = new Backoff(options.retry.min, options.retry.max, env.random);
  this.rebirth = new Backoff(options.retry.min, options.retry.max, env.random);
  this.queries = 0;
  this.seed = Math.floor(env.random() * 1679616).toString(36);
  this.rtt = null;
  this.carrier = this.poll = this.socket = this.owner = null;
  this.old = [];
  this.name = '';
  this.use(options.carriers);
  this.post = new Post(this);
  this.opening = new Opening(this, options.auth);
}

var proto$link = Link.prototype;

// Which carriers may be used, best first.
proto$link.use = function (names) {
  this.ladder = new Ladder(names);
};

proto$link.debug = function (text) {
  this.face.debug(text);
};

// Sends a request below the gateway's base. The query gets a value that no cache has seen, out of a bounded set: old
// browsers keep an entry for each address that ever was.
proto$link.ask = function (ask, done) {
  this.queries = (this.queries + 1) % 1000;
  ask.url = this.base + ask.path + '?' + ask.query + 't=' + this.seed + this.queries;
  ask.credentials = this.options.credentials;
  return xhr$xhr.send(this.env, ask, done);
};

// Whether this carrier is among the allowed ones, and there is what it needs.
proto$link.isThere = function (name) {
  var carriers = this.session.terms.carriers, wire = transport(name).wire, i;
  if (!this.env[transport(name).needs] || this.ladder.place(name) >= this.ladder.names.length) {
    return false;
  }
  for (i = 0; carriers && i < carriers.length; i++) {
    if (carriers[i] === wire) {
      return true;
    }
  }
  return !carriers;
};

// The carrier by polls to be used now; '' where there is none.
proto$link.http = function () {
  var names = this.ladder.names, last = '', i;
  for (i = 0; i < names.length; i++) {
    if (transport(names[i]).Mode && this.isThere(names[i])) {
      last = names[i];
      if (this.ladder.isFree(last, this.env.now())) {
        return last;
      }
    }
  }
  return last;
};

// Brings what is carried, and how, to what it should be. May be called at any time.
proto$link.settle = function () {
  if (this.isOver || this.isHeld()) {
    return;
  }
  var http = this.http(), wantsSocket = this.wantsSocket(http);
  if (this.socket && !wantsSocket && !this.socket.attachedAt) {
    // It would take the delivery as soon as it stood. One that has it keeps it until another does.
    this.socket.drop();
    this.socketGone(this.socket);
  }
  if (!this.session.sid) {
    if (http) {
      this.opening.go();
    }
  } else if (http && !(this.carrier && this.carrier === this.socket && wantsSocket)) {
    this.pollBy(http);
  }
  if (wantsSocket && !this.socket) {
    this.socket = new Socket(this);
    this.socket.start();
  }
  this.plan(http);
};

proto$link.wantsSocket = function (http) {
  return this.isThere('ws') && (!http || this.ladder.isBetter('ws', http)) &&
    (!http || this.socket || this.ladder.isFree('ws', this.env.now()));
};

// Polls in this mode.
proto$link.pollBy = function (http) {
  if (!this.poll) {
    this.poll = new Poll(this, this.mode(http));
    this.poll.ask();
  } else if (this.poll.name() !== http) {
    this.poll.change(this.mode(http));
  } else {
    this.poll.goOn(0);
  }
};

// A WebSocket is about to take the delivery: polls stand back.
proto$link.isAttaching = function () {
  return !!this.socket && this.socket.isAttaching();
};

proto$link.mode = function (name) {
  return new (transport(name || 'long-poll').Mode)(this);
};

// Looks again when something better may be tried once more.
proto$link.plan = function () {
  var self = this, now = this.env.now();
  var wait = this.ladder.wait(this.carrier ? this.carrier.name() : '', now);
  this.env.clearTimeout(this.planned);
  if (wait > 0) {
    this.planned = this.env.setTimeout(function () { self.settle(); }, wait);
  }
};

// Waits before anything is tried again; `isDue` where that is owed to the gateway and not only wise.
proto$link.hold = function (ms, isDue) {
  var self = this;
  this.env.clearTimeout(this.holding);
  this.isHolding = true;
  this.isDue = isDue;
  this.holding = this.env.setTimeout(function () { self.release(); }, Math.min(ms, LONGEST$link));
};

proto$link.isHeld = function () {
  return !!this.isHolding;
};

proto$link.release = function () {
  this.env.clearTimeout(this.holding);
  this.isHolding = false;
  if (this.poll && this.session.sid && this.poll !== this.carrier) {
    this.poll.ask();
  }
  this.settle();
  this.flush();
};

// Something else is to be tried: there is no reason to wait for what failed.
proto$link.hurry = function () {
  if (this.isHeld() && !this.isDue) {
    this.release();
  } else {
    this.settle();
  }
};

// Sends what waits, by whatever takes it now.
proto$link.flush = function () {
  if (this.isOver) {
    return;
  }
  if (this.socket && this.socket.canSend) {
    this.socket.flush();
  } else if (this.session.sid && !this.isHeld() && this.http()) {
    this.post.flush();
  }
};

// Something was said. What is said in one go travels in one request.
proto$link.stir = function () {
  var self = this;
  if (this.socket && this.socket.canSend) {
    this.socket.flush();
    return;
  }
  if (this.poll) {
    this.poll.stir();
  }
  if (this.env.document && this.env.document.hidden) {
    // Timers are rare in the background.
    this.flush();
  } else if (!this.isStirred) {
    this.isStirred = true;
    this.env.setTimeout(function () {
      self.isStirred = false;
      self.flush();
    }, 0);
  }
};

// A round trip took so many milliseconds. What is beyond reason is no measure of the way: the machine slept meanwhile, or
// its clock was set; and time-outs are made of it.
proto$link.measured = function (ms) {
  if (ms >= 0 && ms <= CREDIBLE) {
    this.rtt = this.rtt === null ? ms : Math.round((this.rtt * 3 + ms) / 4);
    this.face.onRtt(this.rtt);
  }
};

// The gateway has everything up to `number`. False if it can't have.
proto$link.acked = function (number) {
  var outbox = this.session.outbox, before = outbox.taken();
  if (outbox.ack(number)) {
    return false;
  }
  if (outbox.taken() > before) {
    this.face.onAck(outbox.taken());
  }
  return true;
};

// The gateway lacks what it had acknowledged, or only what was never sent.
proto$link.fellBehind = function (number) {
  if (number < this.session.outbox.taken()) {
    this.over({ kind: 'close', code: 4004, reason: 'The gateway has lost what it had acknowledged.' });
  } else {
    this.acked(number);
    this.flush();
  }
};

// Takes a poll's answer: its messages, then its control packets. False if a message is missing, which only the `close`
// of a slow consumer explains.
proto$link.take = function (batch, by) {
  var came = this.session.inbox.batch(batch.from, batch.messages.length), session = this.session, i;
  if (came.refused && (batch.messages.length || !batch.controls.length)) {
    return false;
  }
  this.deliver(batch.messages.slice(came.repeats || 0));
  for (i = 0; i < batch.controls.length && session === this.session && !this.isOver; i++) {
    this.control(batch.controls[i], by);
  }
  return true;
};

proto$link.control = function (meaning, by) {
  if (meaning.kind === 'close') {
    this.over(meaning);
  } else if (meaning.kind === 'drain') {
    this.paused({ kind: 'drain', retry: meaning.retry }, by);
  } else if (meaning.kind === 'moved') {
    this.moved(meaning.turn, by);
  } else if (meaning.kind === 'ack') {
    this.acked(meaning.number);
  }
};

proto$link.deliver = function (messages) {
  this.face.deliver(messages);
};

// `open` came on something: the first one opens the session. False if it is not ours.
proto$link.reopened = function (open, by) {
  var isFirst = !this.session.sid, before = this.session.outbox.taken();
  var wrong = this.session.open(open);
  if (wrong && wrong.refused === 'moved') {
    this.moved(open.turn, by);
    return false;
  }
  if (wrong) {
    this.over({ kind: 'close', code: 4004, reason: 'The gateway means another session.' });
    return false;
  }
  if (isFirst) {
    this.opened(open, by);
  }
  if (this.session.outbox.taken() > before) {
    this.face.onAck(this.session.outbox.taken());
  }
  return true;
};

proto$link.opened = function (open, by) {
  var poll;
  this.openedAt = this.env.now();
  this.opening.settle(open);
  this.face.limit(open.max);
  this.backoff.reset();
  if (by !== this.socket) {
    // The answer to the opening was a poll's as well: the way is good.
    poll = this.poll = new Poll(this, this.mode(this.http()));
    poll.isProved = true;
    this.carry(poll);
    // A handler may have dropped it meanwhile.
    poll.goOn(0);
    if (this.socket) {
      this.socket.greet(false);
    }
  }
  this.settle();
};

// A poll was answered.
proto$link.proved = function (poll) {
  if (poll === this.poll && this.carrier !== poll) {
    this.carry(poll);
  } else if (this.carrier === poll && this.name !== poll.name()) {
    this.carry(poll);
  }
};

// The WebSocket has the delivery.
proto$link.attached = function (socket) {
  if (this.poll) {
    this.poll.stop();
    this.poll = null;
  }
  this.carry(socket);
};

// Another carrier has taken over: what still comes on this one counts.
proto$link.retire = function (socket) {
  var left = [socket], i;
  for (i = 0; i < this.old.length; i++) {
    if (!this.old[i].isOver()) {
      left.push(this.old[i]);
    }
  }
  this.old = left;
};

// From now on this carries the session.
proto$link.carry = function (carrier) {
  var before = this.name, socket = this.socket, isFirst = !this.session.isTold;
  this.carrier = carrier;
  this.name = carrier.name();
  this.backoff.reset();
  if (socket && carrier !== socket && socket.attachedAt) {
    this.retire(socket);
    this.socket = null;
    socket.leave();
    this.session.outbox.cut();
    this.owner = null;
  }
  this.session.isTold = true;
  this.face.carried(this.name, before, isFirst);
  this.flush();
};

mix(proto$link, Ends);


// codes.js

// The codes of the protocol, and what to show people. `over`: the session is over and no new one is opened.

var codes = {
  4000: { words: 'The connection was closed.', over: true },
  4001: { words: 'You are not allowed to connect. Please sign in again.', over: true },
  4002: { words: 'The server did not understand this page. Please reload it.', over: true },
  4003: { words: 'The server is restarting; the connection will be back in a moment.', over: false },
  4004: { words: 'The connection was away for too long; what is shown has to be loaded again.', over: false },
  4006: { words: 'This session goes on in another window; this one has begun a new one.', over: false },
  4008: { words: 'This page could not keep up; what is shown has to be loaded again.', over: false },
  4009: { words: 'The server is busy; trying again in a moment.', over: false },
  4011: { words: 'The server had a fault; what is shown has to be loaded again.', over: false }
};

// answerable.js

// The gateway asked for a reply: one may be given, once, in the session that asked.

// Gives `message` its `reply` and `fail`, for the request `id` of the gateway.
var answerable = function (client, message, id) {
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
    if (bytes$bytes.of(data)) {
      // The gateway would end the session for it (docs/PROTOCOL.md, section 2).
      throw new TypeError('everwire: a reply is JSON; bytes go as a message of their own');
    }
    return answer({ kind: 'reply', data: data });
  };
  message.fail = function (code, text) {
    return answer({ kind: 'reply', error: { code: String(code), message: String(text || '') } });
  };
};

// memory.js

// A session that outlives its page: kept in sessionStorage over a reload, with a mark as long as a page holds it.

var VERSION = 1;

function Memory(env, base) {
  this.storage = env.sessionStorage;
  this.name = 'everwire ' + base;
}

var proto$memory = Memory.prototype;

// What was kept by a page that has gone; null where there is nothing, or another page holds it.
proto$memory.recall = function () {
  var kept;
  try {
    kept = json.parse(this.storage.getItem(this.name) || 'null');
  } catch (e) {
    return null;
  }
  return kept && kept['v'] === VERSION && !kept.live && kept.sid ? kept : null;
};

// False where there is no storage, or it is full. What was kept before goes then, too: a page that went on with that would
// say numbers that are taken.
proto$memory.keep = function (kept) {
  kept['v'] = VERSION;
  try {
    this.storage.setItem(this.name, json.stringify(kept));
    return true;
  } catch (e) {
    this.forget();
    return false;
  }
};

proto$memory.forget = function () {
  try {
    this.storage.removeItem(this.name);
  } catch (e) {
    // There is none.
  }
};

// Everything that another page needs to go on with a session: `texts` are the packets that were not acknowledged.
function save(session, isLive) {
  var items = session.outbox.unacked(), texts = [], i;
  for (i = 0; i < items.length; i++) {
    texts.push(items[i].text());
  }
  // Quoted, so that they are called the same in every version of the client.
  return {
    'live': isLive,
    'sid': session.sid,
    'peer': session.peer,
    'turn': session.turn,
    'received': session.inbox.taken,
    'acked': session.outbox.taken(),
    'sent': session.outbox.sent,
    'terms': session.terms,
    'texts': isLive ? [] : texts
  };
}

// Makes a fresh session go on where that one stopped; `revive` makes an item of a packet's text.
function restore(session, kept, revive) {
  var outbox = session.outbox, i;
  session.sid = kept.sid;
  session.peer = kept.peer;
  session.turn = kept.turn;
  session.terms = kept.terms;
  session.inbox.taken = kept.received;
  outbox.acked = outbox.claimed = kept.acked;
  for (i = 0; i < kept.texts.length; i++) {
    outbox.push(revive(kept.texts[i]));
  }
  outbox.sent = Math.max(kept.sent, kept.acked);
}

var memory = { Memory: Memory, save: save, restore: restore };

// options.js

// What may be asked for, and what is taken where nothing is asked. README.md gives the reasons.

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST$options = 2147483647;

function names() {
  var list = [], i;
  for (i = 0; i < transports.length; i++) {
    list.push(transports[i].name);
  }
  return list;
}

// The carriers that were asked for; throws where there is none of that name.
function carriers$options(asked) {
  var known = names(), list = asked === undefined ? known : typeof asked === 'string' ? [asked] : asked, i;
  if (!json.is(list, 'Array') || !list.length) {
    throw new TypeError('everwire: `carriers` is a list of ' + known.join(', ') + '.');
  }
  for (i = 0; i < list.length; i++) {
    if ((',' + known.join(',') + ',').indexOf(',' + list[i] + ',') < 0) {
      throw new TypeError('everwire: there is no carrier "' + list[i] + '", but ' + known.join(', ') + '.');
    }
  }
  return list.slice(0);
}

function time(given, name, otherwise) {
  var value = packet$packet.has(given, name) && given[name] !== undefined ? given[name] : otherwise;
  if (typeof value !== 'number' || !(value >= 0) || !isFinite(value)) {
    throw new TypeError('everwire: `' + name + '` is a number, not ' + value + '.');
  }
  return name === 'maxQueue' ? value : Math.min(value, LONGEST$options);
}

function complete(given) {
  var retry;
  given = given || {};
  retry = given.retry || {};
  return {
    auth: given.auth,
    carriers: carriers$options(given.carriers),
    credentials: !!given.credentials,
    remember: !!given.remember,
    pollInterval: time(given, 'pollInterval', 2000),
    idleInterval: time(given, 'idleInterval', 10000),
    timeout: time(given, 'timeout', 10000),
    connectTimeout: time(given, 'connectTimeout', 10000),
    retry: { min: time(retry, 'min', 500), max: time(retry, 'max', 30000) },
    maxQueue: time(given, 'maxQueue', 4194304)
  };
}

var options$options = { complete: complete, carriers: carriers$options };

// client.js

// What the application holds in its hands.

var has$client = packet$packet.has, isNumber$client = packet$packet.isNumber;

// The client's own events: a message of such a name reaches only the handlers of `*`.
var OWN = { open: 1, state: 1, carrier: 1, reset: 1, lost: 1, error: 1, close: 1, ack: 1, rtt: 1, '*': 1 };

function Client(env, base, given, debug) {
  this.url = base;
  this.state = 'connecting';
  this.carrier = '';
  this.peer = '';
  this.rtt = null;
  this.sent = this.acked = this.received = this.bufferedAmount = 0;
  this.given = options$options.complete(given);
  this.events = new Events(env);
  this.requests = new Requests(env, this.events, this.given.timeout);
  this.inbox = [];
  this.debug = debug;
  this.link = new Link(this, env, base, this.given);
  this.memory = this.given.remember ? new memory.Memory(env, base) : null;
  this.recall();
}

var proto$client = Client.prototype;

// Goes on with the session of the page that was here before, where it left one.
proto$client.recall = function () {
  var kept = this.memory && this.memory.recall();
  if (kept) {
    memory.restore(this.link.session, kept, Item.revive);
    this.requests.count = kept.ids;
    this.peer = kept.peer;
    this.received = kept.received;
    this.acked = kept.acked;
    this.sent = this.link.session.outbox.last();
    this.isResumed = true;
    this.measure();
    // At once: a copy of this tab that is made before the session is carried would go on with it as well.
    this.keep(true);
  }
};

// Keeps the session for another page; `isLive` as long as this one holds it.
proto$client.keep = function (isLive) {
  var kept;
  if (this.memory && this.link.session.sid && this.state !== 'closed') {
    kept = memory.save(this.link.session, isLive);
    kept['ids'] = this.requests.count;
    this.isKept = this.memory.keep(kept);
  }
};

// The page goes away, for good or (`mayReturn`) into the browser's cache.
proto$client.hide = function (mayReturn) {
  if (this.state === 'closed') {
    return;
  }
  this.keep(false);
  this.link.part(!this.memory && !mayReturn);
};

// The page is back. Another one may have taken the session over meanwhile.
proto$client.show = function () {
  var kept = this.memory && this.memory.recall();
  if (this.isKept && this.link.session.sid && !(kept && kept.sid === this.link.session.sid)) {
    this.link.over({ kind: 'close', code: 4006, reason: 'Another page has taken this session over.' });
  }
  this.keep(true);
  this.link.reconnect('the page was away');
};

proto$client.on = function (name, fn) {
  this.events.on(name, fn);
  return this;
};

proto$client.once = function (name, fn) {
  this.events.on(name, fn, true);
  return this;
};

proto$client.off = function (name, fn) {
  this.events.off(name, fn);
  return this;
};

// Says a message. With a callback it asks for a reply. False if it was refused, which the callback is told, or `error`.
proto$client.emit = function (event, data, callback) {
  return this.say({ kind: 'event', name: String(event) }, data, callback);
};

proto$client.send = function (data) {
  return this.emit('message', data);
};

// A room to publish to.
proto$client.to = function (room) {
  var self = this;
  return {
    emit: function (event, data, callback) {
      return self.say({ kind: 'event', name: String(event), room: String(room) }, data, callback);
    }
  };
};

proto$client.join = function (room, callback) {
  return this.say({ kind: 'join', room: String(room) }, undefined, callback);
};

proto$client.leave = function (room, callback) {
  return this.say({ kind: 'leave', room: String(room) }, undefined, callback);
};

// Closes for good, behind what was said before.
proto$client.close = function (code, reason) {
  if (this.state !== 'closed') {
    this.setState('closed', words.closed);
    this.requests.fail('closed', 'The client was closed.');
    // What is no code (an event, where this is a handler) counts as none: a malformed goodbye would be refused.
    this.link.close({
      kind: 'close', code: isNumber$client(code, 0) ? code : undefined, reason: reason === undefined ? undefined : String(reason)
    });
  }
};

// Moves to this carrier now, or to the best of these.
proto$client.use = function (names) {
  this.link.use(options$options.carriers(names));
  this.link.hurry();
  return this;
};

// Drops the carrier and attaches anew at once.
proto$client.reconnect = function () {
  this.link.reconnect('as asked');
};

proto$client.say = function (meaning, data, callback) {
  var binary, item, wrong;
  if (typeof data === 'function') {
    callback = data;
    data = undefined;
  }
  if (callback && typeof callback !== 'function') {
    throw new TypeError('everwire: a callback is a function; data is one value, so several go as a list');
  }
  binary = bytes$bytes.of(data);
  if (binary) {
    meaning.bytes = binary;
  } else {
    meaning.data = data;
  }
  if (this.state === 'closed') {
    this.refuse(callback, { code: 'closed', message: 'The client is closed.' });
    return false;
  }
  if (callback) {
    meaning.id = this.requests.add(callback);
  }
  item = this.compose(meaning);
  wrong = this.check(item);
  if (wrong) {
    this.fail(item, wrong);
    return false;
  }
  this.push(item);
  return true;
};

// Throws where the data can't be JSON.
proto$client.compose = function (meaning) {
  try {
    return new Item(meaning);
  } catch (error) {
    this.requests.forget(meaning.id);
    throw error;
  }
};

proto$client.push = function (item) {
  this.sent = this.link.session.outbox.push(item);
  this.measure();
  this.link.stir();
};

// Why this can't be sent, if it can't.
proto$client.check = function (item) {
  var outbox = this.link.session.outbox, max = this.link.session.terms.max;
  if (max && item.bytes + 1 > max) {
    return { code: 'too_large', message: 'The message has ' + item.bytes + ' bytes; the gateway takes ' + max + '.' };
  }
  if (outbox.queue.length && outbox.bytes + item.bytes > this.given.maxQueue) {
    return {
      code: 'queue_full',
      message: outbox.bytes + ' bytes wait to be sent, and `maxQueue` is ' + this.given.maxQueue + '; try again later.'
    };
  }
  return null;
};

// A message will not be sent: its callback is told, or else `error`.
proto$client.fail = function (item, error) {
  if (!item.id || !this.settle(item.id, error)) {
    this.events.emit('error', [error]);
  }
};

proto$client.refuse = function (callback, error) {
  if (callback) {
    this.events.call(callback, [error]);
  } else {
    this.events.emit('error', [error]);
  }
};

proto$client.settle = function (id, error, data) {
  return this.requests.settle(id, error, data);
};

proto$client.measure = function () {
  this.bufferedAmount = this.link.session.outbox.bytes;
};

// Hands messages to their handlers, in order, one at a time even where a handler makes more of them come.
proto$client.drain = function () {
  var meaning;
  if (this.isDraining) {
    return;
  }
  this.isDraining = true;
  while (this.inbox.length) {
    meaning = this.inbox.shift();
    if (this.state !== 'closed') {
      this.give(meaning);
    }
  }
  this.isDraining = false;
};

proto$client.give = function (meaning) {
  var data = meaning.bytes ? bytes$bytes.give(meaning.bytes) : meaning.data;
  if (meaning.kind === 'reply') {
    this.settle(meaning.id, meaning.error || null, data);
  } else if (meaning.kind === 'event') {
    this.message(meaning, data);
  } else if (meaning.kind === 'error') {
    this.events.emit('error', [{ code: meaning.code, message: meaning.message }]);
  } else if (meaning.kind === 'lost') {
    this.events.emit('lost', [{ room: meaning.room }]);
  } else {
    this.debug('nobody hears `' + meaning.kind + '`');
  }
};

proto$client.message = function (meaning, data) {
  var message = {
    event: meaning.name, data: data, room: meaning.room, peer: meaning.peer, at: meaning.at, seq: meaning.seq,
    reply: null, fail: null
  };
  if (meaning.id) {
    answerable(this, message, meaning.id);
  }
  this.events.emit('*', [meaning.name, data, message]);
  if (has$client(OWN, meaning.name)) {
    this.debug('a message is called `' + meaning.name + '`, like an event of the client: only `*` hears it');
  } else {
    this.events.emit(meaning.name, [data, message]);
  }
};

// What the link tells follows.

proto$client.deliver = function (messages) {
  var first = this.link.session.inbox.taken - messages.length, i;
  for (i = 0; i < messages.length; i++) {
    messages[i].seq = first + i + 1;
    this.inbox.push(messages[i]);
  }
  this.received = first + messages.length;
  this.drain();
};

proto$client.onAck = function (number) {
  this.acked = number;
  this.measure();
  this.events.emit('ack', [number]);
};

proto$client.onRtt = function (rtt) {
  this.rtt = rtt;
  this.events.emit('rtt', [rtt]);
};

// The gateway refuses a message for good.
proto$client.onRefused = function (item, message) {
  this.sent = this.link.session.outbox.last();
  this.measure();
  this.fail(item, { code: 4002, message: message });
};

proto$client.onClosed = function (told) {
  // The state goes first: what a callback says now is refused, and not left in a session that is over.
  this.forget();
  this.setState('closed', words.closed);
  this.requests.fail('uncertain', 'The session ended before a reply came.');
  this.carrier = '';
  this.events.emit('close', [{ code: told.code, reason: told.reason, uncertain: told.uncertain }]);
};

// What was said before it was known how much the gateway takes.
proto$client.limit = function (max) {
  var outbox = this.link.session.outbox, i, item;
  for (i = outbox.queue.length; i > 0; i--) {
    item = outbox.queue[i - 1];
    if (item.bytes + 1 > max && outbox.acked + i > outbox.sent) {
      outbox.remove(outbox.acked + i);
      this.sent = outbox.last();
      this.fail(item, this.check(item));
    }
  }
};

proto$client.setState = function (state, sentence) {
  state = state || (this.wasOpen ? 'reconnecting' : 'connecting');
  if (this.state !== 'closed' && (this.state !== state || this.sentence !== sentence)) {
    this.state = state;
    this.sentence = sentence;
    if (state !== 'open') {
      this.carrier = '';
    }
    this.events.emit('state', [state, sentence]);
  }
};

proto$client.carried = function (name, before, isFirst) {
  this.wasOpen = true;
  this.peer = this.link.session.peer;
  if (this.state === 'closed') {
    return;
  }
  this.carrier = name;
  this.setState('open', words.open(name));
  if (name !== before) {
    this.events.emit('carrier', [name, { before: before }]);
  }
  if (isFirst) {
    this.keep(true);
    this.events.emit('open', [{ peer: this.peer, session: this.isResumed ? 'resumed' : 'new', carrier: name }]);
  }
};

proto$client.forget = function () {
  if (this.memory) {
    this.memory.forget();
  }
};

proto$client.onReset = function (told) {
  this.isResumed = false;
  this.forget();
  this.sent = this.acked = this.received = 0;
  this.measure();
  this.setState('', told.code in codes ? codes[told.code].words : words.reset);
  this.requests.fail('uncertain', 'The session was lost before a reply came.');
  this.events.emit('reset', [told]);
};

// What rode along with an opening that came to nothing is uncertain; what was said behind it is on its way.
proto$client.onUncertain = function (items, told) {
  var i;
  this.sent = this.link.session.outbox.last();
  this.measure();
  for (i = 0; i < items.length; i++) {
    this.settle(items[i].id, { code: 'uncertain', message: told.reason });
  }
  this.events.emit('reset', [told]);
};


// env/index.js

// The seam to the world: the browser's own things, or what was given in their place.

// The outermost object: a page's window, a worker's self, or nothing (node, Windows Script Host).
var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : {};

function socket() {
  return root.WebSocket || root.MozWebSocket || (typeof WebSocket === 'function' ? WebSocket : null);
}

// Some browsers throw at the mere look at a storage that is forbidden.
function storage() {
  try {
    return root.sessionStorage || null;
  } catch (e) {
    return null;
  }
}

function later(fn, ms) {
  return setTimeout(fn, ms);
}

function never(timer) {
  clearTimeout(timer);
}

function now() {
  return new Date().getTime();
}

// The world as the client sees it; `given` replaces any of it.
function create(given) {
  var own = {
    WebSocket: socket,
    xhr: xhr$xhr.creator,
    setTimeout: function () { return later; },
    clearTimeout: function () { return never; },
    now: function () { return now; },
    random: function () { return Math.random; },
    sessionStorage: storage,
    document: function () { return root.document || null; },
    location: function () { return root.location || null; }
  };
  var env = { root: root }, name;
  for (name in own) {
    if (packet$packet.has(own, name)) {
      env[name] = given && packet$packet.has(given, name) ? given[name] : own[name]();
    }
  }
  env.isRandom = !!(given && given.random);
  return env;
}

var env$env = { create: create };

// url.js

// What the application may give as the gateway's address, and the one form it is used in.

var PREFIX = '/everwire';
// The client's files as a gateway serves them: below its base, or below the version that they are of.
var FILE = /(^|\/)(\d+\.\d+\.\d+[^\/?#]*\/)?(client(\.modern)?(\.min)?\.m?js|io\.min\.js)([?#].*)?$/;
var ACCEPTED = 'everwire.connect takes "https://host/prefix", "https://host", "//host/prefix", "/prefix", or nothing; not ';

// `scheme://host` of the page; '' where there is none, as in node or from a file.
function origin(location) {
  var parts = location ? /^(https?:)\/\/([^\/?#]+)/.exec(location.href || '') : null;
  return parts ? parts[1] + '//' + parts[2] : '';
}

// Whether this is the address of one of the client's files.
function isFile(src) {
  return FILE.test(src);
}

function script(src, location) {
  var whole = src ? beside(src, location) : '';
  var base = whole.replace(FILE, '');
  return base !== whole ? absolute(base, location) : '';
}

// Internet Explorer 6 and 7 tell the address of a script as it is written in the page.
function beside(src, location) {
  var path, before;
  if (!location || /^([a-z][a-z0-9+.-]*:|\/)/i.test(src)) {
    return src;
  }
  path = (location.pathname || '/').replace(/[^\/]*$/, '') + src;
  do {
    before = path;
    path = path.replace(/\/\.\//, '/').replace(/\/(?!\.\.\/)[^\/?#]+\/\.\.\//, '/').replace(/^\/\.\.\//, '/');
  } while (path !== before);
  return path;
}

function absolute(url, location) {
  var page = origin(location);
  if (/^\/\//.test(url)) {
    return (page ? page.split('//')[0] : 'http:') + url;
  }
  return /^\//.test(url) ? page && page + url : url;
}

// The gateway's base, absolute and without a slash at its end: `http://host/everwire`. `src` is that of the script tag
// that loaded the client.
function resolve(url, location, src) {
  var page = origin(location), parts;
  if (url === undefined || url === null || url === '') {
    url = script(src, location) || (page && page + PREFIX);
    if (!url) {
      throw new TypeError('everwire.connect needs an address here: there is no page whose origin could be meant.');
    }
  }
  parts = /^(https?|wss?):\/\/([^\/?#\s]+)(\/[^?#\s]*)?$/i.exec(
    typeof url === 'string' ? absolute(url.replace(/^\s+|\s+$/g, ''), location) : ''
  );
  if (!parts) {
    throw new TypeError(ACCEPTED + (typeof url === 'string' ? '"' + url + '"' : typeof url) + '.');
  }
  return parts[1].toLowerCase().replace('ws', 'http') + '://' + parts[2] +
    ((parts[3] || '').replace(/\/+$/, '') || PREFIX);
}

var url$url = { resolve: resolve, isFile: isFile };

// env/page.js

// The page around the client: where its script came from, when it comes and goes.

// In a build that is a module: its address.
var MODULE = '';

var root$page = typeof window !== 'undefined' ? window : {};
var own = '';

// The address of the script that is running now, which is the one that contains this.
function find() {
  var scripts, i;
  if (root$page.document) {
    if (MODULE && url$url.isFile(MODULE)) {
      return MODULE;
    }
    if (root$page.document.currentScript) {
      return root$page.document.currentScript.src || '';
    }
    scripts = root$page.document.getElementsByTagName ? root$page.document.getElementsByTagName('script') : [];
    for (i = scripts.length - 1; i >= 0; i--) {
      if (url$url.isFile(scripts[i].src || '')) {
        return scripts[i].src;
      }
    }
  }
  return '';
}

try {
  own = find();
} catch (e) {
  own = '';
}

function script$page() {
  return own;
}

function listen(target, name, fn) {
  if (target && target.addEventListener) {
    target.addEventListener(name, fn, false);
  } else if (target && target.attachEvent) {
    target.attachEvent('on' + name, fn);
  }
}

// Tells the client when the network or the page comes and goes. `unload` only where nothing better is known: browsers
// keep no page for the way back that listens to it.
function watch(env, client) {
  var page = env.document, view = env.root;
  if (!page) {
    return;
  }
  listen(view, 'online', function () { client.link.wake(true); });
  listen(view, 'offline', function () {
    client.link.isOffline = true;
    client.link.wake(false);
  });
  listen(page, 'visibilitychange', function () {
    if (!page.hidden) {
      client.link.wake(false);
    }
  });
  if ('onpagehide' in view) {
    listen(view, 'pagehide', function (event) { client.hide(!!event.persisted); });
    listen(view, 'pageshow', function (event) {
      if (event.persisted) {
        client.show();
      }
    });
  } else {
    listen(view, 'unload', function () { client.hide(false); });
  }
}

var page$page = { script: script$page, watch: watch };

// index.js

// The one global, `everwire`.

var everwire = {
  version: '0.1.0',
  codes: codes,
  // Give a function here to hear in words what the client does.
  debug: null,
  // Opens a session with the gateway at `address` and keeps it, whatever happens on the way.
  connect: function (address, options) {
    var env = env$env.create(options && options.env);
    var base = url$url.resolve(address, env.location, page$page.script());
    var client = new Client(env, base, options, function (text) {
      if (typeof everwire.debug === 'function') {
        everwire.debug(text);
      }
    });
    page$page.watch(env, client);
    env.setTimeout(function () { client.link.settle(); }, 0);
    return client;
  }
};


if (typeof module === 'object' && module && module.exports) {
  module.exports = everwire;
} else if (typeof define === 'function' && define.amd) {
  define(function () { return everwire; });
} else {
  var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : this;
  root.everwire = everwire;
}
})();
