// Keys that nobody guesses.

// 128 random bits in hex, from the browser's best source.
function key(env) {
  var bytes = [], crypto = env.root.crypto || env.root.msCrypto, text = '', i;
  if (!env.isRandom && crypto && crypto.getRandomValues && typeof Uint8Array !== 'undefined') {
    bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
  } else {
    for (i = 0; i < 16; i++) {
      bytes[i] = Math.floor(env.random() * 256);
    }
  }
  for (i = 0; i < 16; i++) {
    text += (256 + bytes[i]).toString(16).slice(1);
  }
  return text;
}

module.exports = { key: key };
