// The seam to the world: the browser's own things, or what was given in their place.

var has = require('../packet').has;
var xhr = require('./xhr');

// The outermost object: a page's window, a worker's self, or nothing (node, Windows Script Host).
var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : {};

function socket() {
  return root.WebSocket || root.MozWebSocket || (typeof WebSocket === 'function' ? WebSocket : null);
}

// Some browsers throw at the mere look at a storage that is forbidden.
function storage() {
  try {
    return root.sessionStorage || null;
  } catch (e) {
    return null;
  }
}

function later(fn, ms) {
  return setTimeout(fn, ms);
}

function never(timer) {
  clearTimeout(timer);
}

function now() {
  return new Date().getTime();
}

// The world as the client sees it; `given` replaces any of it.
function create(given) {
  var own = {
    WebSocket: socket,
    xhr: xhr.creator,
    setTimeout: function () { return later; },
    clearTimeout: function () { return never; },
    now: function () { return now; },
    random: function () { return Math.random; },
    sessionStorage: storage,
    document: function () { return root.document || null; },
    location: function () { return root.location || null; }
  };
  var env = { root: root }, name;
  for (name in own) {
    if (has(own, name)) {
      env[name] = given && has(given, name) ? given[name] : own[name]();
    }
  }
  env.isRandom = !!(given && given.random);
  return env;
}

module.exports = { create: create };
