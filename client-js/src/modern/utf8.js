// UTF-8, where the browser has it.

module.exports = {
  size: function (text) { return new TextEncoder().encode(text).length; },
  encode: function (text) {
    return new TextEncoder().encode(text).reduce((all, byte) => all + String.fromCharCode(byte), '');
  },
  decode: function (bytes) { return decodeURIComponent(escape(bytes)); }
};
