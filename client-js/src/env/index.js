// The seam to the world: the browser's own things, or what was given in their place.

var creator = require('./xhr').creator;

// The outermost object: a page's window, a worker's self, or nothing (node, Windows Script Host).
var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : {};

// Some browsers throw at the mere look at a storage that is forbidden.
function storage(name) {
  try {
    return root[name];
  } catch (e) {
    return null;
  }
}

// The world as the client sees it; `given` replaces any of it.
module.exports = function (given) {
  var env = {
    root: root,
    isScarce: typeof JSON === 'undefined',
    WebSocket: root.WebSocket || root.MozWebSocket || typeof WebSocket !== 'undefined' && WebSocket,
    xhr: given && given.xhr !== undefined ? null : creator(),
    fetch: typeof fetch !== 'undefined' && function (url, options) { return fetch(url, options); },
    setTimeout: function (fn, ms) { return setTimeout(fn, ms); },
    clearTimeout: function (timer) { if (timer) { clearTimeout(timer); } },
    now: function () { return new Date().getTime(); },
    random: Math.random,
    sessionStorage: storage('sessionStorage'),
    localStorage: storage('localStorage'),
    document: root.document,
    location: root.location
  }, name;
  for (name in given) {
    env[name] = given[name];
  }
  env.isRandom = env.random !== Math.random;
  return env;
};
