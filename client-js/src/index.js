// The one global, `everwire`.

var Client = require('./client');
var codes = require('./codes');
var createEnv = require('./env/index');
var page = require('./env/page');
var chooseRequest = require('./env/requests');
var resolve = require('./url').resolve;

var everwire = {
  version: '$VERSION$',
  codes: codes,
  // Give a function here to hear in words what the client does.
  debug: null,
  // Opens a session with the gateway at `address` and keeps it, whatever happens on the way.
  connect: function (address, options) {
    var env = createEnv(options && options.env), base = resolve(address, env.location, page.script()), client;
    env.request = chooseRequest(env, base);
    client = new Client(env, base, options, function (text) {
      if (typeof everwire.debug === 'function') {
        everwire.debug(text);
      }
    });
    page.watch(env, client);
    env.setTimeout(function () { client.look(); }, 0);
    return client;
  }
};

module.exports = everwire;
