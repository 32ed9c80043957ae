// A key that nobody guesses: 128 random bits in hex, from the browser's best source.

module.exports = function (env) {
  var crypto = env.root.crypto || env.root.msCrypto, text = '', bytes = [], i;
  if (!env.isRandom && crypto && crypto.getRandomValues) {
    bytes = new Uint8Array(16);
    // Old WebKit returns nothing.
    crypto.getRandomValues(bytes);
  }
  for (i = 0; i < 16; i++) {
    text += (256 + (bytes.length ? bytes[i] : Math.floor(env.random() * 256))).toString(16).slice(1);
  }
  return text;
};
