// How requests are sent here: the first of these that can reach the gateway. What they have to be says transports.js.

var WAYS = [require('./xhr'), require('./fetch')];

module.exports = function (env, base) {
  var i;
  for (i = 0; i < WAYS.length; i++) {
    if (WAYS[i].usable(env, base)) {
      return WAYS[i];
    }
  }
  return null;
};
