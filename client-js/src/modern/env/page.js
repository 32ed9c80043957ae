// The page around the client: where its script came from, when it comes and goes.

var FILE = require('../url').FILE;

// In a build that is a module: its address.
var MODULE = '$MODULE$';

var script = MODULE || typeof document !== 'undefined' && document.currentScript && document.currentScript.src || '';

module.exports = {
  script: function () { return FILE.test(script) ? script : ''; },

  watch: function (env, client) {
    function listen(target, name, fn) {
      target.addEventListener(name, fn);
    }
    if (env.document) {
      listen(env.root, 'online', () => client.wake(true));
      listen(env.root, 'offline', () => {
        client.isOffline = true;
        client.wake();
      });
      listen(env.document, 'visibilitychange', () => env.document.hidden || client.wake());
      listen(env.root, 'pagehide', (event) => client.hide(event.persisted));
      listen(env.root, 'pageshow', (event) => event.persisted && client.show());
    }
  }
};
