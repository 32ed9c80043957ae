// A key that nobody guesses: 128 random bits in hex.

module.exports = function () {
  return crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + (byte + 256).toString(16).slice(1), '');
};
