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

module.exports = { encode: encode, decode: decode };
