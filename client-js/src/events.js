// Handlers by name. One that throws breaks nothing: its error is thrown again where nobody waits.

var has = require('./packet').has;

function Events(env) {
  this.env = env;
  this.handlers = {};
}

var proto = Events.prototype;

proto.on = function (name, fn, isOnce) {
  if (typeof fn !== 'function') {
    throw new TypeError('everwire: a handler is a function');
  }
  // A new list each time: one that is being called is never changed.
  this.handlers[key(name)] = this.list(name).concat([{ fn: fn, isOnce: !!isOnce }]);
};

// No name of an event is one that objects treat as special, like `__proto__`.
function key(name) {
  return ' ' + name;
}

proto.list = function (name) {
  return has(this.handlers, key(name)) ? this.handlers[key(name)] : [];
};

// Takes a handler out, or all of that name.
proto.off = function (name, fn) {
  this.keep(name, function (entry) { return !!fn && entry.fn !== fn; });
};

proto.keep = function (name, isToStay) {
  var list = this.list(name), left = [], i;
  for (i = 0; i < list.length; i++) {
    if (isToStay(list[i])) {
      left.push(list[i]);
    }
  }
  this.handlers[key(name)] = left;
};

// It has been called once. The same function may be there for good as well.
proto.spend = function (name, spent) {
  this.keep(name, function (entry) { return entry !== spent; });
};

// Calls the handlers of a name; false if there are none.
proto.emit = function (name, args) {
  var list = this.list(name), i;
  for (i = 0; i < list.length; i++) {
    if (list[i].isOnce) {
      this.spend(name, list[i]);
    }
    this.call(list[i].fn, args);
  }
  return list.length > 0;
};

proto.call = function (fn, args) {
  try {
    fn.apply(null, args);
  } catch (error) {
    this.rethrow(error);
  }
};

proto.rethrow = function (error) {
  this.env.setTimeout(function () {
    throw error;
  }, 0);
};

module.exports = Events;
