// UTF-8, for browsers that can't encode it themselves, and for counting bytes.

// A text as a string of bytes, one character each. A lone surrogate counts as the replacement character that stands for it on
// the wire.
function encode(text) {
  return unescape(encodeURIComponent(text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, function (unit) {
    return unit.length > 1 ? unit : '\ufffd';
  })));
}

module.exports = {
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
