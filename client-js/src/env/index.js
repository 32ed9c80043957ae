// The seam to the world: the browser's own things, or what was given in their place.

var has = require('../packet').has;
var xhr = require('./xhr');

// The outermost object: a page's window, a worker's self, or nothing (node, Windows Script Host).
var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : {};

// Some browsers throw at the mere look at a storage that is forbidden.
function storage(name) {
  return function () {
    try {
      return root[name] || null;
    } catch (e) {
      return null;
    }
  };
}

var OWN = {
  WebSocket: function () {
    return root.WebSocket || root.MozWebSocket || (typeof WebSocket === 'function' ? WebSocket : null);
  },
  xhr: xhr.creator,
  fetch: function () {
    return typeof fetch !== 'function' ? null : function (url, options) { return fetch(url, options); };
  },
  setTimeout: function () { return function (fn, ms) { return setTimeout(fn, ms); }; },
  clearTimeout: function () { return function (timer) { clearTimeout(timer); }; },
  now: function () { return function () { return new Date().getTime(); }; },
  random: function () { return Math.random; },
  sessionStorage: storage('sessionStorage'),
  localStorage: storage('localStorage'),
  document: function () { return root.document || null; },
  location: function () { return root.location || null; }
};

// The world as the client sees it; `given` replaces any of it.
module.exports = function (given) {
  var env = { root: root, isRandom: !!(given && given.random), isScarce: typeof JSON === 'undefined' }, name;
  for (name in OWN) {
    if (has(OWN, name)) {
      env[name] = given && has(given, name) ? given[name] : OWN[name]();
    }
  }
  return env;
};
