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
function encode(text) {
  return unescape(encodeURIComponent(text));
}

// The text of a string of bytes; throws where that is none.
function decode(bytes) {
  return decodeURIComponent(escape(bytes));
}

module.exports = { size: size, encode: encode, decode: decode };
