// Handlers as users of Socket.IO know them: `this` is whose handlers they are.

var events = require('../events');

// Gives `proto` the methods. Its objects have `env`, and `handlers`.
module.exports = function (proto) {
  var name;
  for (name in events) {
    proto[name] = events[name];
  }
  proto.addListener = proto.addEventListener = proto.on;
  // Without a function all of that name, without a name all.
  proto.off = proto.removeListener = proto.removeEventListener = proto.removeAllListeners = function (name) {
    if (name) {
      return events.off.apply(this, arguments);
    }
    this.handlers = {};
    return this;
  };
  proto.call = function (fn, args) {
    try {
      fn.apply(this, args);
    } catch (error) {
      this.rethrow(error);
    }
  };
};
