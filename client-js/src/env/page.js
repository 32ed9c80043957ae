// The page around the client: where its script came from, when it comes and goes.

var FILE = require('../url').FILE;

// In a build that is a module: its address.
var MODULE = '$MODULE$';

var root = typeof window !== 'undefined' ? window : {};
var own = '';

// The address of the script that is running now, which is the one that contains this.
function find(page) {
  var scripts, i;
  if (FILE.test(MODULE)) {
    return MODULE;
  }
  if (page.currentScript) {
    return page.currentScript.src;
  }
  scripts = page.getElementsByTagName('script');
  for (i = scripts.length - 1; i >= 0; i--) {
    if (FILE.test(scripts[i].src)) {
      return scripts[i].src;
    }
  }
}

try {
  own = find(root.document);
} catch (e) {
  // There is no page, or no script in it.
}

function script() {
  return own || '';
}

function listen(target, name, fn) {
  if (target.addEventListener) {
    target.addEventListener(name, fn, false);
  } else if (target.attachEvent) {
    target.attachEvent('on' + name, fn);
  }
}

// Tells the client when the network or the page comes and goes. `unload` only where nothing better is known: browsers
// keep no page for the way back that listens to it.
function watch(env, client) {
  var page = env.document, view = env.root;
  if (!page) {
    return;
  }
  listen(view, 'online', function () { client.wake(true); });
  listen(view, 'offline', function () {
    client.isOffline = true;
    client.wake();
  });
  listen(page, 'visibilitychange', function () {
    if (!page.hidden) {
      client.wake();
    }
  });
  if ('onpagehide' in view) {
    listen(view, 'pagehide', function (event) { client.hide(event.persisted); });
    listen(view, 'pageshow', function (event) {
      if (event.persisted) {
        client.show();
      }
    });
  } else {
    listen(view, 'unload', function () { client.hide(); });
  }
  if (/Firefox\/1?\d\./.test((view.navigator || {}).userAgent)) {
    // Escape ends everything that is under way there, WebSockets included.
    listen(page, 'keydown', function (event) {
      if (event.keyCode === 27 && client.state !== 'closed') {
        event.preventDefault();
      }
    });
  }
}

module.exports = { script: script, watch: watch };
