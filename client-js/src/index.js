// The one global, `everwire`.

var Client = require('./client');
var codes = require('./codes');
var createEnv = require('./env/index').create;
var page = require('./env/page');
var url = require('./url');

var everwire = {
  version: '$VERSION$',
  codes: codes,
  // Give a function here to hear in words what the client does.
  debug: null,
  // Opens a session with the gateway at `address` and keeps it, whatever happens on the way.
  connect: function (address, options) {
    var env = createEnv(options && options.env);
    var base = url.resolve(address, env.location, page.script());
    var client = new Client(env, base, options, function (text) {
      if (typeof everwire.debug === 'function') {
        everwire.debug(text);
      }
    });
    page.watch(env, client);
    env.setTimeout(function () { client.link.settle(); }, 0);
    return client;
  }
};

module.exports = everwire;
