// Binary data, where the browser has any.

var is = require('./json').is;

var isThere = typeof Uint8Array !== 'undefined';

module.exports = {
  // A copy of the bytes of an ArrayBuffer or of a view of one; null for anything else.
  of: function (data) {
    return isThere && data && (is(data, 'ArrayBuffer') || is(data.buffer, 'ArrayBuffer'))
      ? new Uint8Array(new Uint8Array(data.buffer || data, data.byteOffset || 0, data.byteLength)) : null;
  },

  // What the application is given: an ArrayBuffer, or an array of numbers where there is none.
  give: function (bytes) {
    return isThere ? new Uint8Array(bytes).buffer : bytes;
  }
};
