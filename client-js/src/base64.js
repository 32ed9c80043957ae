// Base64 (RFC 4648, section 4) between text and arrays of bytes: the browsers this is for have neither atob nor btoa.

var ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

module.exports = {
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
