/* Everwire client 0.1.0, MIT OR Apache-2.0 */
(function () {
// json.js

// JSON: the browser's own where it is right, and ours where there is none.

// Line separators, and surrogates without their other half, which XMLHttpRequest and WebSocket mangle or refuse.
var BARE = /[\ud800-\udbff][\udc00-\udfff]|[\u2028\u2029\ud800-\udfff]/g;
// What ends a text in JSON; and what some engines drop from, or end a line at in, a text that they evaluate.
var SPECIAL = /["\\\u0000-\u001f]/g;
var UNSAFE = /[\u007f-\u009f\u00ad\u0600-\u0604\u070f\u17b4\u17b5\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g;

function escaped(unit) {
  return unit.length > 1 ? unit : '\\u' + ('000' + unit.charCodeAt(0).toString(16)).slice(-4);
}

function quote(text) {
  return '"' + text.replace(SPECIAL, escaped).replace(UNSAFE, escaped) + '"';
}

function is(value, type) {
  return Object.prototype.toString.call(value) === '[object ' + type + ']';
}

function two(number) {
  return ('0' + number).slice(-2);
}

// As `toJSON` has it, which Internet Explorer below 9 lacks.
function date(value) {
  return value.getUTCFullYear() + '-' + two(value.getUTCMonth() + 1) + '-' + two(value.getUTCDate()) + 'T' +
    two(value.getUTCHours()) + ':' + two(value.getUTCMinutes()) + ':' + two(value.getUTCSeconds()) + '.' +
    ('00' + value.getUTCMilliseconds()).slice(-3) + 'Z';
}

// The members of an object, or of a list.
function members(value, depth) {
  var parts = [], isList = is(value, 'Array'), name, text;
  if (depth > 100) {
    throw new TypeError('JSON: nested too deep, or in itself');
  }
  if (isList) {
    for (name = 0; name < value.length; name++) {
      parts.push(write(value[name], depth) || 'null');
    }
    return '[' + parts + ']';
  }
  for (name in value) {
    if (Object.prototype.hasOwnProperty.call(value, name)) {
      text = write(value[name], depth);
      if (text) {
        parts.push(quote(name) + ':' + text);
      }
    }
  }
  return '{' + parts + '}';
}

// Undefined for what JSON has no form for, like the browser's own.
function write(value, depth) {
  if (value && typeof value === 'object' && !is(value, 'Array')) {
    value = is(value, 'Date') ? isFinite(value) ? date(value) : null
      : typeof value.toJSON === 'function' ? value.toJSON('') : value.valueOf();
  }
  switch (typeof value) {
  case 'string':
    return quote(value);
  case 'object':
    return value ? members(value, (depth || 0) + 1) : 'null';
  case 'number':
    return isFinite(value) ? '' + value : 'null';
  case 'boolean':
    return '' + value;
  }
}

function isNative() {
  return typeof JSON === 'object' && JSON && JSON.parse;
}

function stringify(value) {
  // Some libraries (Prototype below 1.7) teach arrays and strings a `toJSON` that the native one then believes.
  var text = isNative() && ![].toJSON && !''.toJSON ? JSON.stringify(value) : write(value);
  return text && text.replace(BARE, escaped);
}

// Throws where the text is no JSON. Its grammar is checked by taking everything out of it that it allows (json2.js by Douglas
// Crockford, public domain).
function parse(text) {
  if (isNative()) {
    return JSON.parse(text);
  }
  text = String(text).replace(UNSAFE, escaped);
  if (!/^[\],:{}\s]*$/.test(
    text.replace(/\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4})/g, '@')
      .replace(/"[^"\\\n\r]*"|true|false|null|-?\d+(?:\.\d*)?(?:[eE][+\-]?\d+)?/g, ']')
      .replace(/(?:^|:|,)(?:\s*\[)+/g, '')
  )) {
    throw new SyntaxError('JSON: this is none');
  }
  return new Function('return (' + text + ')')();
}

var json = { stringify: stringify, parse: parse, is: is };

// ladder.js

// What is known of each carrier: what failed is tried again after 30 s, then 2 min, then every 10 min, because networks change;
// one that was proved good has a second life at once. It is kept for 30 minutes, so that the next page need not find out again.

var RESTS = [30000, 120000, 600000], KEPT = 1800000;
// Milliseconds that a carrier has to live to count as good.
var LONG = 30000;

// `env` tells the time and keeps the verdict on `base`.
function Ladder(env, base) {
  var kept;
  this.env = env;
  this.key = 'everwire:ladder:' + base;
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
  // How often it failed, until when it rests, whether (a stream) it is proved.
  rung: function (name) {
    this.rungs[name] = this.rungs[name] || [0, 0, 0];
    return this.rungs[name];
  },

  // The carrier failed after `lived` milliseconds of good service (0: it never came that far), or (`isProved`) flows.
  judge: function (name, lived, isProved) {
    var rung = this.rung(name);
    rung[2] = isProved;
    if (!isProved) {
      rung[0] = lived < LONG ? rung[0] + 1 : 1;
      // Good service that ends may be an accident; what never came about, or ends twice, is a pattern.
      if (!lived || rung[0] > 1) {
        rung[1] = this.env.now() + RESTS[Math.min(rung[0] - (lived ? 2 : 1), 2)];
      }
    }
    try {
      this.env.localStorage.setItem(this.key, json.stringify([this.env.now(), this.rungs]));
    } catch (e) {
      // Then not.
    }
  },

  // Whether it is to be left alone. A clock that was put back must not keep it away for longer than its rest.
  rests: function (name) {
    var rung = this.rung(name), now = this.env.now();
    rung[1] = Math.min(rung[1], now + RESTS[2]);
    return rung[1] > now;
  },

  isProved: function (name) {
    return this.rung(name)[2];
  },

  // The network has changed: what failed there may work here.
  forgive: function () {
    this.rungs = {};
  }
};


// base64.js

// Base64 (RFC 4648, section 4) between text and arrays of bytes: the browsers this is for have neither atob nor btoa.

var ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

var base64 = {
  encode: function (bytes) {
    var parts = [], i, chunk;
    for (i = 0; i < bytes.length; i += 3) {
      chunk = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
      parts.push(ALPHABET.charAt(chunk >> 18) + ALPHABET.charAt(chunk >> 12 & 63) + ALPHABET.charAt(chunk >> 6 & 63) +
        ALPHABET.charAt(chunk & 63));
    }
    i -= bytes.length;
    return parts.join('').slice(0, -i || undefined) + '=='.slice(0, i);
  },

  // The bytes as an array of numbers; null where the text is no base64.
  decode: function (text) {
    var bytes = [], held = 0, i;
    if (text.length % 4 || !/^[A-Za-z0-9+\/]*={0,2}$/.test(text)) {
      return null;
    }
    for (i = 0; i < text.length && text.charAt(i) !== '='; i++) {
      held = (held << 6 | ALPHABET.indexOf(text.charAt(i))) & 65535;
      if (i % 4) {
        bytes.push(held >> 6 - i % 4 * 2 & 255);
      }
    }
    return bytes;
  }
};

// utf8.js

// UTF-8, for browsers that can't encode it themselves, and for counting bytes.

// A text as a string of bytes, one character each. A lone surrogate counts as the replacement character that stands for it on
// the wire.
function encode(text) {
  return unescape(encodeURIComponent(text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, function (unit) {
    return unit.length > 1 ? unit : '\ufffd';
  })));
}

var utf8 = {
  encode: encode,

  // The bytes a text takes in UTF-8.
  size: function (text) {
    return encode(text).length;
  },

  // The text of a string of bytes; throws where that is none.
  decode: function (bytes) {
    return decodeURIComponent(escape(bytes));
  }
};

// bytes.js

// Binary data, where the browser has any.

var isThere = typeof Uint8Array !== 'undefined';

var bytes$bytes = {
  // A copy of the bytes of an ArrayBuffer or of a view of one; null for anything else.
  of: function (data) {
    return isThere && data && (json.is(data, 'ArrayBuffer') || json.is(data.buffer, 'ArrayBuffer'))
      ? new Uint8Array(new Uint8Array(data.buffer || data, data.byteOffset || 0, data.byteLength)) : null;
  },

  // What the application is given: an ArrayBuffer, or an array of numbers where there is none.
  give: function (bytes) {
    return isThere ? new Uint8Array(bytes).buffer : bytes;
  }
};

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
    data: item.binary ? bytes$bytes.give(item.binary) : packet.data
  };
}

// The texts of items, and the body of a POST made of such.
function texts$message(items) {
  var all = [], i;
  for (i = 0; i < items.length; i++) {
    all.push(text$message(items[i]));
  }
  return all;
}

function body$message(texts) {
  return '[' + texts + ']';
}

var message$message = {
  texts: texts$message, body: body$message, compose: compose, measured: measured, text: text$message, frame: frame$message, describe: describe
};

// transport/poll.js

// A poll: a GET with one answer, which is heard as if it were a stream: `from`, messages, control packets.

function feed(body, hear) {
  var all = [{ from: body.from }].concat(body.messages, body.control || []), i;
  for (i = 0; i < all.length; i++) {
    hear(all[i]);
  }
}

// `ms` is for how long it may be held.
function poll(client, url, hear, end, ms) {
  return client.ask({ method: 'GET', url: url, timeout: ms + 10000 }, function (answer, took) {
    if (answer.kind !== 'ok' || !json.is(answer.body.messages, 'Array')) {
      end(answer.why, answer);
      return;
    }
    if (!ms) {
      client.measured(took);
    }
    feed(answer.body, hear);
    end('');
  });
}

poll.feed = feed;


// transport/stream.js

// Streaming: a GET whose answer grows by one line a packet. Only whole lines are read; what is left of one when the
// stream ends is discarded, and comes again on the next.

// Bytes after which it is ended here, beside two of the largest packets: the gateway's own ends long before.
var MOST = 1048576;

var stream = function (client, url, hear, end) {
  var read = 0, isHeard = false, stop;

  function progress(text) {
    var next, line;
    while ((next = text.indexOf('\n', read)) >= 0) {
      line = text.slice(read, next);
      read = next + 1;
      if (/\S/.test(line)) {
        isHeard = true;
        hear(line);
      }
    }
    if (stop && text.length > MOST + 2 * (client.session.terms.max || 0)) {
      stop();
      end(isHeard && text.length < 2 * read ? '' : 'it does not end');
    }
  }

  stop = client.ask({ method: 'GET', url: url, timeout: 0, progress: progress }, function (answer) {
    if (answer.status === 200) {
      progress(answer.text);
    }
    end(answer.status === 200 && isHeard ? '' : answer.why, isHeard ? null : answer);
  });
  return stop;
};

// transport/sse.js

// EventSource: messages come by `onmessage`, every other packet as an event of its kind.

var KINDS = ['open', 'ping', 'ack', 'moved', 'drain', 'close'];
// Milliseconds before one is closed: some WebKits crash where that happens while it is telling something.
var LATER = 200;

function open$sse(client, url, hear, end) {
  var env = client.env, Source = env.root.EventSource, source, i;

  // The browser has an event `open` too.
  function heard(event) {
    if (event.data) {
      hear(event.data);
    }
  }

  // Left alone it would connect again, to what is past.
  function stop() {
    env.setTimeout(function () { source.close(); }, LATER);
  }

  try {
    url += '&status=200';
    source = client.given.credentials && env.isForeign ? new Source(url, { withCredentials: true }) : new Source(url);
    source.onmessage = heard;
    source.onerror = function () {
      stop();
      end('');
    };
    source.addEventListener('refused', function (event) { end('it was refused', { status: 200, text: event.data }); }, false);
    for (i = 0; i < KINDS.length; i++) {
      source.addEventListener(KINDS[i], heard, false);
    }
  } catch (e) {
    env.setTimeout(function () { end('it was refused'); }, 0);
  }
  return stop;
}

var sse = {
  open: open$sse,
  // One that has no `withCredentials` keeps to its own origin.
  usable: function (env) {
    var Source = env.root.EventSource;
    return Source && (!env.isForeign || Source.prototype && 'withCredentials' in Source.prototype);
  }
};

// packet.js

// Packets (docs/PROTOCOL.md, section 2) are the wire's own objects here, checked once as they come.

// What members have to be, wherever they stand: a text, or an integer from 1 or from 0 on.
var TEXT = /^(event|session|peer|room|ns|reason|binary)$/;
var NUMBER = /^(reply|from|id)$/;
var COUNT = /^(ack|ping|pong|turn|received|last|wait|resume|max|retry|at|busy)$/;
// The kinds, and what has to stand in the object of those that have one.
var KINDS$packet = /^(event|reply|from|ack|ping|pong|error|open|moved|drain|close|disconnect|joined|left|lost)$/;
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
    } else if (KINDS$packet.test(name)) {
      // Two are no kind any more.
      kind += name;
    }
  }
  needs = NEEDS[kind];
  return KINDS$packet.test(kind) && contents < 2 && fits(packet) && (!needs || fits(packet[kind], needs)) &&
    (kind !== 'close' || isNumber(packet.close.code, 0)) &&
    (kind === 'error' || !has(packet, 'error') || fits(packet.error, 'code')) && kind;
}

// Reads a packet, parsed or as text: it gets a `kind`, and its bytes become such. Null where it is none.
function read$packet(packet) {
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
    packet = read$packet(utf8.decode(text));
    if (packet && /^(event|reply)$/.test(packet.kind) && !has(packet, 'data') && !packet.binary && !packet.error) {
      packet.binary = bytes.subarray(i);
      return packet;
    }
  }
  return null;
}

var packet$packet = { read: read$packet, readFrame: readFrame, has: has, isObject: isObject, isNumber: isNumber };

// env/names.js

// Names in the page: by which scripts of the gateway's call back, and which keep what is at work from being collected. They
// are no other script's, and no earlier page's whose answer a cache brings back. One that was used stays defined, since what
// comes late may still call it.

// In one piece this name makes some proxies and virus scanners strip the script that contains it.
var ACTIVE = ['Active', 'Object'].join('X');
var free = [];

function nothing() {}

function fresh$names() {
  return '_ew' + String(Math.random()).slice(2);
}

// Puts `value` under a name of `root`.
function take$names(root, value) {
  var name = free.pop() || fresh$names();
  root[name] = value;
  return name;
}

// Nobody calls it any more: another may have it.
function give(root, name) {
  root[name] = nothing;
  free.push(name);
}

// Calls `fn` when a script or a frame has loaded or failed, as far as the browser tells; perhaps more than once.
function ended$names(node, fn) {
  node.onload = node.onerror = node.onreadystatechange = function () {
    if (!/loading|interactive/.test(node.readyState)) {
      fn();
    }
  };
}

// Takes it out of the page. (In Internet Explorer what knows it is kept by it, and keeps it.)
function remove(node) {
  node.onload = node.onerror = node.onreadystatechange = nothing;
  node.parentNode.removeChild(node);
}

var names$names = { ACTIVE: ACTIVE, nothing: nothing, fresh: fresh$names, take: take$names, give: give, ended: ended$names, remove: remove };

// env/origin.js

// Who may read what from whom.

// `scheme://host[:port]` as browsers have it; '' where an address has none, as that of a file.
function of(url) {
  var parts = /^https?:\/\/[^\/?#]+/i.exec(url);
  return parts ? parts[0].toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2') : '';
}

// Whether the gateway is of another origin than the page, or the page has made itself one of a larger domain. Internet
// Explorer below 10 does not look at the port.
function isForeign(env, base) {
  var location = env.location, domain = (env.document || {}).domain, own = location && of(location.href), other = of(base);
  if (env.root[names$names.ACTIVE] && !env.WebSocket) {
    own = own.replace(/:\d+$/, '');
    other = other.replace(/:\d+$/, '');
  }
  return own && (own !== other || domain && domain !== location.hostname);
}

var origin$origin = { of: of, isForeign: isForeign };

// transport/frame.js

// A page of the gateway's that never ends, in a hidden frame: each packet is a script in it. Where there is ActiveX the frame
// is in a document of its own, which no window shows and which makes no noise; where the gateway is of another origin its
// page posts messages to this one.

// Milliseconds after its end in which a frame may still have posted something.
var SETTLED = 100;

// By name: who hears what is posted, and from which origin it has to be; and where the browser tells of it.
var hearers = {}, target, isListening;

// Internet Explorer 8 tells of messages at the window or at the document, as the page's mode is: the one that first brought
// something of ours counts. What is not ours is passed over.
function listen(one) {
  function heard(event) {
    var parts = /^(\w+):([\s\S]+)/.exec(event.data), hearer = parts && packet$packet.has(hearers, parts[1]) && hearers[parts[1]];
    if (hearer && origin$origin.of(event.origin) === hearer[0] && (target = target || one) === one) {
      hearer[1](parts[2]);
    }
  }

  if (one.addEventListener) {
    one.addEventListener('message', heard, false);
  } else {
    one.attachEvent('onmessage', heard);
  }
}

// A document that no window shows; null where there is no such thing.
function hidden(root) {
  var page;
  try {
    page = new root[names$names.ACTIVE]('htmlfile');
    page.open();
    page.write('<body></body>');
    page.close();
    return page;
  } catch (e) {
    return null;
  }
}

// Puts the frame in. The address comes last: otherwise it would be a step in the history, or loaded twice.
function insert(page, url, ended) {
  var frame = page.createElement('iframe');
  frame.style.display = 'none';
  page.body.appendChild(frame);
  names$names.ended(frame, ended);
  frame.src = url;
  return frame;
}

// What else belongs to the address where the gateway is of another origin; `push` gets what is posted from there.
function posting(client, name, push) {
  var env = client.env;
  hearers[name] = [origin$origin.of(client.url), push];
  if (!isListening) {
    isListening = true;
    listen(env.root);
    listen(env.document);
  }
  return '&origin=' + encodeURIComponent(origin$origin.of(env.location.href));
}

// What is pushed leaves the other window's script before `take` gets it; in order.
function ordered(env, take) {
  var queue = [], timer;

  function drain() {
    for (timer = 0; queue.length;) {
      take(queue.shift());
    }
  }

  return function (text) {
    queue.push(text);
    timer = timer || env.setTimeout(drain, 0);
  };
}

function open$frame(client, url, hear, end) {
  var env = client.env, page = env.isForeign ? null : hidden(env.root), isOpen, frame;
  var push = ordered(env, function (text) {
    isOpen = isOpen || /^{"open"/.test(text);
    if (text && isOpen) {
      hear(text);
    } else {
      stop();
      end(text && 'it was refused', text && { status: 200, text: text });
    }
  });
  // What holds an htmlfile from being collected. It is nobody else's: what comes late may still call it.
  var name = names$names.take(env.root, page || call);

  // As text: objects of a window that is gone are of no use in Internet Explorer.
  function call(packet) {
    push(json.stringify(packet) + '');
  }

  function stop() {
    if (frame) {
      names$names.remove(frame);
      frame = page = null;
      release(env.root, name);
    }
  }

  if (page) {
    page.parentWindow[name] = call;
  }
  url += (env.isForeign ? posting(client, name, push) : '') + '&callback=' + name;
  // Before anything came it is the empty page that was there first, or nothing of the gateway's.
  frame = insert(page || env.document, url, function () {
    env.setTimeout(function () { return isOpen && push(''); }, SETTLED);
  });
  return stop;
}

function release(root, name) {
  root[name] = names$names.nothing;
  delete hearers[name];
  if (root[names$names.ACTIVE]) {
    // Until then the connection stays.
    CollectGarbage();
  }
}

var frame$frame = {
  open: open$frame,
  usable: function (env) { return env.document && env.document.body && (!env.isForeign || env.root.postMessage); }
};

// env/form.js

// A POST by form, into a hidden frame: what is left where nothing else reaches another origin. How it was answered can't be
// seen, only that it was.

// Milliseconds that the frame stays: Opera gives up what was posted with it.
var KEPT$form = 500;

// Posts `text` as the field `d`, and `seq` out of the query. `answered` is called when there is an answer, whatever it is, by
// browsers that tell. Returns what removes it, at once or (`isDone`) as soon as may be.
var form$form = function (env, url, text, answered) {
  var page = env.document, box = page.createElement('div'), name = names$names.fresh(), frame, form,
    seq = /seq=(\d+)&/.exec(url);
  // As text: Internet Explorer below 8 heeds neither the name that a frame is given later nor the type that a form is given
  // later. (The empty script keeps it from warning of a frame that is not encrypted.)
  box.innerHTML = '<iframe name="' + name + '"' + (env.root[names$names.ACTIVE] ? ' src="javascript:\'\'"' : '') +
    '></iframe><form method="post" accept-charset="UTF-8" target="' + name + '"><textarea name="d"></textarea>' +
    '<input name="seq" value="' + (seq ? seq[1] : 1) + '"></form>';
  box.style.display = 'none';
  frame = box.firstChild;
  form = box.lastChild;
  form.action = url.replace(seq && seq[0], '');
  form.firstChild.value = text;
  page.body.appendChild(box);
  names$names.ended(frame, answered);
  form.submit();
  return function (isDone) {
    env.setTimeout(function () { names$names.remove(box); }, isDone ? KEPT$form : 0);
  };
};

// transport/jsonp.js

// Polls by script and sends by form, from pages where no request reaches the gateway. A poll's answer calls a function here;
// what was posted is acknowledged by what is polled.

// Milliseconds after which a script that has ended will not call any more: Internet Explorer 9 tells of its end before it
// runs it. Between two looks at the page, or whether what was posted is acknowledged; and how many of them it is waited for
// a page to be loaded, or for a frame to tell that it was answered, in browsers that do not.
var SETTLED$jsonp = 1000, LOOK = 50, MOST$jsonp = 40;

// Asks by a script tag; `done` gets the answer. Returns how to give it up, which is called once.
function fetch$jsonp(env, url, done) {
  var root = env.root, page = env.document, node = page.createElement('script'), name, isCalled, timer;

  function free() {
    names$names.give(root, name);
  }

  function end(ms, answer) {
    env.clearTimeout(timer);
    timer = env.setTimeout(function () { done(answer); }, ms);
  }

  // Called twice it does nothing.
  name = names$names.take(root, function (body) {
    root[name] = names$names.nothing;
    isCalled = true;
    end(0, { status: 200, body: body });
  });
  node.async = true;
  node.charset = 'UTF-8';
  names$names.ended(node, function () { return isCalled || end(SETTLED$jsonp, {}); });
  node.src = url + '&callback=' + name;
  page = page.getElementsByTagName('head')[0] || page.body;
  page.insertBefore(node, page.firstChild);
  return function () {
    env.clearTimeout(timer);
    names$names.remove(node);
    // A script can't be called off: its name is another's only when it has called.
    root[name] = free;
    return isCalled && free();
  };
}

// Asks for what was opened, again and again as long as the form is still on its way.
function seek(env, url, done) {
  var tries = 0, stop, timer;

  function again() {
    stop = fetch$jsonp(env, url + '&n=' + tries++, function (answer) {
      var error = answer.body && answer.body.error;
      if (error && error.code === 'not_found') {
        stop();
        stop = names$names.nothing;
        timer = env.setTimeout(again, LOOK * 10);
      } else {
        done(answer);
      }
    });
  }

  again();
  return function () {
    env.clearTimeout(timer);
    stop();
  };
}

// There is a page, and it is loaded: what hangs before that keeps it from ever being so. But a picture may hang as well.
function isReady(page, looks) {
  return page.body && (looks > MOST$jsonp || !/loading|interactive/.test(page.readyState));
}

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send(env, ask, done) {
  var url = ask.url.replace(/\/messages\?|\?/, '/jsonp?'), looks = 0, timer, posted = names$names.nothing, fetched = posted;
  var watchdog = env.setTimeout(function () { finish({ late: true }); }, ask.timeout);

  function finish(answer) {
    env.clearTimeout(timer);
    env.clearTimeout(watchdog);
    fetched();
    posted(answer && answer.status);
    posted = fetched = names$names.nothing;
    return answer && done(answer);
  }

  // Is the gateway known to have what was posted? An opening is asked for by its key.
  function look() {
    if (looks++ < MOST$jsonp || !ask.key && ask.taken() < ask.last) {
      timer = env.setTimeout(look, LOOK);
    } else if (ask.key) {
      fetched = seek(env, url + '&key=' + ask.key, finish);
    } else {
      finish({ status: 200, body: { ack: ask.taken() } });
    }
  }

  function begin() {
    if (!isReady(env.document, looks++)) {
      timer = env.setTimeout(begin, LOOK);
    } else if (ask.method === 'GET') {
      fetched = fetch$jsonp(env, url, finish);
    } else {
      posted = form$form(env, url, ask.body, function () { looks = MOST$jsonp; });
      looks = 0;
      look();
    }
  }

  begin();
  return function () { finish(); };
}

var jsonp = { send: send, usable: function (env) { return env.document; } };

// transports.js

// The carriers in the order of preference. A new one is an entry here, and a file.
//
// - `wire`: its name in the gateway's `open.carriers`. `usable(env)`: whether this browser has what it needs.
// - `path` (all but the WebSocket): what is asked for below `/session/SID/`, with `after=` and `turn=`.
// - `open(client, url, hear, end, ms)` begins one GET and returns how to stop it. What it calls after that, or twice, is not
//   heard. `hear(packet)` gets every packet as it comes, as an object (unread) or its text. `end(why, answer)`: why is '' for
//   a regular end; `answer` is {status, text or body (parsed), retry} where the gateway, or whoever it was, answered with
//   something else, as an error (a `refused` event, an error in a frame: {status: 200, body: packet}). Neither is called
//   before `open` has returned.
// - `isPoll`: it is answered once, and asked again; `isShort` ones are never held, the others for `ms` (0 where that is not
//   wanted), and asked with `wait=`. What is no poll is a stream: before it is relied on it is tried with `probe=1` beside
//   the poll in use (probe.js), unless the ladder knows it as proved. Where there are only two connections
//   (`env.isScarce`) the poll rests meanwhile.
// - `request`: what everything is asked by, in place of `env.request`, while this is the carrier to rely on.
//
// What is asked by `client.ask(ask, done)` goes through `env.request`, the first of env/requests.js that is usable:
// `usable(env, base)` says whether it can reach the gateway, `streams(env)` whether `progress` comes while it does.
// `send(env, ask, done)` returns how to give it up. `ask` is {method, url, body, timeout (ms; 0: none), credentials, progress};
// `progress(text)`, where it is there, gets the whole text so far each time it has grown. `done({status, text, retry (ms),
// late})` is called once, never before `send` has returned; `body` in place of `text` if it is parsed already. For a sender
// that can't see its answer (a form) a POST also has `last`, the number of its last message, and `taken()`, that of the last
// the gateway is known to have: it is answered by {status: 200, body: {ack: ask.taken()}} as soon as that is not less. An
// opening has its `key`.

// Where only scripts and forms reach the gateway, polls are JSONP.
function asks(env) {
  return env.request && env.request !== jsonp;
}

function streams(env) {
  return asks(env) && env.request.streams(env);
}

var transports = {
  'ws': { wire: 'ws', usable: function (env) { return env.WebSocket; } },
  'stream': { wire: 'stream', path: 'stream', open: stream, usable: streams },
  'sse': { wire: 'sse', path: 'events', open: sse.open, usable: sse.usable },
  'frame': { wire: 'frame', path: 'frame', open: frame$frame.open, usable: frame$frame.usable },
  'long-poll': { wire: 'poll', path: 'messages', open: poll, isPoll: true, usable: asks },
  'jsonp': { wire: 'jsonp', path: 'messages', open: poll, isPoll: true, request: jsonp, usable: jsonp.usable },
  'short-poll': { wire: 'poll', path: 'messages', open: poll, isPoll: true, isShort: true, usable: asks }
};

// options.js

// What may be asked for, and what is taken where nothing is asked. README.md gives the reasons.

// The carriers that were asked for; throws where there is none of that name.
function carriers(asked) {
  var known = [], name, i;
  for (name in transports) {
    known.push(name);
  }
  asked = asked === undefined ? known : typeof asked === 'string' ? [asked] : asked;
  for (i = json.is(asked, 'Array') && asked.length || -1; i-- > 0 && transports[asked[i]];) {
    // It is one.
  }
  if (i !== -1) {
    throw new TypeError('everwire: `carriers` is a list of ' + known + '; not ' + asked);
  }
  return asked.slice(0);
}

// Milliseconds or bytes.
function numbers(given, all) {
  var name, value;
  for (name in all) {
    value = given && given[name];
    if (value !== undefined) {
      if (typeof value !== 'number' || !(value >= 0) || !isFinite(value)) {
        throw new TypeError('everwire: `' + name + '` is a number, not ' + value);
      }
      all[name] = value;
    }
  }
  return all;
}

var options$options = {
  carriers: carriers,

  complete: function (given) {
    var all = numbers(given, {
      pollInterval: 2000, idleInterval: 10000, timeout: 10000, connectTimeout: 10000, maxQueue: 4194304
    });
    given = given || {};
    all.auth = given.auth;
    all.carriers = carriers(given.carriers);
    all.credentials = given.credentials;
    all.remember = given.remember;
    all.retry = numbers(given.retry, { min: 500, max: 30000 });
    return all;
  }
};

// remember.js

// A session that outlives its page: kept in sessionStorage over a reload, with a mark as long as a page holds it.

var VERSION = 2;

// What was kept by a page that has gone; nothing where there is nothing, or another page holds it.
function read(client) {
  var kept;
  try {
    kept = json.parse(client.env.sessionStorage.getItem('everwire ' + client.url));
    return kept[0] === VERSION && client.given.remember && kept;
  } catch (e) {
    // There is none.
  }
}

function forget(client) {
  try {
    client.env.sessionStorage.removeItem('everwire ' + client.url);
  } catch (e) {
    // There is none.
  }
}

// Keeps the session for another page; `isLive` as long as this one holds it. What was kept before goes where it can't be
// kept: a page that went on with that would say numbers that are taken.
function keep(client, isLive) {
  var session = client.session, outbox = session.outbox;
  if (client.given.remember && session.sid && client.state !== 'closed') {
    client.isKept = true;
    try {
      client.env.sessionStorage.setItem('everwire ' + client.url, json.stringify([
        isLive ? 0 : VERSION, session.sid, session.turn, session.taken, session.terms, outbox.taken, outbox.sent, client.ids,
        isLive ? 0 : message$message.texts(outbox.unacked())
      ]));
    } catch (e) {
      client.isKept = false;
      forget(client);
    }
  }
}

var remember = {
  keep: keep,
  forget: forget,

  // Goes on with the session of the page that was here before, where it left one.
  recall: function (client) {
    var kept = read(client), session = client.session, outbox = session.outbox, i;
    if (kept) {
      session.sid = kept[1];
      session.turn = kept[2];
      session.taken = kept[3];
      session.terms = kept[4];
      outbox.gone = outbox.taken = client.acked = kept[5];
      outbox.sent = kept[6];
      client.ids = kept[7];
      for (i = 0; i < kept[8].length; i++) {
        outbox.push(message$message.measured({ head: kept[8][i] }));
      }
      client.peer = session.terms.peer;
      client.update();
      // At once: a copy of this tab that is made before the session is carried would go on with it as well.
      keep(client, true);
    }
    return kept;
  },

  // Whether no other page has taken over what this one has left.
  isOurs: function (client) {
    return (read(client) || [])[1] === client.session.sid;
  }
};

// words.js

// Sentences for people.

var NAMES = {
  'ws': 'WebSocket', 'stream': 'a stream', 'sse': 'a stream of events', 'frame': 'a hidden frame', 'long-poll': 'long-polling',
  'jsonp': 'scripts', 'short-poll': 'polling now and then'
};

function after(ms) {
  return 'reconnecting' + (ms < 1000 ? '.' : ' in ' + Math.ceil(ms / 1000) + ' s.');
}

var words = {
  open: function (name) {
    return 'Connected over ' + NAMES[name] + '.';
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
  on: function (name, fn) {
    if (typeof fn !== 'function') {
      throw new TypeError('everwire: a handler is a function');
    }
    // A new list each time: one that is being called is never changed. With a space before it, no name of an event is one
    // that objects treat as special, like `__proto__`.
    this.handlers[' ' + name] = this.heardBy(name).concat(fn);
    return this;
  },

  once: function (name, fn) {
    var self = this;
    function one() {
      self.off(name, one);
      fn.apply(this, arguments);
    }
    one.fn = fn;
    return this.on(name, one);
  },

  heardBy: function (name) {
    return this.handlers[' ' + name] || [];
  },

  // Takes a handler out, or all of that name.
  off: function (name, fn) {
    var list = this.heardBy(name), left = [], i;
    for (i = 0; fn && i < list.length; i++) {
      if (list[i] !== fn && list[i].fn !== fn) {
        left.push(list[i]);
      }
    }
    this.handlers[' ' + name] = left;
    return this;
  },

  fire: function (name, args) {
    var list = this.heardBy(name), i;
    for (i = 0; i < list.length; i++) {
      this.call(list[i], args);
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
      timer: this.later(function () {
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

// transport/websocket.js

// The WebSocket: both ways in one. Nothing relies on it before a frame has gone and come; it is left as soon as it is
// mute in either direction.

// Where it stands.
var CONNECTING = 0, CONNECTED = 1, ASKED = 2, ATTACHING = 3, ATTACHED = 4, OVER = 5;
// Milliseconds to answer an attach or a ping; to wait for the opening by POST before the WebSocket opens the session itself;
// that a sender may be unacknowledged, beside two round trips.
var SHORT = 5000, HEADSTART = 2000, UNACKED = 10000;
// Bytes that may wait in the browser; the rest waits here, where it need not be repeated.
var FULL = 262144;
// Messages under way at most: what a gateway that has too much to do drops has to be sent again.
var WINDOW = 256;
// Messages and bytes handed over at once.
var SHARE = 32, SHARE_BYTES = 65536;

function Socket(client) {
  this.client = client;
  this.session = client.session;
  this.phase = CONNECTING;
  // The number of the next message; nothing may come before it is told.
  this.from = this.came = this.size = this.pings = this.since = this.attachedAt = this.busy = 0;
  this.isLong = true;
  this.start();
}

Socket.prototype = {
  name: 'ws',

  start: function () {
    var self = this, env = this.client.env, Maker = env.WebSocket, ws;
    this.expect(this.client.given.connectTimeout);
    try {
      this.ws = ws = new Maker(this.client.url.replace(/^http/, 'ws') + '/ws');
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
      self.greet(!self.client.posting);
    };
    ws.onmessage = function (event) {
      var bytes = bytes$bytes.of(event.data);
      self.client.hear(bytes ? packet$packet.readFrame(bytes) : packet$packet.read(event.data), self, (bytes || event.data).length);
    };
    ws.onclose = function (event) { self.closed(event ? event.code : 0); };
    ws.onerror = function () { /* `onclose` follows, or the time runs out. */ };
  },

  // Something has to be heard within so many milliseconds.
  expect: function (ms) {
    this.deadline = this.client.env.now() + ms;
  },

  // Says who is there. Without a session it waits for the one that a POST opens, or opens one (`itself`).
  greet: function (itself) {
    var client = this.client, sid = this.session.sid;
    if (this.phase === CONNECTED && (sid || itself || !client.base())) {
      this.send(sid ? json.stringify({ resume: { session: sid } }) : client.opening());
      this.isOpening = !sid;
      this.phase = ASKED;
      this.expect(client.given.connectTimeout);
      if (sid && !client.carrier && !client.way) {
        // Nothing else carries the session: there is nothing to be careful about.
        this.attach();
      }
    }
  },

  // `open` came; `from` where this opened the session.
  opened: function (from) {
    if (from) {
      this.phase = ATTACHING;
      this.begin();
    } else if (this.phase === ASKED) {
      this.attach();
    }
  },

  attach: function () {
    var session = this.session;
    this.phase = ATTACHING;
    this.expect(SHORT + 2 * this.client.rtt);
    session.told = session.taken;
    this.say({ attach: { after: session.taken, turn: ++session.turn } });
    this.begin();
  },

  // From now on messages go here: everything that the gateway has not acknowledged once more.
  begin: function () {
    if (this.phase === ATTACHING) {
      this.canSend = true;
      this.sayFrom();
      this.flush();
    }
  },

  // The delivery is here.
  attached: function () {
    if (this.phase === ATTACHING) {
      this.phase = ATTACHED;
      this.attachedAt = this.client.env.now();
      this.sayPing();
    }
  },

  sayFrom: function () {
    this.busy = 0;
    this.since = this.client.env.now();
    this.say({ from: this.session.outbox.attach() });
  },

  // Whether something waits that may go now.
  hasRoom: function () {
    var outbox = this.session.outbox, next = outbox.next;
    return this.canSend && !this.busy && next && next <= outbox.last() && next <= outbox.taken + WINDOW;
  },

  flush: function () {
    var client = this.client, outbox = this.session.outbox, items, i;
    while (this.hasRoom() && !(this.ws.bufferedAmount > FULL)) {
      if (outbox.next - 1 <= outbox.taken) {
        this.since = client.env.now();
      }
      items = outbox.hand(SHARE, SHARE_BYTES);
      this.acknowledge();
      for (i = 0; i < items.length; i++) {
        this.send(this.isBinary ? message$message.frame(items[i]) : message$message.text(items[i]));
      }
    }
    if (this.hasRoom()) {
      this.later(50);
    } else if (client.goodbye && this.canSend && outbox.next > outbox.last() && !this.busy && !this.saidGoodbye) {
      this.saidGoodbye = true;
      // Else what came last would count as never delivered.
      this.acknowledge();
      this.say(client.goodbye);
    }
  },

  // Goes on with what waits after so many milliseconds; `from` says where, if the gateway dropped some.
  later: function (ms) {
    var self = this, client = this.client;
    client.env.clearTimeout(this.timer);
    this.timer = client.later(function () {
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
      this.client.env.setTimeout(function () { self.fail('it takes nothing any more'); }, 0);
    }
  },

  // What the gateway says of what is sent here, and of the way.
  confirmed: function (busy, now) {
    this.since = now;
    if (busy === undefined) {
      this.flush();
    } else {
      this.busy = 1;
      this.later(busy);
    }
  },

  ping: function (number) {
    this.say({ pong: number });
  },

  pong: function (number, now) {
    if (number === this.pings && this.pinged) {
      this.client.measured(now - this.pinged);
      this.pinged = 0;
    }
  },

  sayPing: function () {
    this.pinged = this.lastPing = this.client.env.now();
    this.say({ ping: ++this.pings });
  },

  acknowledge: function () {
    var session = this.session;
    if (session.taken > session.told && this.phase === ATTACHED) {
      session.told = session.taken;
      this.size = 0;
      this.say({ ack: session.taken });
    }
  },

  // Makes sure that it is alive: asks, and leaves it if nothing comes soon.
  check: function () {
    this.since = this.client.env.now();
    this.expect(SHORT);
    if (this.phase === ATTACHED) {
      this.sayPing();
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
      if (outbox.next - 1 > outbox.taken && !this.busy && now - this.since >= UNACKED + 2 * this.client.rtt) {
        this.fail('nothing was acknowledged for too long');
      } else {
        this.acknowledge();
        if (now - this.lastPing >= this.session.terms.ping * 1000) {
          this.sayPing();
        }
      }
    }
  },

  // Leaves it without a word to anyone.
  drop: function () {
    var ws = this.ws;
    this.client.env.clearTimeout(this.timer);
    if (this.canSend) {
      this.session.outbox.cut();
    }
    this.phase = OVER;
    this.canSend = false;
    try {
      ws.onopen = ws.onmessage = ws.onclose = function () { /* too late */ };
      ws.close();
    } catch (e) {
      // It never came about.
    }
  },

  fail: function (why) {
    if (this.phase === CONNECTED && why === 'nothing came in time') {
      // No POST has opened a session.
      this.expect(SHORT);
      this.greet(true);
    } else if (this.phase !== OVER) {
      this.client.failed(this, why, this.attachedAt ? this.client.env.now() - this.attachedAt || 1 : 0);
    }
  },

  closed: function (code) {
    var client = this.client;
    if (code === 4002 && this.isOpening && this.phase === ASKED) {
      this.refused();
    } else if (code === 4003 && this.phase === ATTACHED) {
      client.paused(4003, 1000, this);
    } else {
      this.fail('it was closed with code ' + code);
    }
  },

  // The gateway does not take the `open`: its key is used, or it did not come in time.
  refused: function () {
    var client = this.client;
    if (!this.session.sid && (client.base() || !client.isRefused)) {
      // A POST learns which; without one it is the key if it happens again.
      client.isRefused = 1;
      this.fail('its opening was refused');
    } else {
      client.dropSocket();
      if (this.session.sid) {
        // A POST was faster, and its session is in use: a WebSocket that begins now resumes it.
        client.settle();
      } else {
        client.wasUsed();
      }
    }
  }
};


// answers.js

// What an HTTP answer means. A status counts only with a body of this protocol: a proxy's 404, a login page, a 502 are a
// broken carrier and no verdict on the session.

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
  error = body.error || {};
  answer.why = error.message || (answer.late ? 'nothing came in time' : 'an answer with status ' + answer.status);
  answer.retry = answer.retry || 1000;
  answer.kind = body.close ? packet$packet.read({ close: body.close }) && 'close'
    : /^(400[239]|used|stale|gap)$/.test(error.code) ? error.code : !body.error && /^20[01]$/.test(answer.status) && 'ok';
  return answer;
}

// Reads a list of packets in place; false where one is none.
function readAll(packets) {
  var i;
  for (i = 0; i < packets.length && packet$packet.read(packets[i]); i++) {
    // Each in turn.
  }
  return i === packets.length;
}

// Whether this is a poll's answer; its packets are read then.
function isBatch(body) {
  body.control = body.control || [];
  return packet$packet.isNumber(body.from, 1) && json.is(body.messages, 'Array') && readAll(body.messages) && readAll(body.control);
}

var answers = { interpret: interpret, isBatch: isBatch };

// probe.js

// Tries a stream before it is relied on: whether what the gateway writes at different times also arrives at different
// times. Something that buffers would hold everything back to the stream's end.

// Milliseconds that the gateway waits before the ping, and those between two packets that came together; and beyond
// everything else.
var PAUSE = 300, TOGETHER = 100, GRACE = 1000;

// `done(why)` is called once, why '' if it flows. Returns how to give it up.
var probe = function (client, open, url, done) {
  var env = client.env, opened = 0, stop, timer;

  // What else comes of it is not heard.
  function drop() {
    done = null;
    env.clearTimeout(timer);
    stop();
  }

  function finish(why) {
    var fn = done;
    if (fn) {
      drop();
      fn(why);
    }
  }

  timer = env.setTimeout(function () { finish('nothing came in time'); }, PAUSE + GRACE + 2 * (client.rtt || GRACE));
  stop = open(client, url, function (text) {
    var packet = packet$packet.read(text) || {};
    if (packet.kind === 'open') {
      opened = env.now();
    } else {
      finish(packet.kind !== 'ping' || !opened ? 'it is another' : env.now() - opened < TOGETHER ? 'it is held back' : '');
    }
  }, function () { finish('it was cut'); });
  return drop;
};

// link.js

// What carries the session at the moment: moves it from carrier to carrier. These are methods of the client.
//
// `way` is that of the GETs, `socket` a WebSocket, `probe` a stream on trial; `carrier` names the one of the first two that has
// the delivery. One that has lost it is dropped at once: what was in flight there comes again.

// Milliseconds between two looks at everything; how late a look is before the machine must have slept.
var LOOK$link = 1000, SLEPT = 5000;

var link = {
  // Milliseconds to wait after so many failures: full jitter below a bound that doubles, so that many clients come back
  // spread.
  delay: function (failures) {
    var retry = this.given.retry;
    return Math.floor(this.env.random() * Math.min(retry.max, retry.min * Math.pow(2, failures)));
  },

  // Browsers wait at most so long: what is more is no wait at all there.
  later: function (fn, ms) {
    return this.env.setTimeout(fn, Math.min(ms, 2147483647));
  },

  // The address of something of the session. The query gets a value that no cache has seen, out of a bounded set: old
  // browsers keep an entry for each address that ever was.
  address: function (path, query) {
    this.queries = (this.queries + 1) % 1000;
    path = path && '/' + this.session.sid + '/' + path;
    return this.url + '/session' + path + '?' + query + 't=' + this.seed + this.queries;
  },

  // Sends a request; `done` gets the answer interpreted, and how many milliseconds it took.
  ask: function (ask, done) {
    var env = this.env, began = env.now(), mode = transports[this.base()];
    ask.credentials = this.given.credentials;
    return (mode && mode.request || env.request).send(env, ask, function (answer) {
      done(answers.interpret(answer), env.now() - began);
    });
  },

  // The carriers that can be used here, in the browser and at the gateway, best first.
  carriers: function () {
    var list = [], wires = this.session.terms.carriers, i, mode;
    for (i = 0; i < this.names.length; i++) {
      mode = transports[this.names[i]];
      if (mode.usable(this.env) && (!wires || (',' + wires + ',').indexOf(',' + mode.wire + ',') >= 0)) {
        list.push(this.names[i]);
      }
    }
    return list;
  },

  // The carrier to rely on over HTTP: the best that is not resting, a stream only if it is proved; else the last. '' if none.
  // `above` gets the names of those that are better.
  base: function (above) {
    var list = this.carriers(), ladder = this.ladder, last = '', i, name;
    for (i = 0; i < list.length; i++) {
      name = list[i];
      if (name !== 'ws') {
        last = name;
        if (!ladder.rests(name) && (transports[name].isPoll || ladder.isProved(name))) {
          break;
        }
      }
    }
    while (above && i-- > 0) {
      if (list[i] !== last) {
        above.unshift(list[i]);
      }
    }
    return last;
  },

  // Brings what is carried, and how, to what it should be. May be called at any time.
  settle: function () {
    var above = [], base = this.base(above), socket = this.socket, wantsSocket = (',' + above + ',').indexOf(',ws,') >= 0, i;
    if (this.isOver || this.isHolding) {
      return;
    }
    if (socket && !wantsSocket && !socket.attachedAt) {
      // It would take the delivery as soon as it stood. One that has it keeps it until another does.
      this.dropSocket();
    }
    if (base && !this.session.sid) {
      this.post();
    } else if (base && !(wantsSocket && this.carrier === 'ws')) {
      this.receive(base);
    }
    // Something better is tried beside what there is.
    for (i = 0; i < above.length && base && this.ladder.rests(above[i]); i++) {
      // It rests.
    }
    if (above[i] === 'ws') {
      this.socket = this.socket || new Socket(this);
    } else if (above[i] && !this.socket && !this.probe && this.carrier) {
      this.tryStream(above[i]);
    }
  },

  // Tries a stream beside the poll, or in its place for a moment where there are but two connections.
  tryStream: function (name) {
    var self = this, mode = transports[name];
    if (this.env.isScarce) {
      this.rest();
    }
    this.probe = probe(this, mode.open, this.address(mode.path, 'probe=1&'), function (why) {
      self.probe = null;
      self.debug(name + (why ? ' is no good: ' + why : ' flows'));
      self.ladder.judge(name, 0, !why);
      self.settle();
    });
  },

  // The WebSocket is about to take the delivery: polls stand back.
  isAttaching: function () {
    return this.socket && this.socket.phase === 3;
  },

  // Looks after everything once a second.
  look: function () {
    var self = this, now = this.env.now(), passed = now - this.looked;
    this.looked = now;
    this.inspect(this.socket, now, passed);
    this.inspect(this.get, now, passed);
    this.settle();
    if (!this.isOver) {
      this.env.setTimeout(function () { self.look(); }, LOOK$link);
    }
  },

  // The machine slept, its clock was set, or the page is in the background, where timers are rare: nothing is known of the
  // time between. Ask first, decide then; what has been asked and never answered is dead.
  inspect: function (one, now, passed) {
    if (one && one.deadline) {
      if (passed < 0 || passed > SLEPT && !one.isDoubted && (one === this.socket || now >= one.deadline)) {
        one.isDoubted = 1;
        one.check();
      } else if (now >= one.deadline) {
        one.fail('nothing came in time');
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
    this.settle();
    this.flush();
  },

  // Sends what waits, by whatever takes it now. `isOwed`: and acknowledges.
  flush: function (isOwed) {
    if (this.socket && this.socket.canSend) {
      this.socket.flush();
    } else if (this.session.sid) {
      this.post(isOwed);
    }
  },

  // Something was said. What is said in one go travels in one request.
  stir: function () {
    var self = this;
    this.hasten();
    if (this.env.document && this.env.document.hidden || this.socket && this.socket.canSend) {
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
    if (ms >= 0 && ms <= 30000) {
      this.rtt = this.rtt === null ? ms : Math.round((this.rtt * 3 + ms) / 4);
      this.fire('rtt', [this.rtt]);
    }
  },

  // The gateway has everything up to `number`. False if it can't have.
  confirm: function (number) {
    var isRight = this.session.outbox.ack(number);
    this.update();
    return isRight;
  }
};

// receiver.js

// Receives by a row of GETs, one after the other: polls, each of which has one answer, or streams, each of which goes on for
// as long as it is let. `way` is the carrier's name, `get` the one under way. These are methods of the client.

// Milliseconds for a stream to begin, beside two round trips; that it has to last to be followed by another without a pause,
// if it brought nothing; and before what it brought is acknowledged.
var SHORT$receiver = 5000, BRIEF = 1000, OWED = 5000;

function Get(client, name) {
  this.client = client;
  this.name = name;
  this.began = client.env.now();
  // The number of the next message; nothing may come before it is told. By when something has to be heard.
  this.from = this.came = this.size = this.deadline = 0;
  this.acknowledged = this.began;
}

Get.prototype = {
  fail: function (why) {
    if (this.client.get === this) {
      this.client.rest();
      this.client.ended(this, why);
    }
  },

  check: function () {
    this.client.askAgain();
  },

  // Once a second.
  look: function (now) {
    if (now - this.acknowledged >= OWED) {
      this.acknowledge();
    }
  },

  acknowledge: function () {
    this.acknowledged = this.client.env.now();
    this.size = 0;
    this.client.flush(true);
  }
};

var receiver = {
  // Receives this way from now on.
  receive: function (name) {
    this.choose(name);
    if (!this.get && !this.asking) {
      this.askNow();
    }
  },

  choose: function (name) {
    if (this.way !== name) {
      this.rest();
      this.way = name;
      // Milliseconds between polls that are not held; seconds that the others are held at most, where something on the way cuts
      // or swallows them, and how often that was. Until an answer has come since it began, or since the last failure, none is
      // held: an answer at once tells that the way is good.
      this.interval = this.given.pollInterval;
      this.longest = Infinity;
      this.cuts = this.isProved = 0;
    }
  },

  // The opening by POST was answered: its answer is a poll's as well.
  wasOpened: function (body) {
    var self = this, isFirst = !this.session.sid, get = new Get(this, this.base());
    function hear(packet) {
      if (!isFirst || self.get === get) {
        self.hear(packet$packet.read(packet), get, 0);
      }
    }
    if (isFirst) {
      this.choose(get.name);
      this.get = get;
      get.stop = function () { /* It is over. */ };
    }
    hear({ open: body.open });
    if (isFirst && json.is(body.messages, 'Array')) {
      poll.feed(body, hear);
    }
    if (this.get === get) {
      this.get = null;
      if (get.from) {
        this.ended(get, '');
      }
    }
    this.settle();
  },

  // For how many seconds polls are held.
  wait: function () {
    return transports[this.way].isShort ? 0 : Math.min(this.session.terms.wait, this.longest);
  },

  // Nothing is under way, nothing is planned.
  rest: function () {
    var get = this.get;
    this.env.clearTimeout(this.asking);
    this.asking = this.get = null;
    if (get) {
      get.stop();
    }
  },

  // Asks now, in place of whatever is under way: its turn is lower and so it can't take the delivery back.
  askNow: function () {
    var self = this, session = this.session, mode = transports[this.way], get, held = this.isProved ? this.wait() : 0;
    if (!mode || this.isHolding || this.isAttaching() || this.probe && this.env.isScarce) {
      return;
    }
    this.rest();
    session.told = session.taken;
    this.get = get = new Get(this, this.way);
    get.held = held;
    get.isLong = !mode.isPoll;
    get.deadline = get.isLong ? get.began + SHORT$receiver + 2 * this.rtt : 0;
    get.stop = mode.open(this, this.address(mode.path, 'after=' + session.taken + '&turn=' + ++session.turn +
      (mode.isPoll ? '&wait=' + held : '') + '&'), function (packet) {
      if (self.get === get) {
        self.hear(packet$packet.read(packet), get, packet.length || 0);
      }
    }, function (why, answer) {
      if (self.get === get) {
        self.get = null;
        self.ended(get, why, answer);
      }
    }, held * 1000);
  },

  // Makes sure that the way is still good.
  askAgain: function () {
    this.isProved = 0;
    this.askNow();
  },

  // Asks after so many milliseconds; whatever is under way goes on.
  askIn: function (ms) {
    var self = this;
    this.env.clearTimeout(this.asking);
    this.due = this.env.now() + ms;
    this.asking = this.later(function () {
      self.asking = null;
      self.askNow();
    }, ms);
  },

  // Something was said, so that something may come back.
  hasten: function () {
    this.interval = this.given.pollInterval;
    if (this.asking && this.due - this.env.now() > this.interval) {
      this.askIn(this.interval);
    }
  },

  // One is over. Held by something on the way, once is an accident; it is held for less then, down to not at all.
  ended: function (get, why, answer) {
    var kind = answer && answers.interpret(answer).kind, ms = this.env.now() - get.began, isHopeless = get.isLong;
    if (kind === 'close') {
      this.over(answer.body.close);
    } else if (kind === 'stale') {
      this.moved(answer.body.turn, get);
    } else if (!why && get.from && (!get.isLong || get.came > 1 || ms > BRIEF)) {
      this.cuts = this.fails = 0;
      this.isProved = 1;
      this.carry(get);
      if (!this.get && !this.asking && this.way) {
        // One that was to be held and is not: a cache on the way, or a gateway that has no time.
        this.goOn(get.came > 1, get.came < 2 && ms < get.held * 500);
      }
    } else {
      this.isProved = 0;
      if (kind === 4003 || kind === 4009) {
        this.paused(kind, answer.retry, get);
        return;
      }
      if (get.held && this.cuts++) {
        this.longest = Math.floor(ms >= get.held * 1000 ? get.held / 4 : ms * 0.75 / 1000);
        isHopeless = this.longest < 1;
      }
      this.failed(get, why || 'it ended at once', isHopeless ? get.from && ms : undefined);
    }
  },

  // The next one: without a timer where there is no reason for a pause, since in the background those are rare.
  goOn: function (came, isEarly) {
    var given = this.given;
    if (this.wait() > 0 && !isEarly) {
      this.askNow();
    } else {
      this.interval = came ? given.pollInterval
        : Math.min(this.interval * 1.5, Math.max(given.idleInterval, given.pollInterval));
      this.askIn(this.interval);
    }
  }
};

// env/random.js

// A key that nobody guesses: 128 random bits in hex, from the browser's best source.

var random = function (env) {
  var crypto = env.root.crypto || env.root.msCrypto, text = '', bytes = [], i;
  if (!env.isRandom && crypto && crypto.getRandomValues) {
    bytes = new Uint8Array(16);
    // Old WebKit returns nothing.
    crypto.getRandomValues(bytes);
  }
  for (i = 0; i < 16; i++) {
    text += (256 + (bytes.length ? bytes[i] : Math.floor(env.random() * 256))).toString(16).slice(1);
  }
  return text;
};

// post.js

// Sends by POST: one at a time, each with everything the gateway does not have yet, as far as it goes. The first one opens the
// session; it is repeated with the same key, which leads to the same session. These are methods of the client.

// Most packets in a body: the gateway's own default bound; and bytes, where it has not said, or that ride along with an
// opening: more would make the first round trip slow.
var MOST$post = 1024, FULL$post = 65536;
// Bytes a millisecond that the slowest uplink is trusted with, and milliseconds for an answer beside that.
var SLOWEST = 16, PATIENCE = 10000;
// Milliseconds after which credentials are asked for again: tokens may live for a minute, and the network be away for an hour.
var STALE = 30000;

var post = {
  // For a new session, or one whose key led nowhere.
  renew: function () {
    this.key = random(this.env);
    this.askedAt = this.attempts = this.isRefused = 0;
    // How many messages rode along with the opening, whose fate is unknown until an answer comes.
    this.carried = 0;
    this.most = MOST$post;
    this.share = Infinity;
  },

  // The opening as a packet. Credentials that were asked for some time ago are asked for again, unless something is under way
  // with them. The key stays, so that an opening whose answer was lost is found; if it had other credentials, that is told
  // (`used`). Nothing is given where the application's function throws, which is told where nobody waits.
  opening: function () {
    var auth = this.given.auth, now = this.env.now(), isFunction = typeof auth === 'function';
    var isInUse = this.posting || this.socket && this.socket.isOpening;
    if (!this.askedAt || isFunction && !isInUse && now - this.askedAt >= STALE) {
      this.askedAt = now;
      this.auth = undefined;
      try {
        this.auth = isFunction ? auth() : auth;
      } catch (error) {
        this.rethrow(error);
      }
    }
    return json.stringify({ open: { auth: this.auth, key: this.key } });
  },

  // Nothing is under way, nothing is planned.
  dropPost: function () {
    this.env.clearTimeout(this.postingLater);
    if (this.posting) {
      this.posting();
    }
    this.posting = this.postingLater = null;
  },

  // Sends what waits, unless a POST is under way or has to wait. `isOwed`: an acknowledgement is worth one of its own. Only the
  // first attempt of an opening brings messages: once an answer is lost, every further one would add to what may have been
  // taken by a session that is gone before it is reached.
  post: function (isOwed) {
    var session = this.session, outbox = session.outbox, opens = !session.sid, max = session.terms.max || FULL$post,
      items = [], all = [], isLast, bye;
    if (this.isOver || this.isHolding || this.posting || this.postingLater || !this.base() ||
      !(opens || outbox.last() > outbox.taken || this.goodbye || isOwed)) {
      return;
    }
    this.from = outbox.attach();
    if (!opens || !this.attempts++ && outbox.queue.length && outbox.queue[0].size <= max) {
      items = outbox.hand(this.most, Math.min(max, this.share) - 2);
      all = message$message.texts(items);
    }
    isLast = !opens && this.goodbye && outbox.next > outbox.last();
    // The body is a whole: nobody counts along.
    outbox.cut();
    if (opens) {
      all.unshift(this.opening());
    } else if (session.taken > session.told || isLast) {
      // What came last would count as never delivered without the acknowledgement before the end.
      bye = '{"ack":' + session.taken + '}' + (isLast ? ',' + json.stringify(this.goodbye) : '');
      if (!items.length || utf8.size(message$message.body(all)) + bye.length < max) {
        all.push(bye);
      } else {
        // That goes alone: a body that is too large for it would be held against what was said last.
        bye = 0;
      }
    }
    this.sendPost(items, message$message.body(all), opens, bye ? session.taken : 0, bye && isLast);
  },

  // `told`: what is acknowledged by it; `isBye`: it ends the session.
  sendPost: function (items, body, opens, told, isBye) {
    var self = this, outbox = this.session.outbox, last = this.from - 1 + items.length, wait = 0, i;
    for (i = 0; i < items.length; i++) {
      wait = items[i].id ? 1 : wait;
    }
    if (opens) {
      this.openingAt = this.env.now();
      if (items.length) {
        this.carried = items.length;
        this.carriedAt = this.openingAt;
      }
    }
    this.posting = this.ask({
      method: 'POST', body: body, key: opens && this.key, last: last, taken: function () { return outbox.taken; },
      // The answer to an opening is a poll's too: it waits a moment for a reply where one is asked for.
      url: opens ? this.address('', 'wait=' + wait + '&') : this.address('messages', 'seq=' + this.from + '&'),
      timeout: (opens ? this.given.connectTimeout + wait * 1000 : PATIENCE + 2 * this.rtt) + body.length / SLOWEST
    }, function (answer, ms) {
      self.posting = null;
      if (answer.kind === 'close') {
        self.over(answer.body.close, !opens);
      } else if (opens) {
        self.openAnswered(answer, answer.kind, answer.body);
      } else {
        self.posted(answer, answer.kind, answer.body.ack, last, ms, body.length, told, isBye);
      }
    });
  },

  openAnswered: function (answer, kind, body) {
    var session = this.session;
    if (kind === 'ok' && packet$packet.read({ open: body.open })) {
      // It is ours, whatever turn it was given.
      session.turn = session.sid ? Math.max(session.turn, body.open.turn) : 0;
      this.wasOpened(body);
    } else if (session.sid) {
      // A WebSocket was faster.
      return;
    } else if (kind === 'used') {
      this.wasUsed();
    } else if (kind === 4002 && this.carried) {
      // Nothing of it was taken.
      this.carried = session.outbox.sent = 0;
      this.settle();
    } else if (kind === 4002) {
      this.over({ code: 4002, reason: answer.why });
    } else if (kind === 4003 || kind === 4009) {
      this.paused(kind, answer.retry, {});
    } else {
      this.failed({}, answer.why);
    }
  },

  // The session that this key opened is in use, or gone: it is nothing that we know of.
  wasUsed: function () {
    this.forgetCarried('The opening was taken, but its answer was lost.');
    this.renew();
    this.failed({}, 'the key was used before');
  },

  // The session is open, `open` says how far. What rode along with an attempt that is older than the gateway remembers may
  // have been taken by a session that is gone. What was said before it was known how much the gateway takes may be too large.
  settleOpening: function (open) {
    var outbox = this.session.outbox, number, item, error;
    if (!open.received && this.openingAt - this.carriedAt > open.resume * 1000) {
      this.forgetCarried('The first opening was not answered.');
    }
    this.carried = 0;
    for (number = outbox.last(); number > outbox.sent; number--) {
      item = outbox.queue[number - outbox.gone - 1];
      error = this.tooLarge(item);
      if (error) {
        outbox.remove(number);
        this.fail(item, error);
      }
    }
  },

  forgetCarried: function (why) {
    var outbox = this.session.outbox, told = { code: 4004, reason: why, undelivered: null, uncertain: [] }, ids = [], item;
    for (; this.carried; this.carried--) {
      item = outbox.remove(1);
      ids.push(item.id);
      told.uncertain.push(message$message.describe(item, true));
    }
    outbox.sent = 0;
    if (ids.length) {
      this.update();
      while (ids.length) {
        this.reply(ids.shift(), { code: 'uncertain', message: why });
      }
      this.fire('reset', [told]);
    }
  },

  posted: function (answer, kind, ack, last, ms, length, told, isBye) {
    var session = this.session, outbox = session.outbox, isAck = packet$packet.isNumber(ack, 0), count = last + 1 - this.from;
    if (kind === 'ok' && isAck) {
      if (length < 4096) {
        this.measured(ms);
      }
      session.told = Math.max(session.told, told);
    }
    if (isAck && (kind === 'ok' ? ack > outbox.sent : kind === 'gap' && ack < outbox.taken)) {
      // Whatever it has under these numbers was not said here, or it has lost it.
      this.over({ code: 4004, reason: 'The gateway has other messages than were said here.' });
      return;
    }
    if (isAck) {
      this.confirm(ack);
    }
    if (kind === 4002) {
      this.refused(count, answer.why);
    } else if (kind === 4003 || kind === 4009) {
      this.postLater(answer.retry);
      return;
    } else if (isAck && (kind === 'gap' || kind === 'ok' && outbox.taken >= last)) {
      this.postFails = 0;
      this.most = MOST$post;
      if (isBye) {
        this.saidGoodbye();
      }
    } else {
      if (answer.late && length > 32768) {
        this.share = Math.floor(length / 2);
      }
      this.debug('sending failed (' + answer.why + '); repeating it');
      this.postLater(this.delay(this.postFails++));
    }
    this.flush();
  },

  // Nothing of the body was taken. Halves find the message that is at fault; it is given back, and its number to the next.
  refused: function (count, why) {
    var session = this.session, item;
    if (count > 1) {
      this.most = Math.ceil(count / 2);
    } else if (count && this.from > session.outbox.taken && !(this.socket && this.socket.canSend)) {
      this.most = MOST$post;
      item = session.outbox.remove(this.from);
      this.update();
      this.fail(item, { code: 4002, message: why });
    } else if (!count) {
      session.told = session.taken;
      this.saidGoodbye();
    }
  },

  postLater: function (ms) {
    var self = this;
    this.postingLater = this.later(function () {
      self.postingLater = null;
      self.flush();
    }, ms);
  }
};

// hear.js

// What comes from the gateway, and to whom it goes. These are methods of the client.

// Milliseconds that silence is borne beyond the gateway's ping; how late a look may be where timers come as they should.
var GRACE$hear = 10000, LATE = 2000;
// Acknowledged at the latest after so many messages, or bytes.
var OWED$hear = 32, OWED_BYTES = 65536;
// The client's own events: a message of such a name reaches only the handlers of `*`.
var OWN = /^(open|state|carrier|reset|lost|error|close|ack|rtt|\*)$/;

var hear$hear = {
  // A packet has come on a carrier; null: something that is none.
  hear: function (packet, by, size) {
    var kind = packet && packet.kind, session = this.session, now = this.env.now(), fresh;
    by.came++;
    by.isDoubted = 0;
    by.deadline = by.isLong && by.from ? now + session.terms.ping * 1000 + GRACE$hear : by.deadline;
    if (kind === 'open') {
      this.reopened(packet.open, by);
    } else if (kind === 'from') {
      // A gap is explained by the `close` of a slow consumer, which follows; or else the time for it runs out.
      if (packet.from <= session.taken + 1) {
        this.begins(by, packet.from);
      }
    } else if (kind === 'close') {
      this.over(packet.close, !by.from);
    } else if (kind === 'drain') {
      this.paused(4003, packet.drain.retry, by);
    } else if (kind === 'moved') {
      this.moved(packet.moved.turn, by);
    } else if (kind === 'ack' && this.confirm(packet.ack)) {
      if (by === this.socket) {
        by.confirmed(packet.busy, now);
      }
    } else if (kind === 'ping' || kind === 'pong') {
      if (by === this.socket) {
        by[kind](packet[kind], now);
      }
    } else if ((fresh = packet && kind !== 'ack' && by.from && session.take(by.from, [packet]))) {
      this.took(fresh, by, size);
    } else {
      by.fail('it makes no sense');
    }
  },

  // A message was counted on this carrier, new or a repeat, which is nothing that has come.
  took: function (fresh, by, size) {
    var isLate = by === this.socket && this.env.now() - this.looked > LATE;
    by.from++;
    by.size += size;
    by.came -= fresh.length ? 0 : 1;
    if (by.isLong && (this.session.taken - this.session.told >= OWED$hear || by.size >= OWED_BYTES || isLate)) {
      by.acknowledge();
    }
    this.deliver(fresh);
  },

  // The next message on this carrier has that number: it has the delivery.
  begins: function (by, from) {
    by.from = from;
    by.deadline = by.isLong ? this.env.now() + this.session.terms.ping * 1000 + GRACE$hear : 0;
    this.carry(by);
  },

  // `open` came on something: the first one opens the session.
  reopened: function (open, by) {
    var session = this.session, isFirst = !session.sid;
    if (!isFirst && session.sid !== open.session || !session.outbox.ack(open.received)) {
      this.over({ code: 4004, reason: 'The gateway means another session.' });
    } else if (!isFirst && open.turn > session.turn) {
      this.moved(open.turn, by);
    } else {
      session.sid = open.session;
      session.terms = open;
      session.turn = Math.max(session.turn, open.turn);
      if (isFirst) {
        this.openedAt = this.env.now();
        this.settleOpening(open);
        this.fails = 0;
        if (this.socket && by !== this.socket) {
          this.socket.greet();
        }
      }
      this.update();
      if (by === this.socket) {
        by.opened(open.from);
      }
      if (open.from && by.isLong) {
        this.begins(by, open.from);
      }
    }
  },

  // From now on this carries the session.
  carry: function (by) {
    var name = by.name, before = this.before, why = this.why, isFirst = !this.session.isTold;
    if (by.isLong) {
      this.fails = 0;
    }
    if (by === this.socket) {
      by.attached();
    }
    if (this.carrier !== name) {
      if (by === this.socket) {
        this.rest();
        this.way = '';
        this.unprobe();
      } else if (this.socket && this.socket.attachedAt) {
        this.dropSocket();
      }
      this.session.isTold = this.wasOpen = true;
      this.peer = this.session.terms.peer;
      this.carrier = this.before = name;
      this.why = '';
      this.setState('open', words.open(name));
      if (this.state === 'open' && name !== before) {
        this.fire('carrier', [name, { before: before, why: why || (before ? 'it is better' : 'it is the first') }]);
      }
      if (this.state === 'open' && isFirst) {
        remember.keep(this, true);
        this.fire('open', [{ peer: this.peer, session: this.isResumed ? 'resumed' : 'new', carrier: name }]);
      }
      this.flush();
    }
  },

  // Gives messages to their handlers, in order, one at a time even where a handler makes more of them come.
  deliver: function (messages) {
    var packet = messages[0];
    if (packet) {
      packet.seq = this.session.taken;
      this.inbox.push(packet);
      this.update();
    }
    if (!this.isDelivering) {
      this.isDelivering = true;
      while ((packet = this.inbox.shift())) {
        if (this.state !== 'closed') {
          this.give(packet, packet.kind, packet.binary ? bytes$bytes.give(packet.binary) : packet.data);
        }
      }
      this.isDelivering = false;
    }
  },

  give: function (packet, kind, data) {
    var name = packet.event, about;
    if (kind === 'reply') {
      this.reply(packet.reply, packet.error || null, data);
    } else if (kind === 'event') {
      about = {
        event: name, data: data, room: packet.room, peer: packet.peer, at: packet.at, seq: packet.seq, reply: null, fail: null
      };
      if (packet.id) {
        this.answerable(about, packet.id);
      }
      this.fire('*', [name, data, about]);
      if (!OWN.test(name)) {
        this.fire(name, [data, about]);
      }
    } else if (kind === 'error' || kind === 'lost') {
      this.fire(kind, [packet[kind]]);
    } else {
      this.debug('nobody hears `' + kind + '`');
    }
  },

  // The gateway asked for a reply: one may be given, once, in the session that asked.
  answerable: function (about, id) {
    var self = this, session = this.session;
    // What could not be sent leaves the request unanswered: `fail` may still be called.
    function answer(packet, data) {
      var isSaid = session === self.session && id && self.push(message$message.compose(packet, data));
      id = isSaid ? 0 : id;
      return !!isSaid;
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
  this.terms = { ping: 25, wait: 25 };
}

// Messages come, the first with this number: those that are new. Null where one is missing before them.
Session.prototype.take = function (first, messages) {
  var fresh = first > this.taken + 1 ? null : messages.slice(this.taken + 1 - first);
  this.taken += fresh ? fresh.length : 0;
  return fresh;
};


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

// ends.js

// Ends: of carriers, and of the session. These are methods of the client.

// Milliseconds that a closing client goes on to deliver what was said; that a session has to live for the next one to be
// opened without delay.
var FAREWELL = 5000, LONG$ends = 30000;
// Bytes that a beacon may have.
var BEACON = 65000;

var ends = {
  // Something failed (without a name: the opening); `lived` is for how many milliseconds it was of service, where that counts
  // against it.
  failed: function (by, why, lived) {
    var name = by.name, isSocket = by === this.socket, was = this.carrier && (this.carrier === 'ws') === isSocket, base, ms;
    this.debug((name || 'the opening') + ' failed: ' + why);
    if (this.isOver) {
      return;
    }
    if (lived !== undefined) {
      this.ladder.judge(name, lived);
    }
    if (isSocket) {
      this.dropSocket();
    }
    if (name && was) {
      this.why = why;
      this.carrier = '';
    }
    base = this.base();
    if (name && base && base !== name) {
      if (was) {
        this.setState('reconnecting', words.cut(why, 0));
      }
      this.settle();
      this.flush();
      return;
    }
    if (!name && this.socket) {
      this.socket.greet(true);
    }
    ms = this.delay(this.fails++);
    if (!this.carrier) {
      this.setState('', this.isOffline ? words.offline : words.cut(why, ms));
    }
    this.hold(ms);
  },

  // The gateway asks to come back later: it drains (4003), or has too much to do (4009).
  paused: function (code, ms, by) {
    if (by === this.socket && this.carrier !== 'ws' && this.base()) {
      // A try beside what works: that goes on.
      by.fail('the gateway has no time');
      return;
    }
    if (by === this.socket) {
      this.dropSocket();
    } else {
      this.rest();
    }
    this.carrier = '';
    ms = code === 4003 ? Math.floor(this.env.random() * ms) : ms;
    this.setState('', words.busy(code, ms));
    this.hold(ms, true);
  },

  // The delivery is at another carrier, whose turn is this.
  moved: function (turn, by) {
    if (turn > this.session.turn) {
      // It was never ours.
      this.over({ code: 4006, reason: 'Another page has taken this session over.' });
    } else if (by === this.socket) {
      if (this.carrier === 'ws' && !this.way) {
        this.setState('reconnecting', words.cut('it was moved', 0));
      }
      this.dropSocket();
      this.settle();
      this.flush();
    } else {
      this.rest();
      this.askIn(0);
    }
  },

  dropSocket: function () {
    var socket = this.socket;
    this.socket = null;
    this.carrier = this.carrier === 'ws' ? '' : this.carrier;
    socket.drop();
  },

  unprobe: function () {
    if (this.probe) {
      this.probe();
      this.probe = null;
    }
  },

  // The session is over. `isAside`: what told it brings no messages, so that some may still be on their way.
  over: function (close, isAside) {
    var self = this;
    if (isAside && !this.ending && close.last > this.session.taken && !this.isAgain(close.code) && (this.way || this.carrier)) {
      this.ending = this.env.setTimeout(function () { self.end(close); }, FAREWELL);
      this.askAgain();
    } else if (!this.isOver) {
      this.end(close);
    }
  },

  // Whether a new session is opened after this code.
  isAgain: function (code) {
    return codes[code] && !codes[code].over && !this.goodbye;
  },

  end: function (close) {
    var outbox = this.session.outbox, missing = close.last - this.session.taken, isAgain = this.isAgain(close.code),
      items, told, i;
    this.confirm(Math.min(close.received || 0, outbox.sent));
    items = outbox.unacked();
    told = {
      code: close.code, reason: close.reason || '', uncertain: [],
      undelivered: missing >= 0 && close.code !== 4004 ? missing : null
    };
    for (i = 0; i < items.length; i++) {
      told.uncertain.push(message$message.describe(items[i], i < outbox.sent - outbox.taken));
    }
    this.drop();
    remember.forget(this);
    this.carrier = '';
    if (isAgain) {
      if (this.openedAt && this.env.now() - this.openedAt > LONG$ends) {
        this.deaths = 0;
      }
      this.begin();
      this.hold(this.delay(this.deaths++), true);
      this.isResumed = false;
      this.acked = 0;
      this.update();
      this.setState('', codes[close.code].words);
    } else {
      // What a callback says from now on is refused, and not left in a session that is over.
      this.isOver = true;
      this.setState('closed', words.closed);
      delete told.undelivered;
    }
    this.failAll('uncertain', 'The session ended before a reply came.');
    this.fire(isAgain ? 'reset' : 'close', [told]);
  },

  // A session that is still to be opened. One that never opens has not lived: the next one comes later still.
  begin: function () {
    this.session = new Session();
    this.openedAt = 0;
    this.renew();
  },

  // Ends every carrier.
  drop: function () {
    this.env.clearTimeout(this.ending);
    this.env.clearTimeout(this.holding);
    this.ending = null;
    this.isHolding = false;
    if (this.socket) {
      this.dropSocket();
    }
    this.rest();
    this.way = '';
    this.unprobe();
    this.dropPost();
  },

  saidGoodbye: function () {
    if (this.goodbye && !this.isOver) {
      this.end({ code: this.goodbye.close.code || 4000, reason: this.goodbye.close.reason });
    }
  },

  // The page goes away, for good or (`mayReturn`) into the browser's cache. What the gateway does not have yet goes after
  // it, where the browser can and it fits: under its numbers, so that it does no harm where it arrives twice.
  hide: function (mayReturn) {
    var session = this.session, outbox = session.outbox, texts = outbox.bytes < BEACON ? message$message.texts(outbox.unacked()) : [];
    if (this.state === 'closed') {
      return;
    }
    remember.keep(this, false);
    this.drop();
    // Until the page is back, if it ever is.
    this.isHolding = this.isDue = true;
    this.isOver = !mayReturn && !this.given.remember;
    if (this.isOver) {
      texts.push('{"close":{}}');
    }
    try {
      if (session.sid && texts.length) {
        this.env.root.navigator.sendBeacon(this.address('messages', 'seq=' + (outbox.taken + 1) + '&'), message$message.body(texts));
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

  // Drops the carrier and attaches anew at once.
  reconnect: function (why) {
    var was = this.carrier;
    if (this.isOver) {
      return;
    }
    this.drop();
    this.carrier = '';
    this.why = why || 'as asked';
    if (was) {
      this.setState('reconnecting', words.cut(this.why, 0));
    }
    this.ladder.forgive();
    this.fails = 0;
    this.release();
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
      this.dropPost();
    }
    if (this.carrier === 'ws') {
      this.socket.check();
    } else if (!this.isHolding && this.way) {
      this.askAgain();
    }
    this.release();
  }
};

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
    var socket = this.socket, outbox = this.session.outbox, isFree;
    isFree = socket && socket.canSend ? !socket.busy && !socket.ws.bufferedAmount && outbox.next > outbox.last()
      : !this.posting && !this.postingLater && !outbox.queue.length && this.base();
    return !!(this.state === 'open' && isFree) && this.emit(event, data);
  }
};

// client.js

// What the application holds in its hands.

function Client(env, base, given, debug) {
  this.env = env;
  this.url = base;
  this.given = options$options.complete(given);
  this.names = this.given.carriers;
  this.debug = debug;
  this.state = 'connecting';
  this.carrier = this.peer = this.before = this.way = this.why = '';
  this.rtt = null;
  this.sent = this.acked = this.received = this.bufferedAmount = 0;
  this.handlers = {};
  this.waiting = {};
  this.inbox = [];
  this.ids = this.fails = this.postFails = this.deaths = this.queries = 0;
  this.seed = Math.floor(env.random() * 1679616).toString(36);
  this.ladder = new Ladder(env, base);
  this.begin();
  this.isResumed = remember.recall(this);
  this.looked = env.now();
}

function mix(methods) {
  var name;
  for (name in methods) {
    Client.prototype[name] = methods[name];
  }
}

mix(events);
mix(requests);
mix(link);
mix(receiver);
mix(post);
mix(hear$hear);
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
      close.code = packet$packet.isNumber(code, 0) ? code : undefined;
      close.reason = reason === undefined ? reason : String(reason);
      this.goodbye = { close: close };
      this.env.setTimeout(function () { self.saidGoodbye(); }, 5000);
      this.flush();
    }
  },

  // Moves to this carrier now, or to the best of these: there is no reason to wait for what failed.
  use: function (names) {
    this.names = options$options.carriers(names);
    this.ladder.forgive();
    this.why = 'as asked';
    this.unprobe();
    if (this.isHolding && !this.isDue) {
      this.release();
    } else {
      this.settle();
    }
    return this;
  },

  say: function (packet, data, callback) {
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
    return this.push(message$message.compose(packet, data), callback);
  },

  // Queues a message, unless it can't be sent: its callback is told why, or else `error`.
  push: function (item, callback) {
    var outbox = this.session.outbox, error = this.tooLarge(item), max = this.given.maxQueue;
    if (this.state === 'closed') {
      error = { code: 'closed', message: 'The client is closed.' };
    } else if (!error && outbox.queue.length && outbox.bytes + item.size > max) {
      error = { code: 'queue_full', message: outbox.bytes + ' bytes wait, and `maxQueue` is ' + max + '; try later.' };
    }
    if (callback && !error) {
      this.expect(++this.ids, callback);
    }
    if (!error) {
      outbox.push(item);
      this.update();
      this.stir();
    } else if (callback) {
      this.call(callback, [error]);
    } else {
      this.fail(item, error);
    }
    return !error;
  },

  tooLarge: function (item) {
    var max = this.session.terms.max;
    return max && item.size >= max && {
      code: 'too_large', message: 'The message has ' + item.size + ' bytes; the gateway takes ' + max + '.'
    };
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

  setState: function (state, sentence) {
    state = state || (this.wasOpen ? 'reconnecting' : 'connecting');
    if (this.state !== 'closed' && (this.state !== state || this.sentence !== sentence)) {
      this.state = state;
      this.sentence = sentence;
      this.carrier = state === 'open' || state === 'closed' ? this.carrier : '';
      this.fire('state', [state, sentence]);
    }
  }
});


// env/xhr.js

// One XMLHttpRequest, whatever the browser calls it, and what all of them do wrong made right.

var IDS = ['Msxml2.XMLHTTP.6.0', 'Msxml2.XMLHTTP.3.0', 'Microsoft.XMLHTTP'];
// Milliseconds between two looks at a stream, in engines that tell of its growth only once.
var LOOK$xhr = 100;

function make() {
  return new XMLHttpRequest();
}

// A function that makes one; nothing where the browser has none.
function creator() {
  var i = -1, way = make;
  for (; i < 3; i++) {
    try {
      way = i < 0 ? make : new Function('return new ' + names$names.ACTIVE + '("' + IDS[i] + '")');
      way();
      return way;
    } catch (e) {
      // The next one, then.
    }
  }
}

function nothing$xhr() {}

// Status and text, which MSXML lets be read only at the end.
function read$xhr(xhr) {
  var answer = { status: 0, text: '' };
  try {
    answer.text = String(xhr.responseText || '');
    // Numbers of WinInet's: the network failed. 1223 is its own name for 204, which says nothing here either.
    answer.status = xhr.status > 599 ? 0 : xhr.status;
    if (answer.status === 429 || answer.status === 503) {
      answer.retry = xhr.getResponseHeader('Retry-After') * 1000;
    }
  } catch (e) {
    // There is none.
  }
  return answer;
}

function begin(xhr, ask, change) {
  xhr.open(ask.method, ask.url, true);
  xhr.onreadystatechange = change;
  if (ask.credentials) {
    xhr.withCredentials = true;
  }
  if (ask.body) {
    // The one type that needs no preflight and that every browser can set.
    try {
      xhr.setRequestHeader('Content-Type', 'text/plain;charset=UTF-8');
    } catch (e) {
      // The gateway does not look at it.
    }
  }
  xhr.send(ask.body || null);
}

// Ends a request. The handler goes first: some browsers report an abort as an end. It is never null, which MSXML calls a type
// mismatch.
function stop(xhr) {
  try {
    xhr.onreadystatechange = nothing$xhr;
    if (xhr.readyState !== 4) {
      xhr.abort();
    }
  } catch (e) {
    // It never began.
  }
}

// Sends a request; returns a function that gives it up. `done` is called once: with status 0 where the network failed, where
// the browser refused, or where nothing came within `ask.timeout` milliseconds (`late` is true then).
function send$xhr(env, ask, done) {
  var xhr, watchdog, looking, isSending = true;

  function finish(answer) {
    var fn = answer && done;
    done = null;
    env.clearTimeout(watchdog);
    env.clearTimeout(looking);
    stop(xhr);
    return fn && fn(answer);
  }

  function change() {
    // From a cache, or in an old browser, it may be over before `send` has returned.
    var state = done && xhr ? xhr.readyState : 0;
    if (state > 3) {
      return isSending ? env.setTimeout(change, 0) : finish(read$xhr(xhr));
    }
    state = state > 2 && ask.progress && !isSending && read$xhr(xhr).text;
    return state && ask.progress(state);
  }

  function look() {
    change();
    looking = done && env.setTimeout(look, LOOK$xhr);
  }

  try {
    begin(xhr = env.xhr(), ask, change);
  } catch (e) {
    env.setTimeout(function () { finish({}); }, 0);
  }
  isSending = false;
  watchdog = ask.timeout && env.setTimeout(function () { finish({ late: true }); }, ask.timeout);
  if (ask.progress && !env.fetch) {
    look();
  }
  return function () { finish(); };
}

var xhr$xhr = {
  creator: creator,
  send: send$xhr,
  // Another origin is reached by those that know of credentials.
  usable: function (env) { return env.xhr && (!env.isForeign || 'withCredentials' in env.xhr()); },
  // Internet Explorer below 10 lets nobody read before the end.
  streams: function (env) { return !env.root[names$names.ACTIVE] || env.WebSocket; }
};

// env/index.js

// The seam to the world: the browser's own things, or what was given in their place.

// The outermost object: a page's window, a worker's self, or nothing (node, Windows Script Host).
var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : {};

// Some browsers throw at the mere look at a storage that is forbidden.
function storage(name) {
  try {
    return root[name];
  } catch (e) {
    return null;
  }
}

// The world as the client sees it; `given` replaces any of it.
var env$env = function (given) {
  var env = {
    root: root,
    isScarce: typeof JSON === 'undefined',
    WebSocket: root.WebSocket || root.MozWebSocket || typeof WebSocket !== 'undefined' && WebSocket,
    xhr: given && given.xhr !== undefined ? null : xhr$xhr.creator(),
    fetch: typeof fetch !== 'undefined' && function (url, options) { return fetch(url, options); },
    setTimeout: function (fn, ms) { return setTimeout(fn, ms); },
    clearTimeout: function (timer) { if (timer) { clearTimeout(timer); } },
    now: function () { return new Date().getTime(); },
    random: Math.random,
    sessionStorage: storage('sessionStorage'),
    localStorage: storage('localStorage'),
    document: root.document,
    location: root.location
  }, name;
  for (name in given) {
    env[name] = given[name];
  }
  env.isRandom = env.random !== Math.random;
  return env;
};

// url.js

// What the application may give as the gateway's address, and the one form it is used in.

var PREFIX = '/everwire';
// The client's files as a gateway serves them: below its base, or below the version that they are of.
var FILE = /(^|\/)(\d+\.\d+\.\d+[^\/?#]*\/)?(client(\.modern)?(\.min)?\.m?js|io\.min\.js)([?#].*)?$/;

// The gateway's base, absolute and without a slash at its end: `http://host/everwire`. `src` is that of the script tag
// that loaded the client.
function resolve(url, location, src) {
  var here = location && location.href || '', origin = (/^https?:\/\/[^\/?#]+/.exec(here) || [''])[0], parts;
  if (!url && url !== 0) {
    url = src.replace(FILE, '');
    // Internet Explorer 6 and 7 tell the address of a script as it is written in the page.
    url = url === src ? PREFIX : /^(\w+:)?\//.test(url) ? url : here.replace(/[^\/]*([?#].*)?$/, '') + url;
  }
  parts = /^(https?|wss?):\/\/([^\/?#\s]+)(\/[^?#\s]*)?$/i.exec(
    String(url).replace(/^\/\//, (origin.split('/')[0] || 'http:') + '//').replace(/^\//, origin + '/')
  );
  if (!parts) {
    throw new TypeError('everwire: an url is "https://host/prefix", "//host/prefix", "/prefix", or nothing; not "' + url + '"');
  }
  return parts[1].toLowerCase().replace('ws', 'http') + '://' + parts[2] + ((parts[3] || '').replace(/\/+$/, '') || PREFIX);
}

var url$url = { resolve: resolve, FILE: FILE };

// env/page.js

// The page around the client: where its script came from, when it comes and goes.

// In a build that is a module: its address.
var MODULE = '';

var root$page = typeof window !== 'undefined' ? window : {};
var own = '';

// The address of the script that is running now, which is the one that contains this.
function find(page) {
  var scripts, i;
  if (url$url.FILE.test(MODULE)) {
    return MODULE;
  }
  if (page.currentScript) {
    return page.currentScript.src;
  }
  scripts = page.getElementsByTagName('script');
  for (i = scripts.length - 1; i >= 0; i--) {
    if (url$url.FILE.test(scripts[i].src)) {
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

function listen$page(target, name, fn) {
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
  listen$page(view, 'online', function () { client.wake(true); });
  listen$page(view, 'offline', function () {
    client.isOffline = true;
    client.wake();
  });
  listen$page(page, 'visibilitychange', function () {
    if (!page.hidden) {
      client.wake();
    }
  });
  if ('onpagehide' in view) {
    listen$page(view, 'pagehide', function (event) { client.hide(event.persisted); });
    listen$page(view, 'pageshow', function (event) {
      if (event.persisted) {
        client.show();
      }
    });
  } else {
    listen$page(view, 'unload', function () { client.hide(); });
  }
  if (/Firefox\/1?\d\./.test((view.navigator || {}).userAgent)) {
    // Escape ends everything that is under way there, WebSockets included.
    listen$page(page, 'keydown', function (event) {
      if (event.keyCode === 27 && client.state !== 'closed') {
        event.preventDefault();
      }
    });
  }
}

var page$page = { script: script, watch: watch };

// env/xdr.js

// XDomainRequest: what Internet Explorer 8 and 9 have for another origin. It tells no status, so that the gateway is asked to
// answer errors with 200.

var NAME = 'XDomainRequest';

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send$xdr(env, ask, done) {
  var root = env.root, xdr, name, sending, watchdog;

  // The handlers go first: what is called off keeps what they hold.
  function finish(answer) {
    var fn = done;
    done = null;
    env.clearTimeout(sending);
    env.clearTimeout(watchdog);
    try {
      xdr.onload = xdr.onerror = xdr.ontimeout = xdr.onprogress = names$names.nothing;
      xdr.abort();
    } catch (e) {
      // It never began, or is over.
    }
    if (fn) {
      names$names.give(root, name);
      return answer && fn(answer);
    }
  }

  try {
    xdr = make$xdr(env, ask, finish);
  } catch (e) {
    // Then it can't be sent either.
  }
  // It is collected while it is at work if nothing global holds it.
  name = names$names.take(root, xdr);
  // Later: the first of several that begin together would hang.
  sending = env.setTimeout(function () {
    try {
      xdr.send(ask.body);
    } catch (e) {
      finish({});
    }
  }, 0);
  watchdog = ask.timeout && env.setTimeout(function () { finish({ late: true }); }, ask.timeout);
  return function () { finish(); };
}

function make$xdr(env, ask, finish) {
  var xdr = new env.root[NAME]();
  // Without all four of them some requests never end in Internet Explorer 9.
  xdr.onload = function () { finish({ status: 200, text: xdr.responseText }); };
  xdr.onerror = xdr.ontimeout = function () { finish({}); };
  xdr.onprogress = function () { return ask.progress && ask.progress(xdr.responseText); };
  xdr.open(ask.method, ask.url.replace('?', '?status=200&'));
  xdr.timeout = 0;
  return xdr;
}

var xdr$xdr = {
  send: send$xdr,
  // From http to https, or back, it is refused.
  usable: function (env, base) { return env.root[NAME] && env.location && !base.indexOf(env.location.protocol); },
  streams: function () { return true; }
};

// env/fetch.js

// Requests where there is no XMLHttpRequest: in node, in service workers.

// Reads an answer piece by piece; `hear` gets all of it so far.
function pump(reader, decoder, text, hear) {
  return reader.read().then(function (piece) {
    if (piece.done) {
      return text;
    }
    text += decoder.decode(piece.value, { stream: true });
    hear(text);
    return pump(reader, decoder, text, hear);
  });
}

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send$fetch(env, ask, done) {
  var abort = typeof AbortController !== 'undefined' && new AbortController(), answer = {}, watchdog;

  function finish(end) {
    var fn = done;
    done = null;
    env.clearTimeout(watchdog);
    if (abort) {
      abort.abort();
    }
    if (fn && end) {
      fn(end);
    }
  }

  watchdog = ask.timeout && env.setTimeout(function () { finish({ late: true }); }, ask.timeout);
  env.fetch(ask.url, {
    method: ask.method, body: ask.body, signal: abort ? abort.signal : undefined, cache: 'no-store',
    credentials: ask.credentials ? 'include' : 'same-origin'
  }).then(function (response) {
    answer.status = response.status;
    answer.retry = response.headers.get('Retry-After') * 1000;
    return !ask.progress || !response.body ? response.text()
      : pump(response.body.getReader(), new TextDecoder(), '', function (text) { return done && ask.progress(text); });
  }).then(function (text) {
    answer.text = text;
    finish(answer);
  }, function () { finish({}); });
  return function () { finish(); };
}

var fetch$fetch = {
  send: send$fetch,
  usable: function (env) { return env.fetch; },
  streams: function () { return typeof TextDecoder !== 'undefined'; }
};

// env/requests.js

// How requests are sent here: the first of these that can reach the gateway. What they have to be says transports.js.

var WAYS = [xhr$xhr, xdr$xdr, fetch$fetch, jsonp];

var requests$requests = function (env, base) {
  var i;
  env.isForeign = origin$origin.isForeign(env, base);
  for (i = 0; i < WAYS.length; i++) {
    if (WAYS[i].usable(env, base)) {
      return WAYS[i];
    }
  }
  return null;
};

// index.js

// The one global, `everwire`.

var everwire = {
  version: '0.1.0',
  codes: codes,
  // Give a function here to hear in words what the client does.
  debug: null,
  // Opens a session with the gateway at `address` and keeps it, whatever happens on the way.
  connect: function (address, options) {
    var env = env$env(options && options.env), base = url$url.resolve(address, env.location, page$page.script()), client;
    env.request = requests$requests(env, base);
    client = new Client(env, base, options, function (text) {
      if (typeof everwire.debug === 'function') {
        everwire.debug(text);
      }
    });
    page$page.watch(env, client);
    env.setTimeout(function () { client.look(); }, 0);
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
