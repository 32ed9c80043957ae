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

module.exports = { stringify: stringify, parse: parse, is: is };
