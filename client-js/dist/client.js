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

// ladder.js

// Which carrier next: the best of a list that has not disappointed lately. What failed is tried again after 30 s, then
// 2 min, then every 10 min, because networks change; a carrier that was proved good has a second life at once. The verdict
// is kept for 30 minutes, so that the next page need not find out again.

var RESTS = [30000, 120000, 600000], KEPT = 1800000;
// Milliseconds that a carrier has to live to count as good.
var LONG = 30000;

// `env` tells the time and keeps the verdict on `base`.
function Ladder(env, base) {
  var kept;
  this.env = env;
  this.key = 'everwire:ladder:' + base;
  this.names = [];
  this.rungs = {};
  try {
    kept = json.parse(env.localStorage.getItem(this.key));
    if (Math.abs(env.now() - kept[0]) < KEPT) {
      this.rungs = kept[1];
    }
  } catch (e) {
    // There is no place, or nothing in it.
  }
}

Ladder.prototype = {
  // What is known of a carrier: how often it failed, until when it rests, whether (a stream) it is proved.
  rung: function (name) {
    this.rungs[name] = this.rungs[name] || { 'failures': 0, 'until': 0, 'proved': false };
    return this.rungs[name];
  },

  keep: function () {
    try {
      this.env.localStorage.setItem(this.key, json.stringify([this.env.now(), this.rungs]));
    } catch (e) {
      // Then not.
    }
  },

  // The carrier failed after `lived` milliseconds of good service (0: it never came that far).
  failed: function (name, lived) {
    var rung = this.rung(name);
    rung.failures = lived < LONG ? rung.failures + 1 : 1;
    rung.proved = false;
    // Good service that ends may be an accident; what never came about, or ends twice, is a pattern.
    if (!lived || rung.failures > 1) {
      rung.until = this.env.now() + RESTS[Math.min(rung.failures - (lived ? 2 : 1), 2)];
    }
    this.keep();
  },

  // Milliseconds until it may be tried. A clock that was put back must not keep it away for longer than its rest.
  wait: function (name) {
    var rung = this.rung(name), now = this.env.now();
    rung.until = Math.min(rung.until, now + RESTS[2]);
    return Math.max(rung.until - now, 0);
  },

  // How far down it stands.
  place: function (name) {
    var i = 0;
    while (i < this.names.length && this.names[i] !== name) {
      i++;
    }
    return i;
  },

  // A stream has shown that it flows.
  prove: function (name) {
    this.rung(name).proved = true;
    this.keep();
  },

  // The network has changed: what failed there may work here.
  forgive: function () {
    this.rungs = {};
  }
};


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
function size$utf8(text) {
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

var utf8 = { size: size$utf8, encode: encode$utf8, decode: decode$utf8 };

// bytes.js

// Binary data, where the browser has any.

var isThere = typeof Uint8Array !== 'undefined' && typeof ArrayBuffer !== 'undefined';

function isBuffer(data) {
  return data instanceof ArrayBuffer || json.is(data, 'ArrayBuffer');
}

// A copy of the bytes of an ArrayBuffer or of a view of one; null for anything else.
function of(data) {
  if (isThere && data && typeof data === 'object') {
    if (isBuffer(data)) {
      return new Uint8Array(new Uint8Array(data));
    }
    if (data.buffer && isBuffer(data.buffer)) {
      return new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return null;
}

// What the application is given: an ArrayBuffer, or an array of numbers where there is none.
function give(bytes) {
  return isThere ? new Uint8Array(bytes).buffer : bytes;
}

var bytes$bytes = { of: of, give: give };

// message.js

// A message on its way: composed when it is said, so that what the application changes later changes nothing.

// `packet` is what goes over the wire but for its content: any JSON value, or bytes. Throws where it can't be JSON.
function compose(packet, data) {
  var binary = bytes$bytes.of(data);
  if (!binary) {
    packet.data = data;
  }
  return measured({ id: packet.id, binary: binary, head: json.stringify(packet) });
}

// With the comma behind it, as it stands in a body: bytes of UTF-8.
function measured(item) {
  item.size = utf8.size(text$message(item)) + 1;
  return item;
}

// As text: bytes are base64 there.
function text$message(item) {
  return item.binary ? item.head.slice(0, -1) + ',"binary":"' + base64.encode(item.binary) + '"}' : item.head;
}

// As a WebSocket that can send bytes sends it. An ArrayBuffer, since the first browsers that could send one would have sent
// a view as its words.
function frame$message(item) {
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
    data: item.binary ? bytes$bytes.give(item.binary) : packet.data
  };
}

var message$message = { compose: compose, measured: measured, text: text$message, frame: frame$message, describe: describe };

// packet.js

// Packets (docs/PROTOCOL.md, section 2) are the wire's own objects here, checked once as they come.

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
function read$packet(packet) {
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
  packet = read$packet(utf8.decode(text));
  if (packet && /^(event|reply)$/.test(packet.kind) && !has(packet, 'data') && !packet.binary && !packet.error) {
    packet.binary = bytes.slice ? bytes.slice(end) : bytes.subarray(end);
    return packet;
  }
  return null;
}

var packet$packet = { read: read$packet, readFrame: readFrame, has: has, fits: fits, isObject: isObject, isNumber: isNumber };

// post.js

// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes.

// Most packets in a body: the gateway's own default bound; and bytes, where it has not said.
var MOST = 1024, FULL = 65536;
// Bytes a second that the slowest uplink is trusted with, and milliseconds for an answer beside that.
var SLOWEST = 16, PATIENCE = 10000;

function Post(link) {
  this.link = link;
  this.fails = 0;
  this.renew();
}

// The body of a POST: packets as text.
function body$post(texts) {
  return '[' + texts.join(',') + ']';
}

function texts$post(items) {
  var all = [], i;
  for (i = 0; i < items.length; i++) {
    all.push(message$message.text(items[i]));
  }
  return all;
}

Post.prototype = {
  // For a new session.
  renew: function () {
    this.drop();
    this.most = MOST;
    this.share = Infinity;
  },

  drop: function () {
    this.link.env.clearTimeout(this.timer);
    this.timer = null;
    if (this.giveUp) {
      this.giveUp();
    }
    this.giveUp = null;
  },

  // Sends what waits, unless a POST is under way or has to wait. `isOwed`: an acknowledgement is worth one of its own.
  flush: function (isOwed) {
    var link = this.link, session = link.session, outbox = session.outbox, max = session.terms.max || FULL, items, all, isLast;
    if (this.giveUp || this.timer || !(outbox.last() > outbox.taken || link.goodbye || isOwed)) {
      return;
    }
    this.from = outbox.attach();
    this.items = items = outbox.hand(this.most, Math.min(max, this.share) - 2);
    isLast = outbox.next > outbox.last();
    // The body is a whole: nobody counts along.
    outbox.cut();
    all = texts$post(items);
    this.told = session.taken;
    this.saysGoodbye = isLast && link.goodbye;
    if (this.told > session.told || this.saysGoodbye) {
      all.push('{"ack":' + this.told + '}');
    }
    if (this.saysGoodbye) {
      // What came last would count as never delivered without the acknowledgement before it.
      all.push(json.stringify(link.goodbye));
    }
    if (all.length > items.length && items.length && utf8.size(body$post(all)) > max) {
      // That goes alone: a body that is too large for it would be held against what was said last.
      all.length = items.length;
      this.told = this.saysGoodbye = 0;
    }
    this.send(body$post(all));
  },

  send: function (text) {
    var self = this, link = this.link, outbox = link.session.outbox;
    this.giveUp = link.ask({
      method: 'POST', body: text, last: this.from - 1 + this.items.length, taken: function () { return outbox.taken; },
      timeout: PATIENCE + 2 * link.rtt + text.length / SLOWEST
    }, 'messages', 'seq=' + this.from + '&', function (answer, ms) {
      self.giveUp = null;
      self.answered(answer, ms, text.length);
    });
  },

  answered: function (answer, ms, length) {
    var link = this.link, ack = answer.body.ack, kind = answer.kind;
    if (kind === 'ok' && packet$packet.isNumber(ack, 0)) {
      this.taken(ack, answer, ms, length);
    } else if (kind === 'close') {
      link.over(answer.body.close, true);
    } else if (kind === 'gap' && ack < link.session.outbox.taken) {
      link.over({ code: 4004, reason: 'The gateway has lost what it had acknowledged.' });
    } else if (kind === 'gap') {
      link.confirm(ack);
      link.flush();
    } else if (kind === 4002) {
      this.refused(answer.why);
    } else if (kind === 4003 || kind === 4009) {
      link.confirm(ack || 0);
      this.later(answer.retry);
    } else {
      this.failed(answer, length);
    }
  },

  taken: function (ack, answer, ms, length) {
    var link = this.link, session = link.session;
    if (length < 4096) {
      link.measured(ms);
    }
    session.told = Math.max(session.told, this.told);
    if (!link.confirm(ack)) {
      // Whatever it has under these numbers was not said here.
      link.over({ code: 4004, reason: 'The gateway has taken more in this session than was said here.' });
    } else if (session.outbox.taken < this.from - 1 + this.items.length) {
      answer.why = 'less was acknowledged than sent';
      this.failed(answer, length);
    } else {
      this.fails = 0;
      this.most = MOST;
      if (this.saysGoodbye) {
        link.saidGoodbye();
      }
      link.flush();
    }
  },

  // Nothing of the body was taken. Halves find the message that is at fault; it is given back, and its number to the next.
  refused: function (why) {
    var link = this.link, session = link.session, count = this.items.length;
    if (count > 1) {
      this.most = Math.ceil(count / 2);
    } else if (count && this.from > session.outbox.taken) {
      this.most = MOST;
      link.giveBack(session.outbox.remove(this.from), { code: 4002, message: why });
    } else if (!count) {
      session.told = session.taken;
      link.saidGoodbye();
    }
    link.flush();
  },

  failed: function (answer, length) {
    if (answer.late && length > 32768) {
      this.share = Math.floor(length / 2);
    }
    this.link.debug('sending failed (' + answer.why + '); repeating it');
    this.later(this.link.delay(this.fails++));
  },

  later: function (ms) {
    var self = this;
    this.timer = this.link.later(function () {
      self.timer = null;
      self.link.flush();
    }, ms);
  }
};

var post$post = { Post: Post, body: body$post, texts: texts$post };

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

// transport/stream.js

// Streaming: a GET whose answer grows by one line a packet. Only whole lines are read; what is left of one when the
// stream ends is discarded, and comes again on the next.

var stream = function (client, url, hear, end) {
  var read = 0, isOver = false;

  // What is heard may stop it.
  function progress(text) {
    var line, next;
    while (!isOver && (next = text.indexOf('\n', read)) >= 0) {
      line = text.slice(read, next);
      read = next + 1;
      if (/\S/.test(line)) {
        hear(line);
      }
    }
  }

  var giveUp = client.env.request.send(client.env, {
    method: 'GET', url: url, timeout: 0, credentials: client.given.credentials, progress: progress
  }, function (answer) {
    var isWhole = answer.status === 200;
    if (isWhole) {
      progress(answer.text);
    }
    if (!isOver) {
      end(isWhole ? '' : 'it was cut', answer);
    }
  });
  return function () {
    isOver = true;
    giveUp();
  };
};

// transports.js

// The carriers in the order of preference. A new one is an entry here, and a file where it has something of its own.
//
// - `wire`: its name in the gateway's `open.carriers`. `usable(env)`: whether this browser has what it needs.
// - `path` (all but the WebSocket): what is asked for below `/session/SID/`, with `after=` and `turn=`.
// - Without `open` it is a row of polls, sent by `env.request`; `isShort` ones are never held.
// - With `open` it is a row of streams. `open(client, url, hear, end)` begins one and returns how to stop it, after which
//   neither is called any more; both are never called before it has returned. `hear(packet)` gets every packet as it comes,
//   as an object (unread) or its text. `end(why, answer)` is called once: `why` is '' for a regular end, and `answer`
//   what the request was answered with, where nothing of it was heard. An error that comes as a packet is just heard.
//   Before it is relied on it is tried with `probe=1` beside the poll in use (probe.js), unless the ladder knows it as
//   proved. Where there are only two connections (`env.isScarce`) the poll rests meanwhile.
//
// What a poll, a POST and stream.js send goes through `env.request`, one of env/requests.js: `usable(env, base)` says
// whether it can reach the gateway, `streams(env)` whether `progress` comes while it does. `send(env, ask, done)` returns
// how to give it up. `ask` is {method, url, body, timeout (ms; 0: none), credentials, progress}; `progress(text)` where it
// is there gets the whole text so far each time it has grown. `done({status, text, retry (ms), late})` once, never before
// `send` has returned; `body` in place of `text` if it is parsed already. For a sender that can't see the answer (a form)
// a POST also has `ask.last`, the number of its last message, and `ask.taken()`, that of the last the gateway is known to
// have: it is answered by {status: 200, body: {ack: ask.taken()}} as soon as that is not less. An opening has `ask.key`.

function asks(env) {
  return !!env.request;
}

var transports = {
  'ws': { wire: 'ws', usable: function (env) { return !!env.WebSocket; } },
  'stream': { wire: 'stream', path: 'stream', open: stream, usable: function (env) {
    return asks(env) && env.request.streams(env);
  } },
  'long-poll': { wire: 'poll', path: 'messages', usable: asks },
  'short-poll': { wire: 'poll', path: 'messages', isShort: true, usable: asks }
};

// options.js

// What may be asked for, and what is taken where nothing is asked. README.md gives the reasons.

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST = 2147483647;

var DEFAULTS = { pollInterval: 2000, idleInterval: 10000, timeout: 10000, connectTimeout: 10000, maxQueue: 4194304 };

// The carriers that were asked for; throws where there is none of that name.
function carriers$options(asked) {
  var known = [], list, name, i;
  for (name in transports) {
    if (packet$packet.has(transports, name)) {
      known.push(name);
    }
  }
  list = asked === undefined ? known : typeof asked === 'string' ? [asked] : asked;
  if (!json.is(list, 'Array') || !list.length) {
    throw new TypeError('everwire: `carriers` is a list of ' + known.join(', ') + '.');
  }
  for (i = 0; i < list.length; i++) {
    if (!packet$packet.has(transports, list[i])) {
      throw new TypeError('everwire: there is no carrier "' + list[i] + '", but ' + known.join(', ') + '.');
    }
  }
  return list.slice(0);
}

function number(given, name, otherwise) {
  var value = packet$packet.has(given, name) && given[name] !== undefined ? given[name] : otherwise;
  if (typeof value !== 'number' || !(value >= 0) || !isFinite(value)) {
    throw new TypeError('everwire: `' + name + '` is a number, not ' + value + '.');
  }
  return name === 'maxQueue' ? value : Math.min(value, LONGEST);
}

function complete(given) {
  var all = {}, retry, name;
  given = given || {};
  retry = given.retry || {};
  for (name in DEFAULTS) {
    if (packet$packet.has(DEFAULTS, name)) {
      all[name] = number(given, name, DEFAULTS[name]);
    }
  }
  all.auth = given.auth;
  all.carriers = carriers$options(given.carriers);
  all.credentials = given.credentials;
  all.remember = given.remember;
  all.retry = { min: number(retry, 'min', 500), max: number(retry, 'max', 30000) };
  return all;
}

var options$options = { complete: complete, carriers: carriers$options };

// remember.js

// A session that outlives its page: kept in sessionStorage over a reload, with a mark as long as a page holds it.

var VERSION = 2;

// What was kept by a page that has gone; null where there is nothing, or another page holds it.
function read(client) {
  var kept;
  try {
    kept = json.parse(client.env.sessionStorage.getItem('everwire ' + client.url));
  } catch (e) {
    return null;
  }
  return client.given.remember && kept && kept['v'] === VERSION && !kept.live && kept.session ? kept : null;
}

function forget(client) {
  try {
    client.env.sessionStorage.removeItem('everwire ' + client.url);
  } catch (e) {
    // There is none.
  }
}

// Keeps the session for another page; `isLive` as long as this one holds it. What was kept before goes where it can't be
// kept: a page that went on with that would say numbers that are taken. The names are quoted, so that they are the same in
// every version of the client.
function keep(client, isLive) {
  var session = client.session, outbox = session.outbox, items = isLive ? [] : outbox.unacked(), texts = [], i;
  if (!client.given.remember || !session.sid || client.state === 'closed') {
    return;
  }
  for (i = 0; i < items.length; i++) {
    texts.push(message$message.text(items[i]));
  }
  try {
    client.env.sessionStorage.setItem('everwire ' + client.url, json.stringify({
      'v': VERSION, 'live': isLive, 'session': session.sid, 'turn': session.turn, 'received': session.taken,
      'acked': outbox.taken, 'sent': outbox.sent, 'terms': session.terms, 'ids': client.ids, 'texts': texts
    }));
    client.isKept = true;
  } catch (e) {
    client.isKept = false;
    forget(client);
  }
}

var remember = {
  keep: keep,
  forget: forget,

  // Goes on with the session of the page that was here before, where it left one.
  recall: function (client) {
    var kept = read(client), session = client.session, outbox = session.outbox, i;
    if (!kept) {
      return false;
    }
    session.sid = kept.session;
    session.turn = kept.turn;
    session.taken = kept.received;
    session.terms = kept.terms;
    outbox.gone = outbox.taken = client.acked = kept.acked;
    for (i = 0; i < kept.texts.length; i++) {
      outbox.push(message$message.measured({ head: kept.texts[i] }));
    }
    outbox.sent = Math.max(kept.sent, kept.acked);
    client.ids = kept.ids;
    client.peer = kept.terms.peer;
    client.update();
    // At once: a copy of this tab that is made before the session is carried would go on with it as well.
    keep(client, true);
    return true;
  },

  // Whether no other page has taken over what this one has left.
  isOurs: function (client) {
    var kept = read(client);
    return !!kept && kept.session === client.session.sid;
  }
};

// words.js

// Sentences for people.

var NAMES$words = {
  'ws': 'WebSocket', 'stream': 'a stream', 'sse': 'a stream of events', 'frame': 'a hidden frame', 'long-poll': 'long-polling',
  'jsonp': 'scripts', 'short-poll': 'polling now and then'
};

function after(ms) {
  return 'reconnecting' + (ms < 1000 ? '.' : ' in ' + Math.ceil(ms / 1000) + ' s.');
}

var words = {
  open: function (name) {
    return 'Connected over ' + NAMES$words[name] + '.';
  },
  cut: function (why, ms) {
    return 'The connection was cut (' + why + '); ' + after(ms);
  },
  busy: function (code, ms) {
    return 'The server is ' + (code === 4003 ? 'restarting; ' : 'busy; ') + after(ms);
  },
  reset: 'The session was lost; opening a new one.',
  offline: 'Waiting for the network.',
  closed: 'The connection is closed.'
};

// events.js

// Handlers by name: methods of the client. One that throws breaks nothing: its error is thrown again where nobody waits.

var events = {
  on: function (name, fn, isOnce) {
    if (typeof fn !== 'function') {
      throw new TypeError('everwire: a handler is a function');
    }
    // A new list each time: one that is being called is never changed. No name of an event is one that objects treat as
    // special, like `__proto__`, with a space before it.
    this.handlers[' ' + name] = this.heardBy(name).concat([{ fn: fn, isOnce: isOnce === true }]);
    return this;
  },

  once: function (name, fn) {
    return this.on(name, fn, true);
  },

  heardBy: function (name) {
    return packet$packet.has(this.handlers, ' ' + name) ? this.handlers[' ' + name] : [];
  },

  // Takes a handler out (the function, or the one entry of it that was called once), or all of that name.
  off: function (name, fn) {
    var list = this.heardBy(name), left = [], i;
    for (i = 0; i < list.length; i++) {
      if (fn && list[i].fn !== fn && list[i] !== fn) {
        left.push(list[i]);
      }
    }
    this.handlers[' ' + name] = left;
    return this;
  },

  fire: function (name, args) {
    var list = this.heardBy(name), i;
    for (i = 0; i < list.length; i++) {
      if (list[i].isOnce) {
        this.off(name, list[i]);
      }
      this.call(list[i].fn, args);
    }
  },

  call: function (fn, args) {
    try {
      fn.apply(null, args);
    } catch (error) {
      this.rethrow(error);
    }
  },

  rethrow: function (error) {
    this.env.setTimeout(function () {
      throw error;
    }, 0);
  }
};

// requests.js

// Who waits for which reply. These are methods of the client.

var requests = {
  // `done` waits for the reply to `id`.
  expect: function (id, done) {
    var self = this, ms = this.given.timeout;
    this.waiting[id] = {
      done: done,
      timer: this.env.setTimeout(function () {
        self.reply(id, { code: 'timeout', message: 'No reply came within ' + ms + ' ms.' });
      }, ms)
    };
  },

  // The reply to `id` is here, or will not come. Once only; false where nobody waits.
  reply: function (id, error, data) {
    var waiting = this.waiting[id];
    if (!waiting) {
      return false;
    }
    delete this.waiting[id];
    this.env.clearTimeout(waiting.timer);
    this.call(waiting.done, [error, data]);
    return true;
  },

  // Nobody will reply any more to what was asked until now.
  failAll: function (code, message) {
    var waiting = this.waiting, id;
    this.waiting = {};
    for (id in waiting) {
      if (packet$packet.has(waiting, id)) {
        this.env.clearTimeout(waiting[id].timer);
        this.call(waiting[id].done, [{ code: code, message: message }]);
      }
    }
  }
};

// answers.js

// What an HTTP answer means. A status counts only with a body of this protocol: a proxy's 404, a login page, a 502 are a
// broken carrier and no verdict on the session.

// Codes of refusals that mean something here, and what has to stand beside them.
var KNOWN = { 4002: '', 4003: '', 4009: '', used: '', stale: 'turn', gap: 'ack' };

// Gives the answer a `body` (an object, whatever came) and a `kind`: 'ok' (the body is still to be looked at), 'close', the
// code of a refusal, or '' for a broken way. `why` is what can be said of that.
function interpret(answer) {
  var body = answer.body, error;
  try {
    body = body || json.parse(answer.text);
  } catch (e) {
    // It is none.
  }
  answer.body = body = packet$packet.isObject(body) ? body : {};
  error = packet$packet.isObject(body.error) ? body.error : {};
  answer.why = error.message ? String(error.message) : answer.late ? 'nothing came in time'
    : answer.status ? 'something between answered with status ' + answer.status : 'the network failed';
  answer.retry = answer.retry || 1000;
  answer.kind = '';
  if (body.close) {
    answer.kind = packet$packet.read({ close: body.close }) ? 'close' : '';
  } else if (packet$packet.has(KNOWN, error.code) && packet$packet.fits(body, KNOWN[error.code])) {
    answer.kind = error.code;
  } else if (!body.error && /^20[01]$/.test(answer.status)) {
    answer.kind = 'ok';
  }
  return answer;
}

// Reads a list of packets in place; false where one is none.
function readAll(packets) {
  var i;
  for (i = 0; i < packets.length; i++) {
    if (!packet$packet.read(packets[i])) {
      return false;
    }
  }
  return true;
}

// Whether this is a poll's answer; its packets are read then.
function isBatch(body) {
  body.control = body.control || [];
  return packet$packet.isNumber(body.from, 1) && json.is(body.messages, 'Array') && readAll(body.messages) && readAll(body.control);
}

var answers = { interpret: interpret, isBatch: isBatch };

// receiver.js

// Receives by a row of GETs, one after the other: polls, each of which has one answer, or streams, each of which goes on for
// as long as it is let.

// Milliseconds that an answer, and a ping, may be late; and for a stream to begin, beside two round trips.
var GRACE = 10000, SHORT = 5000;
// Milliseconds a stream has to last to be followed by another without a pause, if it brought nothing; and before what it
// brought is acknowledged.
var BRIEF = 1000, OWED = 5000;

function Receiver(link, name) {
  this.link = link;
  this.name = name;
  this.mode = transports[name];
  // Milliseconds between polls that are not held.
  this.interval = link.given.pollInterval;
  // Seconds that polls are held at most, where something on the way cuts or swallows them; how often that was.
  this.longest = Infinity;
  this.cuts = 0;
  // By when something has to be heard (streams), and what has come since the last acknowledgement.
  this.deadline = this.size = this.acknowledged = 0;
  // An answer has come since it began, or since the last failure. Until then no poll is held: an answer at once tells
  // that the way is good.
  this.isProved = this.isOver = false;
}

Receiver.prototype = {
  // For how many seconds polls are held.
  wait: function () {
    return this.mode.isShort ? 0 : Math.min(this.link.session.terms.wait, this.longest);
  },

  // Asks after so many milliseconds; whatever is under way goes on.
  next: function (ms) {
    var self = this, env = this.link.env;
    env.clearTimeout(this.timer);
    this.due = env.now() + ms;
    this.timer = env.setTimeout(function () {
      self.timer = null;
      self.ask();
    }, ms);
  },

  // Asks now, in place of whatever is under way: its turn is lower and so it can't take the delivery back.
  ask: function () {
    var self = this, link = this.link, session = link.session, wait = this.isProved ? this.wait() : 0, query;
    if (this.isOver || link.isAttaching()) {
      return;
    }
    this.rest();
    session.told = session.taken;
    query = 'after=' + session.taken + '&turn=' + ++session.turn + '&';
    this.began = link.env.now();
    if (this.mode.open) {
      this.from = this.came = 0;
      this.expect(SHORT + 2 * link.rtt);
      this.giveUp = this.mode.open(link, link.address(this.mode.path, query), function (packet) {
        self.hear(packet);
      }, function (why, answer) { self.end(why, answer); });
    } else {
      this.held = wait;
      this.giveUp = link.ask({ method: 'GET', timeout: wait * 1000 + GRACE }, this.mode.path, query + 'wait=' + wait + '&',
        function (answer, ms) {
          self.giveUp = null;
          self.answered(answer, ms);
        });
    }
  },

  // Something has to be heard within so many milliseconds.
  expect: function (ms) {
    this.deadline = this.link.env.now() + ms;
    this.link.watch();
  },

  // Nothing is under way, nothing is planned.
  rest: function () {
    this.link.env.clearTimeout(this.timer);
    this.timer = null;
    this.deadline = 0;
    if (this.giveUp) {
      this.giveUp();
      this.giveUp = null;
    }
  },

  drop: function () {
    this.isOver = true;
    this.rest();
  },

  // Something was said, so that something may come back.
  stir: function () {
    this.interval = this.link.given.pollInterval;
    if (this.timer && this.due - this.link.env.now() > this.interval) {
      this.next(this.interval);
    }
  },

  // Makes sure that the way is still good.
  check: function () {
    this.isProved = false;
    this.ask();
  },

  // Goes on after so many milliseconds, if nothing is under way or planned: a handler may have seen to that.
  goOn: function (ms) {
    if (!this.giveUp && !this.timer) {
      if (ms) {
        this.next(ms);
      } else {
        // Without a timer: in the background those are rare.
        this.ask();
      }
    }
  },

  // Milliseconds before the next poll; `came` is whether this one brought something.
  pause: function (came) {
    var given = this.link.given;
    if (this.wait() > 0) {
      return 0;
    }
    this.interval = came ? given.pollInterval : Math.min(this.interval * 1.5, Math.max(given.idleInterval, given.pollInterval));
    return this.interval;
  },

  // A poll was answered.
  answered: function (answer, ms) {
    var link = this.link, body = answer.body;
    if (answer.kind !== 'ok' || !answers.isBatch(body)) {
      this.failed(answer, ms);
      return;
    }
    if (!this.held) {
      link.measured(ms);
    }
    if (!link.takeBatch(body, this)) {
      answer.why = 'a message is missing';
      this.failed(answer, ms);
    } else if (!this.isOver) {
      this.cuts = 0;
      this.isProved = true;
      // Where it brought a `drain`, the next one begins when that is over.
      if (!link.isHolding) {
        this.goOn(this.pause(body.messages.length > 0));
        link.carry(this);
      }
    }
  },

  // What the stream brings.
  hear: function (text) {
    var link = this.link, packet = packet$packet.read(text);
    this.came++;
    this.deadline = 0;
    if (packet && packet.kind === 'open' && packet.open.from) {
      if (link.reopened(packet.open, this) && !this.isOver) {
        this.from = packet.open.from;
        this.alive();
        link.carry(this);
      }
    } else if (!this.from || !packet) {
      // An error, if it is anything.
      this.answered(answers.interpret({ status: 200, body: typeof text === 'string' ? null : text, text: text }));
    } else {
      this.alive();
      link.heard(packet, this, text.length || 0);
    }
  },

  alive: function () {
    this.isDoubted = false;
    this.expect(this.link.session.terms.ping * 1000 + GRACE);
  },

  // The stream has ended.
  end: function (why, answer) {
    this.giveUp = null;
    this.deadline = 0;
    if (!this.from) {
      this.answered(answers.interpret(answer || { status: 0, text: '' }));
    } else if (!why && (this.came > 1 || this.lived() > BRIEF)) {
      this.goOn(0);
    } else {
      this.fail(why || 'it ended at once');
    }
  },

  // Milliseconds of service.
  lived: function () {
    return this.from ? this.link.env.now() - this.began || 1 : 0;
  },

  late: function () {
    this.fail('nothing was heard for too long');
  },

  fail: function (why) {
    this.rest();
    this.link.failed(this, why, this.lived());
  },

  // Once a second while there is something to look after.
  look: function (now) {
    if (now - this.acknowledged >= OWED) {
      this.acknowledge();
    }
  },

  acknowledge: function () {
    var session = this.link.session;
    if (session.taken > session.told) {
      this.acknowledged = this.link.env.now();
      this.size = 0;
      this.link.flush(true);
    }
  },

  failed: function (answer, ms) {
    var link = this.link, kind = answer.kind;
    this.rest();
    if (kind === 'close') {
      link.over(answer.body.close);
    } else if (this.isOver) {
      return;
    } else if (kind === 'stale') {
      link.moved(answer.body.turn, this);
    } else {
      ms = this.held && this.isProved ? ms : 0;
      this.isProved = false;
      if (kind === 4003 || kind === 4009) {
        link.paused(kind, answer.retry, this);
      } else {
        link.failed(this, answer.why, this.mode.open || (ms && this.cut(ms)) ? 0 : undefined);
      }
    }
  },

  // A held poll failed after so many milliseconds. Once is an accident. True if holding makes no sense here.
  cut: function (ms) {
    this.cuts++;
    if (this.cuts > 1) {
      this.longest = Math.floor(ms >= this.held * 1000 ? this.held / 4 : ms * 0.75 / 1000);
    }
    return this.longest < 1;
  }
};


// transport/websocket.js

// The WebSocket: both ways in one. Nothing relies on it before a frame has gone and come; it is left as soon as it is
// mute in either direction.

// Where it stands.
var CONNECTING = 0, CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4, OVER = 5;
// Milliseconds to answer an attach or a ping; to wait for the opening by POST before the WebSocket opens the session itself;
// that silence is borne beyond the gateway's ping; and that a sender may be unacknowledged, beside two round trips.
var SHORT$websocket = 5000, HEADSTART = 2000, GRACE$websocket = 10000;
// Bytes that may wait in the browser; the rest waits here, where it need not be repeated.
var FULL$websocket = 262144;
// Messages under way at most: what a gateway that has too much to do drops has to be sent again.
var WINDOW = 256;
// Messages and bytes handed over at once.
var SHARE = 32, SHARE_BYTES = 65536;

function Socket(link) {
  this.link = link;
  this.session = link.session;
  this.phase = CONNECTING;
  this.from = this.size = this.pings = this.since = this.attachedAt = this.busy = 0;
  this.start();
}

Socket.prototype = {
  name: 'ws',

  start: function () {
    var self = this, env = this.link.env, Maker = env.WebSocket, ws;
    this.expect(this.link.given.connectTimeout);
    try {
      this.ws = ws = new Maker(this.link.url.replace(/^http/, 'ws') + '/ws');
      // Without it (Firefox below 11) bytes would be sent as the words "[object ArrayBuffer]".
      this.isBinary = 'binaryType' in ws;
      ws.binaryType = 'arraybuffer';
    } catch (e) {
      if (!ws) {
        env.setTimeout(function () { self.fail('there is none'); }, 0);
        return;
      }
    }
    ws.onopen = function () {
      self.phase = CONNECTED;
      self.expect(HEADSTART);
      self.greet(!self.link.opening.giveUp);
    };
    ws.onmessage = function (event) { self.hear(event.data); };
    ws.onclose = function (event) { self.closed(event ? event.code : 0); };
    ws.onerror = function () { /* `onclose` follows, or the time runs out. */ };
  },

  // Something has to be heard within so many milliseconds.
  expect: function (ms) {
    this.deadline = this.link.env.now() + ms;
    this.link.watch();
  },

  // Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
  greet: function (itself) {
    var link = this.link, sid = this.session.sid;
    if (this.phase !== CONNECTED || !(sid || itself || !link.base())) {
      return;
    }
    this.send(sid ? json.stringify({ resume: { session: sid } }) : link.opening.packet());
    this.isOpening = !sid;
    this.phase = ASKED;
    this.expect(link.given.connectTimeout);
    if (sid && !link.holder && !link.receiver) {
      // Nothing else carries the session: there is nothing to be careful about.
      this.attach();
    }
  },

  attach: function () {
    var session = this.session;
    this.phase = ATTACHING;
    this.expect(SHORT$websocket + 2 * this.link.rtt);
    session.told = session.taken;
    this.say({ attach: { after: session.taken, turn: ++session.turn } });
    this.begin();
  },

  // From now on messages go here: everything that the gateway has not acknowledged once more.
  begin: function () {
    if (this.phase !== OVER) {
      this.canSend = true;
      this.sayFrom();
      this.flush();
    }
  },

  sayFrom: function () {
    this.busy = 0;
    this.since = this.link.env.now();
    this.say({ from: this.session.outbox.attach() });
  },

  // Whether something waits that may go now.
  hasRoom: function (outbox) {
    return this.canSend && !this.busy && outbox.next && outbox.next <= outbox.last() && outbox.next <= outbox.taken + WINDOW;
  },

  flush: function () {
    var link = this.link, outbox = this.session.outbox, items, i;
    while (this.hasRoom(outbox) && !(this.ws.bufferedAmount > FULL$websocket)) {
      if (outbox.next - 1 <= outbox.taken) {
        this.since = link.env.now();
      }
      items = outbox.hand(SHARE, SHARE_BYTES);
      this.acknowledge();
      for (i = 0; i < items.length; i++) {
        this.send(this.isBinary ? message$message.frame(items[i]) : message$message.text(items[i]));
      }
    }
    if (this.hasRoom(outbox)) {
      this.later(50);
    } else if (link.goodbye && this.canSend && outbox.next > outbox.last() && !this.busy && !this.saidGoodbye) {
      this.saidGoodbye = true;
      // Else what came last would count as never delivered.
      this.acknowledge();
      this.say(link.goodbye);
    }
  },

  // Goes on with what waits after so many milliseconds; `from` says where, if the gateway dropped some.
  later: function (ms) {
    var self = this, link = this.link;
    link.env.clearTimeout(this.timer);
    this.timer = link.later(function () {
      if (self.canSend) {
        if (self.busy) {
          self.sayFrom();
        }
        self.flush();
      }
    }, ms);
  },

  say: function (packet) {
    this.send(json.stringify(packet));
  },

  send: function (frame) {
    var self = this;
    try {
      this.ws.send(frame);
    } catch (e) {
      this.canSend = false;
      this.link.env.setTimeout(function () { self.fail('it takes nothing any more'); }, 0);
    }
  },

  hear: function (data) {
    var bytes = bytes$bytes.of(data), packet = bytes ? packet$packet.readFrame(bytes) : packet$packet.read(data), kind = packet && packet.kind;
    this.alive();
    if (!packet) {
      this.fail('a packet could not be read');
    } else if (kind === 'open') {
      this.opened(packet.open);
    } else if (kind === 'from') {
      // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
      if (packet.from <= this.session.taken + 1) {
        this.from = packet.from;
        this.done();
      }
    } else if (kind === 'ping') {
      this.say({ pong: packet.ping });
    } else if (kind === 'pong') {
      if (packet.pong === this.pings && this.pinged) {
        this.link.measured(this.link.env.now() - this.pinged);
        this.pinged = 0;
      }
    } else if (kind === 'ack' && packet.ack <= this.session.outbox.sent) {
      this.since = this.link.env.now();
      this.link.confirm(packet.ack);
      if (packet.busy === undefined) {
        this.flush();
      } else {
        this.busy = 1;
        this.later(packet.busy);
      }
    } else {
      this.link.heard(packet, this, bytes ? bytes.length : data.length);
    }
  },

  opened: function (open) {
    var isAttaching = this.phase === ATTACHING;
    if (!this.link.reopened(open, this) || this.phase === OVER) {
      return;
    }
    if (open.from) {
      this.from = open.from;
      this.phase = ATTACHING;
      this.begin();
      this.done();
    } else if (!isAttaching) {
      this.attach();
    }
  },

  // The delivery is here.
  done: function () {
    if (this.phase === ATTACHING) {
      this.phase = ATTACHED;
      this.attachedAt = this.link.env.now();
      this.alive();
      this.ping();
      this.link.carry(this);
    }
  },

  acknowledge: function () {
    var session = this.session;
    if (session.taken > session.told && this.phase === ATTACHED) {
      session.told = session.taken;
      this.size = 0;
      this.say({ ack: session.taken });
    }
  },

  ping: function () {
    this.pinged = this.lastPing = this.link.env.now();
    this.say({ ping: ++this.pings });
  },

  // Something came.
  alive: function () {
    this.isDoubted = false;
    if (this.phase === ATTACHED) {
      this.expect(this.link.session.terms.ping * 1000 + GRACE$websocket);
    }
  },

  // Makes sure that it is alive: asks, and leaves it if nothing comes soon.
  check: function () {
    this.since = this.link.env.now();
    this.expect(SHORT$websocket);
    if (this.phase === ATTACHED) {
      this.ping();
    }
  },

  // The time for something is over.
  late: function () {
    if (this.phase === CONNECTED) {
      this.expect(SHORT$websocket);
      this.greet(true);
    } else {
      this.fail('nothing came in time');
    }
  },

  // Once a second.
  look: function (now) {
    var outbox = this.session.outbox, buffered;
    if (this.phase === ATTACHED) {
      buffered = this.ws.bufferedAmount || 0;
      if (buffered < this.buffered) {
        // A slow line is no dead one.
        this.since = now;
      }
      this.buffered = buffered;
      if (outbox.next - 1 > outbox.taken && !this.busy && now - this.since >= GRACE$websocket + 2 * this.link.rtt) {
        this.fail('nothing was acknowledged for too long');
        return;
      }
      if (now - this.lastPing >= this.session.terms.ping * 1000) {
        this.ping();
      }
      this.acknowledge();
    }
  },

  // Leaves it without a word to anyone.
  drop: function () {
    var ws = this.ws;
    this.link.env.clearTimeout(this.timer);
    if (this.canSend) {
      this.session.outbox.cut();
    }
    this.phase = OVER;
    this.canSend = false;
    if (ws) {
      ws.onopen = ws.onmessage = ws.onclose = function () { /* too late */ };
      try {
        ws.close();
      } catch (e) {
        // It never came about.
      }
    }
  },

  fail: function (why) {
    if (this.phase !== OVER) {
      this.drop();
      this.link.failed(this, why, this.attachedAt ? this.link.env.now() - this.attachedAt || 1 : 0);
    }
  },

  closed: function (code) {
    var link = this.link;
    if (code === 4002 && this.isOpening && this.phase === ASKED) {
      this.refused();
    } else if (code === 4003 && this.phase === ATTACHED) {
      link.paused(4003, 1000, this);
    } else {
      this.fail(code && code !== 1006 ? 'it was closed with code ' + code : 'it was cut');
    }
  },

  // The gateway does not take the `open`: its key is used, or it did not come in time.
  refused: function () {
    var link = this.link, opening = link.opening;
    if (!this.session.sid && (link.base() || !opening.isRefused)) {
      // A POST learns which; without one it is the key if it happens again.
      opening.isRefused = 1;
      this.fail('its opening was refused');
      return;
    }
    link.dropSocket();
    if (this.session.sid) {
      // A POST was faster, and its session is in use: a WebSocket that begins now resumes it.
      link.settle();
    } else {
      opening.used();
    }
  }
};


// probe.js

// Tries a stream before it is relied on: whether what the gateway writes at different times also arrives at different
// times. Something that buffers would hold everything back to the stream's end.

// Milliseconds that the gateway waits before the ping, and those between two packets that came together; and beyond
// everything else.
var PAUSE = 300, TOGETHER = 100, GRACE$probe = 1000;

// `done(why)` is called once, why '' if it flows. Returns how to give it up.
var probe = function (client, open, url, done) {
  var env = client.env, opened = 0, stop, timer;

  function finish(why) {
    env.clearTimeout(timer);
    stop();
    done(why);
  }

  timer = env.setTimeout(function () { finish('nothing came in time'); }, PAUSE + GRACE$probe + 2 * (client.rtt || GRACE$probe));
  stop = open(client, url, function (text) {
    var packet = packet$packet.read(text) || {};
    if (packet.kind === 'open') {
      opened = env.now();
    } else {
      finish(packet.kind !== 'ping' || !opened ? 'it brings something else' : env.now() - opened < TOGETHER ? 'it is held back' : '');
    }
  }, function () { finish('it was cut'); });
  return function () {
    env.clearTimeout(timer);
    stop();
  };
};

// link.js

// What carries the session at the moment: opens it, and moves it from carrier to carrier. These are methods of the client.
//
// `receiver` is a row of polls or streams, `socket` a WebSocket, `probe` a stream on trial; `holder` is the one of the first
// two that has the delivery, or null. One that has lost it is dropped at once: what was in flight there comes again.

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST$link = 2147483647;
// Milliseconds that a round trip may take.
var CREDIBLE = 30000;
// Milliseconds between two looks at what lives; and how late a look is before the machine must have slept.
var LOOK = 1000, SLEPT = 5000;
// Acknowledged at the latest after so many messages, or bytes.
var OWED$link = 32, OWED_BYTES = 65536;

var link$link = {
  later: function (fn, ms) {
    return this.env.setTimeout(fn, Math.min(ms, LONGEST$link));
  },

  // Milliseconds to wait after so many failures: full jitter below a bound that doubles, so that many clients come back
  // spread.
  delay: function (failures) {
    var retry = this.given.retry;
    return Math.floor(this.env.random() * Math.min(retry.max, retry.min * Math.pow(2, Math.min(failures, 30))));
  },

  // The address of something of the session. The query gets a value that no cache has seen, out of a bounded set: old
  // browsers keep an entry for each address that ever was.
  address: function (path, query) {
    this.queries = (this.queries + 1) % 1000;
    return this.url + '/session' + (path && '/' + this.session.sid + '/' + path) + '?' + query + 't=' + this.seed + this.queries;
  },

  // Sends a request; `done` gets the answer interpreted, and how many milliseconds it took.
  ask: function (ask, path, query, done) {
    var env = this.env, began = env.now();
    ask.url = this.address(path, query);
    ask.credentials = this.given.credentials;
    return env.request.send(env, ask, function (answer) {
      done(answers.interpret(answer), env.now() - began);
    });
  },

  // Whether this carrier is there, in the browser and at the gateway.
  isThere: function (name) {
    var carriers = this.session.terms.carriers;
    return transports[name].usable(this.env) && (!carriers || (',' + carriers + ',').indexOf(',' + transports[name].wire + ',') >= 0);
  },

  // The carrier to rely on over HTTP: the best that is not resting, a stream only if it is proved; else the last. '' if none.
  base: function () {
    var ladder = this.ladder, last = '', i, name;
    for (i = 0; i < ladder.names.length; i++) {
      name = ladder.names[i];
      if (transports[name].path && this.isThere(name)) {
        last = name;
        if (!ladder.wait(name) && (!transports[name].open || ladder.rung(name).proved)) {
          break;
        }
      }
    }
    return last;
  },

  // Brings what is carried, and how, to what it should be. May be called at any time.
  settle: function () {
    var base, socket = this.socket, ladder = this.ladder, wantsSocket, name, wait, soonest = 0, best = '', i;
    if (this.isOver || this.isHolding) {
      return;
    }
    base = this.base();
    for (i = 0; i < ladder.place(base); i++) {
      name = ladder.names[i];
      wait = ladder.wait(name);
      if (this.isThere(name)) {
        wantsSocket = wantsSocket || name === 'ws';
        best = best || (wait ? '' : name);
        soonest = wait && soonest ? Math.min(wait, soonest) : wait || soonest;
      }
    }
    if (socket && !wantsSocket && !socket.attachedAt) {
      // It would take the delivery as soon as it stood. One that has it keeps it until another does.
      this.dropSocket();
    }
    if (base && !this.session.sid) {
      this.opening.go();
    } else if (base && !(wantsSocket && socket && this.holder === socket)) {
      this.receive(base);
    }
    this.climb(wantsSocket && !base ? 'ws' : best, soonest);
  },

  // Tries something better beside what there is, and again when it has rested.
  climb: function (best, soonest) {
    var self = this;
    if (best === 'ws' && !this.socket) {
      this.socket = new Socket(this);
    } else if (best && best !== 'ws' && !this.socket && !this.probe && this.holder && this.holder === this.receiver) {
      this.tryStream(best);
    }
    this.env.clearTimeout(this.planned);
    if (soonest) {
      this.planned = this.env.setTimeout(function () { self.settle(); }, soonest);
    }
  },

  // Receives by this one.
  receive: function (name) {
    if (this.receiver && this.receiver.name === name) {
      this.receiver.goOn(0);
    } else {
      if (this.receiver) {
        this.receiver.drop();
      }
      this.receiver = new Receiver(this, name);
      this.receiver.ask();
    }
  },

  // Tries a stream beside the poll, or in its place for a moment where there are but two connections.
  tryStream: function (name) {
    var self = this;
    if (this.env.isScarce) {
      this.receiver.rest();
    }
    this.probe = probe(this, transports[name].open, this.address(transports[name].path, 'probe=1&'), function (why) {
      self.probe = null;
      if (why) {
        self.debug(name + ' is no good: ' + why);
        self.ladder.failed(name, 0);
      } else {
        self.ladder.prove(name);
      }
      self.settle();
    });
  },

  // The WebSocket is about to take the delivery: polls stand back.
  isAttaching: function () {
    return !!this.socket && this.socket.phase === 3;
  },

  // Looks once a second after what lives long: a WebSocket, a stream.
  watch: function () {
    var self = this;
    if (!this.looking) {
      this.looked = this.env.now();
      this.looking = this.env.setTimeout(function () { self.look(); }, LOOK);
    }
  },

  look: function () {
    var now = this.env.now(), passed = now - this.looked;
    this.inspect(this.socket, now, passed);
    this.inspect(this.receiver, now, passed);
    this.looking = null;
    if (!this.isOver && (this.socket || this.receiver && this.receiver.deadline)) {
      this.watch();
    }
  },

  // The machine slept, its clock was set, or the page is in the background, where timers are rare: nothing is known of the
  // time between. Ask first, decide then; what has been asked and never answered is dead.
  inspect: function (one, now, passed) {
    if (one && one.deadline) {
      if (passed < 0 || passed > SLEPT && !one.isDoubted && (one === this.socket || now >= one.deadline)) {
        one.isDoubted = true;
        one.check();
      } else if (now >= one.deadline) {
        one.late();
      }
      one.look(now);
    }
  },

  // Waits before anything is tried again; `isDue` where that is owed to the gateway and not only wise.
  hold: function (ms, isDue) {
    var self = this;
    this.env.clearTimeout(this.holding);
    this.isHolding = true;
    this.isDue = isDue;
    this.holding = this.later(function () { self.release(); }, ms);
  },

  release: function () {
    this.env.clearTimeout(this.holding);
    this.isHolding = false;
    if (this.receiver && this.session.sid && this.receiver !== this.holder) {
      this.receiver.ask();
    }
    this.settle();
    this.flush();
  },

  // Sends what waits, by whatever takes it now. `isOwed`: and acknowledges.
  flush: function (isOwed) {
    if (this.isOver) {
      return;
    }
    if (this.socket && this.socket.canSend) {
      this.socket.flush();
    } else if (this.session.sid && !this.isHolding && this.base()) {
      this.post.flush(isOwed);
    }
  },

  // Something was said. What is said in one go travels in one request.
  stir: function () {
    var self = this, isHidden = this.env.document && this.env.document.hidden;
    if (this.receiver) {
      this.receiver.stir();
    }
    if (isHidden || this.socket && this.socket.canSend) {
      // Timers are rare in the background.
      this.flush();
    } else if (!this.isStirred) {
      this.isStirred = true;
      this.env.setTimeout(function () {
        self.isStirred = false;
        self.flush();
      }, 0);
    }
  },

  // A round trip took so many milliseconds. What is beyond reason is no measure of the way: the machine slept meanwhile, or
  // its clock was set; and time-outs are made of it.
  measured: function (ms) {
    if (ms >= 0 && ms <= CREDIBLE) {
      this.rtt = this.rtt === null ? ms : Math.round((this.rtt * 3 + ms) / 4);
      this.fire('rtt', [this.rtt]);
    }
  },

  // The gateway has everything up to `number`. False if it can't have.
  confirm: function (number) {
    var isRight = this.session.outbox.ack(number);
    this.update();
    return isRight;
  },

  // Takes a poll's answer: its messages, then its control packets. False if a message is missing, which only the `close`
  // of a slow consumer explains.
  takeBatch: function (body, by) {
    var session = this.session, fresh = session.take(body.from, body.messages), i;
    if (!fresh && (body.messages.length || !body.control.length)) {
      return false;
    }
    this.deliver(fresh || []);
    for (i = 0; i < body.control.length && session === this.session && !this.isOver; i++) {
      this.control(body.control[i], by);
    }
    return true;
  },

  // What a WebSocket or a stream brings.
  heard: function (packet, by, size) {
    var session = this.session, fresh;
    if (this.control(packet, by)) {
      return;
    }
    fresh = by.from && session.take(by.from, [packet]);
    if (!fresh) {
      by.fail('a message is missing');
      return;
    }
    by.from++;
    by.size += size;
    if (session.taken - session.told >= OWED$link || by.size >= OWED_BYTES || by === this.socket && this.env.now() - this.looked > 2 * LOOK) {
      by.acknowledge();
    }
    this.deliver(fresh);
  },

  // Sees to a control packet; false if it is none.
  control: function (packet, by) {
    var kind = packet.kind;
    if (kind === 'close') {
      this.over(packet.close, by.from === 0);
    } else if (kind === 'drain') {
      this.paused(4003, packet.drain.retry, by);
    } else if (kind === 'moved') {
      this.moved(packet.moved.turn, by);
    } else if (kind === 'ack') {
      if (!this.confirm(packet.ack)) {
        by.fail('it acknowledges what was never sent');
      }
    } else {
      return /^(open|from|ping|pong)$/.test(kind);
    }
    return true;
  },

  // `open` came on something: the first one opens the session. False if it is not ours.
  reopened: function (open, by) {
    var isFirst = !this.session.sid, wrong = this.session.open(open);
    if (wrong === 'moved') {
      this.moved(open.turn, by);
    } else if (wrong) {
      this.over({ code: 4004, reason: 'The gateway means another session.' });
    } else {
      if (isFirst) {
        this.opened(open, by);
      }
      this.update();
    }
    return !wrong;
  },

  opened: function (open, by) {
    var base = by !== this.socket && this.base();
    this.openedAt = this.env.now();
    this.opening.settle(open);
    this.limit(open.max);
    this.fails = 0;
    if (base) {
      // The answer to the opening was a poll's as well: the way is good.
      this.receiver = new Receiver(this, base);
      this.receiver.isProved = true;
      this.receiver.goOn(0);
      this.carry(this.receiver);
    }
    if (this.socket && by !== this.socket) {
      this.socket.greet();
    }
    this.settle();
  },

  // From now on this carries the session.
  carry: function (holder) {
    var socket = this.socket, before = this.holderName, isFirst = !this.session.isTold;
    this.fails = 0;
    if (this.holder !== holder || this.carrier !== holder.name) {
      this.holder = holder;
      this.holderName = holder.name;
      if (holder === socket) {
        if (this.receiver) {
          this.receiver.drop();
          this.receiver = null;
        }
        this.unprobe();
      } else if (socket && socket.attachedAt) {
        this.dropSocket();
      }
      this.session.isTold = true;
      this.carried(holder.name, before, isFirst);
      this.settle();
      this.flush();
    }
  },

  unprobe: function () {
    if (this.probe) {
      this.probe();
      this.probe = null;
    }
  },

  // Drops the WebSocket.
  dropSocket: function () {
    var socket = this.socket;
    this.socket = null;
    socket.drop();
    this.holder = this.holder === socket ? null : this.holder;
  }
};

// outbox.js

// Messages on their way to the gateway: those that it has not acknowledged, and what the carrier of the moment has been
// given of them. Numbers are counted, not stored.

function Outbox() {
  this.queue = [];
  // Numbers: of the last message that has left the queue, of the last that a carrier was ever given, of the next one for
  // the present carrier (0 without one), and of the last that the gateway has.
  this.gone = this.sent = this.next = this.taken = 0;
  this.bytes = 0;
}

Outbox.prototype = {
  // Takes an item, whose `size` counts.
  push: function (item) {
    this.queue.push(item);
    this.bytes += item.size;
  },

  // Number of the last message.
  last: function () {
    return this.gone + this.queue.length;
  },

  // A new carrier begins with the number that is returned: everything that the gateway does not have goes once more.
  attach: function () {
    this.cut();
    this.next = this.gone + 1;
    return this.next;
  },

  // The carrier is gone: nobody counts along any more.
  cut: function () {
    this.next = 0;
    this.settle();
  },

  // Hands over waiting messages: at most so many, of at most so many bytes, but at least one.
  hand: function (most, bytes) {
    var items = [], item;
    while (this.next && this.next <= this.last() && !(items.length >= most)) {
      item = this.queue[this.next - this.gone - 1];
      bytes -= item.size;
      if (items.length && bytes < 0) {
        break;
      }
      items.push(item);
      this.next++;
    }
    this.sent = Math.max(this.sent, this.next - 1);
    this.settle();
    return items;
  },

  // The gateway has everything up to `number`. False if it can't have.
  ack: function (number) {
    if (number > this.sent) {
      return false;
    }
    this.taken = Math.max(this.taken, number);
    this.settle();
    return true;
  },

  // Forgets what the gateway has. Acknowledged ahead of what the present carrier has repeated, it stays: the other end
  // counts along, so that what it has been told to expect has to come.
  settle: function () {
    var upTo = this.next ? Math.min(this.taken, this.next - 1) : this.taken;
    while (this.gone < upTo) {
      this.bytes -= this.queue.shift().size;
      this.gone++;
    }
  },

  // What the gateway has not acknowledged, oldest first.
  unacked: function () {
    return this.queue.slice(this.taken - this.gone);
  },

  // Takes a message out that the gateway can't have taken. Those behind it get its number.
  remove: function (number) {
    var item = this.queue.splice(number - this.gone - 1, 1)[0];
    this.bytes -= item.size;
    this.sent -= number <= this.sent ? 1 : 0;
    this.next -= number < this.next ? 1 : 0;
    return item;
  }
};


// session.js

// The pure session: what has been taken, what is on its way, whose turn it is. It knows no clock, no timer, no page;
// whatever can lose, double or reorder a message is decided here and in outbox.js, and tests/vectors hold it to the
// gateway's own.

function Session() {
  this.outbox = new Outbox();
  this.sid = '';
  // The highest turn this page has used or been given; the number of the last message taken, and of the last of which the
  // gateway has been told so.
  this.turn = this.taken = this.told = 0;
  // What is supposed of a gateway as long as its `open` has not said it.
  this.terms = { ping: 25, wait: 25, max: 0 };
}

Session.prototype = {
  // `open` came: the first one names the session, later ones tell how far the gateway is. '', or what is wrong.
  open: function (open) {
    if (this.sid && (this.sid !== open.session || open.turn > this.turn)) {
      return this.sid === open.session ? 'moved' : 'session';
    }
    this.sid = open.session;
    this.terms = open;
    this.turn = Math.max(this.turn, open.turn);
    return this.outbox.ack(open.received) ? '' : 'session';
  },

  // Messages come, the first with this number: those that are new. Null where one is missing before them.
  take: function (first, messages) {
    var fresh = first > this.taken + 1 ? null : messages.slice(this.taken + 1 - first);
    this.taken += fresh ? fresh.length : 0;
    return fresh;
  }
};


// env/random.js

// Keys that nobody guesses.

// 128 random bits in hex, from the browser's best source.
function key(env) {
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

var random = { key: key };

// opening.js

// Opens a session by POST, with its first messages; or gives a WebSocket what it needs to open one. An opening is retried
// with the same key, which leads to the same session.

// Bytes of messages that ride along: more would make the first round trip slow.
var FIRST = 65536;
// Bytes a millisecond that the slowest uplink is trusted with.
var SLOWEST$opening = 16;
// Milliseconds after which credentials are asked for again: tokens may live for a minute, and the network be away for an hour.
var STALE = 30000;

function Opening(link) {
  this.link = link;
  this.renew();
}

Opening.prototype = {
  // A fresh key; credentials are asked anew.
  renew: function () {
    this.open = { auth: this.credentials(), key: random.key(this.link.env) };
    this.asked = this.link.env.now();
    // `isRefused`: a WebSocket has been refused with this key. `carried`: how many messages rode along, whose fate is
    // unknown until an answer comes.
    this.attempts = this.isRefused = this.carried = 0;
  },

  // What the application gives; nothing where its function throws, which is told where nobody waits.
  credentials: function () {
    var auth = this.link.given.auth, text;
    try {
      text = json.stringify(typeof auth === 'function' ? auth() : auth);
      return text && json.parse(text);
    } catch (error) {
      this.link.rethrow(error);
    }
  },

  // The opening as a packet. Credentials that were asked for some time ago are asked for again, unless something is under way
  // with them. The key stays, so that an opening whose answer was lost is found; if it had other credentials, that is told
  // (`used`).
  packet: function () {
    var link = this.link, now = link.env.now();
    if (typeof link.given.auth === 'function' && !this.giveUp && !(link.socket && link.socket.isOpening) && now - this.asked >= STALE) {
      this.open.auth = this.credentials();
      this.asked = now;
    }
    return json.stringify({ open: this.open });
  },

  // Posts the opening, unless one is under way. Only the first attempt brings messages: once an answer is lost, every
  // further attempt would add to what may have been taken by a session that is gone before it is reached.
  go: function () {
    var link = this.link, outbox = link.session.outbox, items = [], wait = 0, texts, i;
    if (this.giveUp) {
      return;
    }
    texts = [this.packet()];
    this.began = link.env.now();
    if (!this.attempts++) {
      outbox.attach();
      items = outbox.queue.length && outbox.queue[0].size <= FIRST ? outbox.hand(1000, FIRST) : items;
      outbox.cut();
      this.carried = items.length;
      this.carriedAt = this.began;
    }
    for (i = 0; i < items.length; i++) {
      wait = items[i].id ? 1 : wait;
    }
    this.post(post$post.body(texts.concat(post$post.texts(items))), wait);
  },

  // The answer is a poll's too: it waits a moment for a reply where one is asked for.
  post: function (body, wait) {
    var self = this, link = this.link;
    this.giveUp = link.ask({
      method: 'POST', body: body, key: this.open.key,
      timeout: link.given.connectTimeout + wait * 1000 + body.length / SLOWEST$opening
    }, '', 'wait=' + wait + '&', function (answer) {
      self.giveUp = null;
      self.answered(answer);
    });
  },

  drop: function () {
    if (this.giveUp) {
      this.giveUp();
      this.giveUp = null;
    }
  },

  answered: function (answer) {
    var link = this.link, kind = answer.kind, body = answer.body, open = kind === 'ok' && packet$packet.read({ open: body.open });
    if (open) {
      if (link.reopened(open.open, this) && answers.isBatch(body)) {
        link.takeBatch(body, this);
      }
    } else if (kind === 'close') {
      link.over(body.close);
    } else if (link.session.sid) {
      // A WebSocket was faster.
      return;
    } else if (kind === 'used') {
      this.used();
    } else if (kind === 4002) {
      this.refused(answer.why);
    } else if (kind === 4003 || kind === 4009) {
      link.paused(kind, answer.retry, this);
    } else {
      link.failed(this, answer.why);
    }
  },

  // Nothing of it was taken.
  refused: function (why) {
    if (this.carried) {
      this.carried = this.link.session.outbox.sent = 0;
      this.go();
    } else {
      this.link.over({ code: 4002, reason: why });
    }
  },

  // The session that this key opened is in use, or gone: it is nothing that we know of.
  used: function () {
    this.forget('The opening was taken, but its answer was lost.');
    this.renew();
    this.link.failed(this, 'the key was used before');
  },

  // The session is open, `open` says how far. What rode along with an attempt that is older than the gateway remembers may
  // have been taken by a session that is gone.
  settle: function (open) {
    if (!open.received && this.began - this.carriedAt > open.resume * 1000) {
      this.forget('The first opening was not answered.');
    }
    this.carried = 0;
  },

  forget: function (why) {
    var outbox = this.link.session.outbox, items = [];
    for (; this.carried; this.carried--) {
      items.push(outbox.remove(1));
    }
    outbox.sent = 0;
    if (items.length) {
      this.link.uncertain(items, why);
    }
  }
};


// ends.js

// Ends: of carriers, and of the session. These are methods of the client.

// Milliseconds that a closing client goes on to deliver what was said; that a session has to live for the next one to be
// opened without delay.
var FAREWELL = 5000, LONG$ends = 30000;
// Bytes that a beacon may have.
var BEACON = 65000;

var ends = {
  // Something failed; `lived` is for how many milliseconds it was of service, where that counts against it.
  failed: function (what, why, lived) {
    var base, was = this.holder === what, name = what.name;
    this.debug((name || 'the opening') + ' failed: ' + why);
    if (this.isOver || (name && what !== this.receiver && what !== this.socket)) {
      return;
    }
    if (lived !== undefined) {
      this.ladder.failed(name, lived);
    }
    if (what === this.socket) {
      this.dropSocket();
    } else if (name && this.holder !== this.socket) {
      this.holder = null;
    }
    this.why = was ? why : this.why;
    base = this.base();
    if (name && base && base !== name) {
      this.lost(was, why);
      this.settle();
      this.flush();
      return;
    }
    if (!name && this.socket) {
      this.socket.greet(true);
    }
    this.again(why);
  },

  lost: function (was, why) {
    if (was) {
      this.setState('reconnecting', words.cut(why, 0));
    }
  },

  again: function (why) {
    var ms = this.delay(this.fails++);
    if (!this.holder) {
      this.setState('', this.isOffline ? words.offline : words.cut(why, ms));
    }
    this.hold(ms);
  },

  // The gateway asks to come back later: it drains (4003), or has too much to do (4009).
  paused: function (code, ms, what) {
    if (this.isOver || (what.name && what !== this.receiver && what !== this.socket)) {
      return;
    }
    if (what === this.socket && what !== this.holder && this.base()) {
      // A try beside what works: that goes on.
      what.fail('the gateway has no time');
      return;
    }
    if (what === this.socket) {
      this.dropSocket();
    } else if (what === this.holder) {
      this.holder = null;
    }
    if (what === this.receiver) {
      what.rest();
    }
    ms = code === 4003 ? Math.floor(this.env.random() * ms) : ms;
    this.setState('', words.busy(code, ms));
    this.hold(ms, true);
  },

  // The delivery is at another carrier, whose turn is this.
  moved: function (turn, what) {
    var was = what === this.holder;
    if (this.isOver) {
      return;
    }
    if (turn > this.session.turn) {
      // It was never ours.
      this.over({ code: 4006, reason: 'Another page has taken this session over.' });
    } else if (what === this.receiver && what) {
      what.next(0);
    } else if (what === this.socket) {
      this.dropSocket();
      this.lost(was && !this.receiver, 'it was moved');
      this.settle();
      this.flush();
    }
  },

  // The session is over. `isAside`: what told it brings no messages, so that some may still be on their way.
  over: function (close, isAside) {
    var self = this;
    if (this.isOver) {
      return;
    }
    if (isAside && close.last > this.session.taken && !this.isAgain(close.code) && (this.receiver || this.holder) && !this.ending) {
      this.ending = this.env.setTimeout(function () { self.end(close); }, FAREWELL);
      if (this.receiver) {
        this.receiver.check();
      }
    } else {
      this.end(close);
    }
  },

  // Whether a new session is opened after this code.
  isAgain: function (code) {
    return codes[code] && !codes[code].over && !this.goodbye;
  },

  end: function (close) {
    var outbox = this.session.outbox, missing = close.last - this.session.taken, items, told;
    this.confirm(Math.min(close.received || 0, outbox.sent));
    items = outbox.unacked();
    told = {
      code: close.code, reason: close.reason || '', undelivered: missing >= 0 && close.code !== 4004 ? missing : null,
      uncertain: describe$ends(items, outbox.sent - outbox.taken)
    };
    this.drop();
    if (this.isAgain(close.code)) {
      this.reset(told);
    } else {
      this.isOver = true;
      this.onClosed(told);
    }
  },

  // Opens a session in place of the one that is gone.
  reset: function (told) {
    if (this.openedAt && this.env.now() - this.openedAt > LONG$ends) {
      this.deaths = 0;
    }
    // A session that never opens has not lived: the next one comes later still.
    this.openedAt = 0;
    this.begin();
    this.post.renew();
    this.hold(this.delay(this.deaths++), true);
    this.onReset(told);
  },

  begin: function () {
    this.session = new Session();
    this.opening = new Opening(this);
  },

  // What rode along with an opening that came to nothing.
  uncertain: function (items, why) {
    this.onUncertain(items, { code: 4004, reason: why, undelivered: null, uncertain: describe$ends(items, items.length) });
  },

  // Ends every carrier.
  drop: function () {
    this.env.clearTimeout(this.ending);
    this.env.clearTimeout(this.holding);
    this.env.clearTimeout(this.planned);
    this.ending = null;
    this.isHolding = false;
    if (this.socket) {
      this.dropSocket();
    }
    if (this.receiver) {
      this.receiver.drop();
    }
    this.unprobe();
    this.opening.drop();
    this.post.drop();
    this.holder = this.receiver = null;
  },

  saidGoodbye: function () {
    if (this.goodbye && !this.isOver) {
      this.end({ code: this.goodbye.close.code || 4000, reason: this.goodbye.close.reason });
    }
  },

  // The page goes away, for good or (`mayReturn`) into the browser's cache. What the gateway does not have yet goes after
  // it, where the browser can and it fits: under its numbers, so that it does no harm where it arrives twice.
  hide: function (mayReturn) {
    var session = this.session, items = session.outbox.unacked(), isForGood = !mayReturn && !this.given.remember, texts;
    if (this.state === 'closed') {
      return;
    }
    remember.keep(this, false);
    this.drop();
    texts = session.outbox.bytes < BEACON ? post$post.texts(items) : [];
    if (isForGood) {
      texts.push('{"close":{}}');
    }
    // Until the page is back, if it ever is.
    this.isHolding = this.isDue = true;
    this.isOver = isForGood;
    try {
      if (session.sid && texts.length) {
        this.env.root.navigator.sendBeacon(this.address('messages', 'seq=' + (session.outbox.taken + 1) + '&'), post$post.body(texts));
      }
    } catch (e) {
      // The session will expire.
    }
  },

  // The page is back. Another one may have taken the session over meanwhile.
  show: function () {
    if (this.isKept && this.session.sid && !remember.isOurs(this)) {
      this.over({ code: 4006, reason: 'Another page has taken this session over.' });
    }
    remember.keep(this, true);
    this.reconnect('the page was away');
  },

  // The page is back, or the network: waits no longer, and makes sure of what there is.
  wake: function (isNetwork) {
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
    if (this.isHolding) {
      this.release();
    } else {
      if (this.holder) {
        this.holder.check();
      }
      this.settle();
      this.flush();
    }
  }
};

function describe$ends(items, sent) {
  var list = [], i;
  for (i = 0; i < items.length; i++) {
    list.push(message$message.describe(items[i], i < sent));
  }
  return list;
}

// rooms.js

// Rooms, and what may be lost. These are methods of the client.

var rooms = {
  // A room to publish to.
  to: function (room) {
    var self = this;
    return {
      emit: function (event, data, callback) {
        return self.say({ event: String(event), room: String(room) }, data, callback);
      }
    };
  },

  // Enters a room; `options.since` is a position `{epoch, at}` behind which it is to be heard.
  join: function (room, options, callback) {
    if (typeof options === 'function') {
      callback = options;
      options = 0;
    }
    return this.say({ join: { room: String(room), since: options ? options.since : undefined } }, undefined, callback);
  },

  leave: function (room, callback) {
    return this.say({ leave: { room: String(room) } }, undefined, callback);
  },

  // Says a message that is worth nothing later: false, and dropped, unless a carrier takes it now.
  'volatile': function (event, data) {
    var socket = this.socket, post = this.post, outbox = this.session.outbox, isFree;
    isFree = socket && socket.canSend ? !socket.busy && !socket.ws.bufferedAmount && outbox.next > outbox.last()
      : !post.giveUp && !post.timer && !outbox.queue.length && this.base();
    return !!(this.state === 'open' && isFree) && this.emit(event, data);
  }
};

// client.js

// What the application holds in its hands.

var has$client = packet$packet.has;

// The client's own events: a message of such a name reaches only the handlers of `*`.
var OWN = { open: 1, state: 1, carrier: 1, reset: 1, lost: 1, error: 1, close: 1, ack: 1, rtt: 1, '*': 1 };

function Client(env, base, given, debug) {
  this.env = env;
  this.url = base;
  this.given = options$options.complete(given);
  this.debug = debug;
  this.state = 'connecting';
  this.carrier = this.peer = this.holderName = '';
  this.rtt = null;
  this.sent = this.acked = this.received = this.bufferedAmount = 0;
  this.handlers = {};
  this.waiting = {};
  this.inbox = [];
  this.ids = this.fails = this.deaths = this.queries = 0;
  this.seed = Math.floor(env.random() * 1679616).toString(36);
  this.holder = this.receiver = this.socket = this.probe = null;
  this.ladder = new Ladder(env, base);
  this.ladder.names = this.given.carriers;
  this.post = new post$post.Post(this);
  this.begin();
  this.isResumed = remember.recall(this);
}

function mix(methods) {
  var name;
  for (name in methods) {
    if (has$client(methods, name)) {
      Client.prototype[name] = methods[name];
    }
  }
}

mix(events);
mix(requests);
mix(link$link);
mix(ends);
mix(rooms);
mix({
  // Says a message. With a callback it asks for a reply. False if it was refused, which the callback is told, or `error`.
  emit: function (event, data, callback) {
    return this.say({ event: String(event) }, data, callback);
  },

  send: function (data) {
    return this.emit('message', data);
  },

  // Closes for good, behind what was said before.
  close: function (code, reason) {
    var self = this, close = {};
    if (this.state !== 'closed') {
      this.setState('closed', words.closed);
      this.failAll('closed', 'The client was closed.');
      // What is no code (an event, where this is a handler) counts as none: a malformed goodbye would be refused.
      if (packet$packet.isNumber(code, 0)) {
        close.code = code;
      }
      if (reason !== undefined) {
        close.reason = String(reason);
      }
      this.goodbye = { close: close };
      this.env.setTimeout(function () { self.saidGoodbye(); }, 5000);
      this.flush();
    }
  },

  // Moves to this carrier now, or to the best of these.
  use: function (names) {
    this.ladder.names = options$options.carriers(names);
    this.ladder.forgive();
    this.why = 'as asked';
    this.unprobe();
    if (this.isHolding && !this.isDue) {
      // There is no reason to wait for what failed.
      this.release();
    } else {
      this.settle();
    }
    return this;
  },

  // The carriers that can be used here, best first.
  carriers: function () {
    var list = [], names = this.ladder.names, i;
    for (i = 0; i < names.length; i++) {
      if (this.isThere(names[i])) {
        list.push(names[i]);
      }
    }
    return list;
  },

  // Drops the carrier and attaches anew at once.
  reconnect: function (why) {
    var was = !!this.holder;
    if (this.isOver) {
      return;
    }
    this.why = why = why || 'as asked';
    this.drop();
    this.lost(was, why);
    this.ladder.forgive();
    this.fails = 0;
    this.release();
  },

  say: function (packet, data, callback) {
    var item;
    if (typeof data === 'function') {
      callback = data;
      data = undefined;
    }
    if (callback && typeof callback !== 'function') {
      throw new TypeError('everwire: a callback is a function; data is one value, so several go as a list');
    }
    if (callback) {
      packet.id = this.ids + 1;
    }
    // Throws where the data can't be JSON.
    item = message$message.compose(packet, data);
    if (this.refuses(item, callback)) {
      return false;
    }
    if (callback) {
      this.expect(++this.ids, callback);
    }
    return this.push(item);
  },

  push: function (item) {
    this.session.outbox.push(item);
    this.update();
    this.stir();
    return true;
  },

  // Whether this can't be sent; its callback is told, or else `error`.
  refuses: function (item, callback) {
    var outbox = this.session.outbox, max = this.session.terms.max, error;
    if (this.state === 'closed') {
      error = { code: 'closed', message: 'The client is closed.' };
    } else if (max && item.size + 1 > max) {
      error = { code: 'too_large', message: 'The message has ' + item.size + ' bytes; the gateway takes ' + max + '.' };
    } else if (outbox.queue.length && outbox.bytes + item.size > this.given.maxQueue) {
      error = { code: 'queue_full', message: outbox.bytes + ' bytes wait, and `maxQueue` is ' + this.given.maxQueue + '; try later.' };
    } else {
      return false;
    }
    if (callback) {
      this.call(callback, [error]);
    } else {
      this.fail(item, error);
    }
    return true;
  },

  // A message will not be sent.
  fail: function (item, error) {
    if (!this.reply(item.id, error)) {
      this.fire('error', [error]);
    }
  },

  // What people may read of the session is what it is.
  update: function () {
    var outbox = this.session.outbox, before = this.acked;
    this.sent = outbox.last();
    this.acked = outbox.taken;
    this.received = this.session.taken;
    this.bufferedAmount = outbox.bytes;
    if (this.acked > before) {
      this.fire('ack', [this.acked]);
    }
  },

  // Gives messages to their handlers, in order, one at a time even where a handler makes more of them come.
  deliver: function (messages) {
    var session = this.session, i, packet;
    for (i = 0; i < messages.length; i++) {
      messages[i].seq = session.taken - messages.length + i + 1;
      this.inbox.push(messages[i]);
    }
    this.update();
    if (!this.isDelivering) {
      this.isDelivering = true;
      while ((packet = this.inbox.shift())) {
        if (this.state !== 'closed') {
          this.give(packet, packet.binary ? bytes$bytes.give(packet.binary) : packet.data);
        }
      }
      this.isDelivering = false;
    }
  },

  give: function (packet, data) {
    var kind = packet.kind;
    if (kind === 'reply') {
      this.reply(packet.reply, packet.error || null, data);
    } else if (kind === 'event') {
      this.tell(packet, data);
    } else if (kind === 'error' || kind === 'lost') {
      this.fire(kind, [packet[kind]]);
    } else {
      this.debug('nobody hears `' + kind + '`');
    }
  },

  tell: function (packet, data) {
    var name = packet.event, about = {
      event: name, data: data, room: packet.room, peer: packet.peer, at: packet.at, seq: packet.seq, reply: null, fail: null
    };
    if (packet.id) {
      this.answerable(about, packet.id);
    }
    this.fire('*', [name, data, about]);
    if (has$client(OWN, name)) {
      this.debug('only `*` hears a message called `' + name + '`, like an event of the client');
    } else {
      this.fire(name, [data, about]);
    }
  },

  // The gateway asked for a reply: one may be given, once, in the session that asked.
  answerable: function (about, id) {
    var self = this, session = this.session;
    // What could not be sent leaves the request unanswered: `fail` may still be called.
    function answer(packet, data) {
      var item = session === self.session && id && self.state !== 'closed' && message$message.compose(packet, data);
      if (!item || self.refuses(item)) {
        return false;
      }
      id = 0;
      return self.push(item);
    }
    about.reply = function (data) {
      if (bytes$bytes.of(data)) {
        // The gateway would end the session for it (docs/PROTOCOL.md, section 2).
        throw new TypeError('everwire: a reply is JSON; bytes go as a message of their own');
      }
      return answer({ reply: id }, data);
    };
    about.fail = function (code, text) {
      return answer({ reply: id, error: { code: String(code), message: String(text || '') } });
    };
  },

  // What the link tells follows.

  // The gateway refuses a message for good.
  giveBack: function (item, error) {
    this.update();
    this.fail(item, error);
  },

  onClosed: function (told) {
    // The state goes first: what a callback says now is refused, and not left in a session that is over.
    remember.forget(this);
    this.setState('closed', words.closed);
    this.failAll('uncertain', 'The session ended before a reply came.');
    this.fire('close', [{ code: told.code, reason: told.reason, uncertain: told.uncertain }]);
  },

  // What was said before it was known how much the gateway takes.
  limit: function (max) {
    var outbox = this.session.outbox, number, item;
    for (number = outbox.last(); number > outbox.sent; number--) {
      item = outbox.queue[number - outbox.gone - 1];
      if (item.size + 1 > max) {
        this.giveBack(outbox.remove(number), { code: 'too_large', message: 'The message has ' + item.size + ' bytes; the gateway takes ' + max + '.' });
      }
    }
  },

  setState: function (state, sentence) {
    state = state || (this.wasOpen ? 'reconnecting' : 'connecting');
    if (this.state !== 'closed' && (this.state !== state || this.sentence !== sentence)) {
      this.state = state;
      this.sentence = sentence;
      this.carrier = state === 'open' ? this.carrier : '';
      this.fire('state', [state, sentence]);
    }
  },

  carried: function (name, before, isFirst) {
    var why = this.why || (isFirst ? 'it opened the session' : 'it is better');
    this.wasOpen = true;
    this.why = '';
    this.peer = this.session.terms.peer;
    if (this.state === 'closed') {
      return;
    }
    this.carrier = name;
    this.setState('open', words.open(name));
    if (name !== before) {
      this.fire('carrier', [name, { before: before, why: why }]);
    }
    if (isFirst) {
      remember.keep(this, true);
      this.fire('open', [{ peer: this.peer, session: this.isResumed ? 'resumed' : 'new', carrier: name }]);
    }
  },

  onReset: function (told) {
    this.isResumed = false;
    remember.forget(this);
    this.acked = 0;
    this.update();
    this.setState('', codes[told.code] ? codes[told.code].words : words.reset);
    this.failAll('uncertain', 'The session was lost before a reply came.');
    this.fire('reset', [told]);
  },

  // What rode along with an opening that came to nothing is uncertain; what was said behind it is on its way.
  onUncertain: function (items, told) {
    var i;
    this.update();
    for (i = 0; i < items.length; i++) {
      this.reply(items[i].id, { code: 'uncertain', message: told.reason });
    }
    this.fire('reset', [told]);
  }
});


// env/xhr.js

// One XMLHttpRequest, whatever the browser calls it, and what all of them do wrong made right.

// In one piece this name makes some proxies and virus scanners strip the script that contains it.
var ACTIVE = ['Active', 'Object'].join('X');
var IDS = ['Msxml2.XMLHTTP.6.0', 'Msxml2.XMLHTTP.3.0', 'Microsoft.XMLHTTP'];
// Milliseconds between two looks at a stream, in engines that tell of its growth only once.
var LOOK$xhr = 100;

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
  var i, way;
  for (i = -1; i < IDS.length; i++) {
    way = i < 0 ? make : active(IDS[i]);
    try {
      if (way()) {
        return way;
      }
    } catch (e) {
      // The next one, then.
    }
  }
  return null;
}

function nothing() {}

// Status and text, which may be read only at readyState 4: before that MSXML throws.
function read$xhr(xhr) {
  var answer = { status: 0, text: '', retry: 0 };
  try {
    answer.text = String(xhr.responseText || '');
    answer.status = xhr.status;
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

// Sends a request; returns a function that gives it up. `done` is called once: with status 0 where the network failed, where
// the browser refused, or where nothing came within `ask.timeout` milliseconds (`late` is true then).
function send(env, ask, done) {
  var xhr = null, isSending = true, watchdog, looking;

  // The handler goes first: some browsers report an abort as an end. It is never null, which MSXML calls a type mismatch.
  function end() {
    var old = xhr;
    done = xhr = null;
    env.clearTimeout(watchdog);
    env.clearTimeout(looking);
    if (old) {
      old.onreadystatechange = nothing;
    }
    return old;
  }

  function giveUp() {
    try {
      end().abort();
    } catch (e) {
      // It never began, or is over.
    }
  }

  function finish(answer) {
    var fn = done;
    if (fn) {
      end();
      fn(answer);
    }
  }

  function fail(isLate) {
    var fn = done;
    if (fn) {
      giveUp();
      fn({ status: 0, text: '', retry: 0, late: isLate });
    }
  }

  function look() {
    var text = done && xhr && xhr.readyState === 3 ? read$xhr(xhr).text : '';
    if (text) {
      ask.progress(text);
    }
  }

  function lookAgain() {
    look();
    looking = done && env.setTimeout(lookAgain, LOOK$xhr);
  }

  function change() {
    var answer;
    if (done && xhr && xhr.readyState === 4) {
      answer = read$xhr(xhr);
      if (isSending) {
        // From a cache, or in an old browser, it may be over before `send` has returned.
        env.setTimeout(function () { finish(answer); }, 0);
      } else {
        finish(answer);
      }
    } else if (ask.progress && !isSending) {
      look();
    }
  }

  if (ask.timeout) {
    // MSXML fires state 2 and then nothing when a connection is refused; others simply hang.
    watchdog = env.setTimeout(function () { fail(true); }, ask.timeout);
  }
  try {
    xhr = env.xhr();
    begin(xhr, ask, change);
  } catch (e) {
    env.setTimeout(function () { fail(false); }, 0);
  }
  isSending = false;
  if (ask.progress && !env.fetch) {
    lookAgain();
  }
  return giveUp;
}

var xhr$xhr = {
  creator: creator,
  send: send,
  usable: function (env) { return !!env.xhr; },
  // Internet Explorer below 10 lets nobody read before the end.
  streams: function (env) { return !env.root.ActiveXObject || !!env.WebSocket; }
};

// env/index.js

// The seam to the world: the browser's own things, or what was given in their place.

// The outermost object: a page's window, a worker's self, or nothing (node, Windows Script Host).
var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : {};

// Some browsers throw at the mere look at a storage that is forbidden.
function storage(name) {
  return function () {
    try {
      return root[name] || null;
    } catch (e) {
      return null;
    }
  };
}

var OWN$env = {
  WebSocket: function () {
    return root.WebSocket || root.MozWebSocket || (typeof WebSocket === 'function' ? WebSocket : null);
  },
  xhr: xhr$xhr.creator,
  fetch: function () {
    return typeof fetch !== 'function' ? null : function (url, options) { return fetch(url, options); };
  },
  setTimeout: function () { return function (fn, ms) { return setTimeout(fn, ms); }; },
  clearTimeout: function () { return function (timer) { clearTimeout(timer); }; },
  now: function () { return function () { return new Date().getTime(); }; },
  random: function () { return Math.random; },
  sessionStorage: storage('sessionStorage'),
  localStorage: storage('localStorage'),
  document: function () { return root.document || null; },
  location: function () { return root.location || null; }
};

// The world as the client sees it; `given` replaces any of it.
var env$env = function (given) {
  var env = { root: root, isRandom: !!(given && given.random), isScarce: typeof JSON === 'undefined' }, name;
  for (name in OWN$env) {
    if (packet$packet.has(OWN$env, name)) {
      env[name] = given && packet$packet.has(given, name) ? given[name] : OWN$env[name]();
    }
  }
  return env;
};

// env/page.js

// The page around the client: where its script came from, when it comes and goes.

var root$page = typeof window !== 'undefined' ? window : {};
var own = '';

// The address of the script that is running now, which is the one that contains this.
function find(page) {
  var scripts, i;
  if (page.currentScript) {
    return page.currentScript.src;
  }
  scripts = page.getElementsByTagName('script');
  for (i = scripts.length - 1; i >= 0; i--) {
    if (/(^|\/)(client|io)(\.modern)?(\.min)?\.m?js([?#].*)?$/.test(scripts[i].src)) {
      return scripts[i].src;
    }
  }
}

try {
  own = find(root$page.document);
} catch (e) {
  // There is no page, or no script in it.
}

function script() {
  return own || '';
}

function listen(target, name, fn) {
  if (target.addEventListener) {
    target.addEventListener(name, fn, false);
  } else if (target.attachEvent) {
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
  listen(view, 'online', function () { client.wake(true); });
  listen(view, 'offline', function () {
    client.isOffline = true;
    client.wake();
  });
  listen(page, 'visibilitychange', function () {
    if (!page.hidden) {
      client.wake();
    }
  });
  if ('onpagehide' in view) {
    listen(view, 'pagehide', function (event) { client.hide(event.persisted); });
    listen(view, 'pageshow', function (event) {
      if (event.persisted) {
        client.show();
      }
    });
  } else {
    listen(view, 'unload', function () { client.hide(); });
  }
  if (/Firefox\/1?\d\./.test((view.navigator || {}).userAgent)) {
    // Escape ends everything that is under way there, WebSockets included.
    listen(page, 'keydown', function (event) {
      if (event.keyCode === 27 && client.state !== 'closed') {
        event.preventDefault();
      }
    });
  }
}

var page$page = { script: script, watch: watch };

// env/fetch.js

// Requests where there is no XMLHttpRequest: in node, in service workers.

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send$fetch(env, ask, done) {
  var Abort = env.root.AbortController || (typeof AbortController === 'function' ? AbortController : null);
  var abort = Abort && new Abort(), status = 0, retry = 0, text = '', watchdog;

  function finish(answer) {
    var fn = done;
    done = null;
    env.clearTimeout(watchdog);
    if (fn && answer) {
      fn(answer);
    }
  }

  function giveUp(isLate) {
    finish(isLate === true && { status: 0, text: '', retry: 0, late: true });
    if (abort) {
      abort.abort();
    }
  }

  function end(rest) {
    finish({ status: status, text: text + rest, retry: retry });
  }

  // Reads a stream piece by piece.
  function pump(reader, decoder) {
    return reader.read().then(function (piece) {
      if (piece.done) {
        return end('');
      }
      text += decoder.decode(piece.value, { stream: true });
      if (done) {
        ask.progress(text);
      }
      return pump(reader, decoder);
    });
  }

  if (ask.timeout) {
    watchdog = env.setTimeout(function () { giveUp(true); }, ask.timeout);
  }
  env.fetch(ask.url, {
    method: ask.method, body: ask.body, signal: abort ? abort.signal : undefined, cache: 'no-store',
    credentials: ask.credentials ? 'include' : 'same-origin'
  }).then(function (answer) {
    status = answer.status;
    retry = (answer.headers.get('Retry-After') || 0) * 1000 || 0;
    return ask.progress && answer.body && answer.body.getReader ? pump(answer.body.getReader(), new TextDecoder()) : answer.text().then(end);
  }).then(null, function () {
    finish({ status: 0, text: text, retry: 0 });
  });
  return giveUp;
}

var fetch$fetch = {
  send: send$fetch,
  usable: function (env) { return !!env.fetch; },
  streams: function () { return typeof TextDecoder === 'function'; }
};

// env/requests.js

// How requests are sent here: the first of these that can reach the gateway. What they have to be says transports.js.

var WAYS = [xhr$xhr, fetch$fetch];

var requests$requests = function (env, base) {
  var i;
  for (i = 0; i < WAYS.length; i++) {
    if (WAYS[i].usable(env, base)) {
      return WAYS[i];
    }
  }
  return null;
};

// url.js

// What the application may give as the gateway's address, and the one form it is used in.

var PREFIX = '/everwire';
var ACCEPTED = 'everwire.connect takes "https://host/prefix", "https://host", "//host/prefix", "/prefix", or nothing; not ';

// `scheme://host` of the page; '' where there is none, as in node or from a file.
function origin(location) {
  var parts = location ? /^(https?:)\/\/([^\/?#]+)/.exec(location.href || '') : null;
  return parts ? parts[1] + '//' + parts[2] : '';
}

function script$url(src, location) {
  var whole = src ? beside(src, location) : '';
  var base = whole.replace(/(\/\d+\.\d+\.\d+[^\/]*)?\/(client|io)(\.modern)?(\.min)?\.m?js([?#].*)?$/, '');
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
    url = script$url(src, location) || (page && page + PREFIX);
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


// index.js

// The one global, `everwire`.

var everwire = {
  version: '0.1.0',
  codes: codes,
  // Give a function here to hear in words what the client does.
  debug: null,
  // Opens a session with the gateway at `address` and keeps it, whatever happens on the way.
  connect: function (address, options) {
    var env = env$env(options && options.env), base = resolve(address, env.location, page$page.script()), client;
    env.request = requests$requests(env, base);
    client = new Client(env, base, options, function (text) {
      if (typeof everwire.debug === 'function') {
        everwire.debug(text);
      }
    });
    page$page.watch(env, client);
    env.setTimeout(function () { client.settle(); }, 0);
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
