// The seam to the world: the browser's own things, or what was given in their place.

module.exports = function (given) {
  var root = typeof self !== 'undefined' ? self : {};
  return Object.assign({
    root: root, WebSocket: typeof WebSocket !== 'undefined' && WebSocket, fetch: (url, options) => fetch(url, options),
    setTimeout: (fn, ms) => setTimeout(fn, ms), clearTimeout: (timer) => clearTimeout(timer), now: () => Date.now(),
    random: Math.random, document: root.document, location: root.location
  }, given);
};
