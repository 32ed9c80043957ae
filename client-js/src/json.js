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

module.exports = { stringify: stringify, parse: parse, quote: quote, is: is, own: { stringify: write, isSafe: isSafe } };
