// How requests are sent here: the first of these that can reach the gateway. What they have to be says transports.js.

var origin = require('./origin');

var WAYS = [require('./xhr'), require('./xdr'), require('./fetch'), require('../transport/jsonp')];

module.exports = function (env, base) {
  var i;
  env.isForeign = origin.isForeign(env, base);
  for (i = 0; i < WAYS.length; i++) {
    if (WAYS[i].usable(env, base)) {
      return WAYS[i];
    }
  }
  return null;
};
