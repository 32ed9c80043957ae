// Binary data, where the browser has any.

var json = require('./json');

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
function copy(bytes) {
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

module.exports = { of: of, copy: copy, give: give };
