// Binary data, where the browser has any.

var json = require('./json');

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

module.exports = { of: of, give: give };
