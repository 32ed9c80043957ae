// Handlers as users of Socket.IO know them: `this` is whose handlers they are.

var Events = require('../events');

// Gives `target` its handlers.
module.exports = function (target, env) {
  var events = target.events = new Events(env);
  events.call = function (fn, args) {
    try {
      fn.apply(target, args);
    } catch (error) {
      events.rethrow(error);
    }
  };
  target.on = target.addListener = target.addEventListener = function (name, fn) {
    events.on(name, fn);
    return target;
  };
  target.once = function (name, fn) {
    events.on(name, fn, true);
    return target;
  };
  // Without a function all of that name, without a name all.
  target.off = target.removeListener = target.removeEventListener = target.removeAllListeners = function (name, fn) {
    if (arguments.length) {
      events.off(name, fn);
    } else {
      events.handlers = {};
    }
    return target;
  };
};
