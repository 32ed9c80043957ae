// Base64, where the browser has it.

module.exports = {
  encode: function (bytes) {
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
  },

  // Throws where the text is no base64.
  decode: function (text) {
    return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  }
};
