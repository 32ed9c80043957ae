// Handlers by name. One that throws breaks nothing: its error is thrown again where nobody waits.

var has = require('./packet').has;

function Events(env) {
  this.env = env;
  this.handlers = {};
}

Events.prototype.on = function (name, fn, isOnce) {
  if (typeof fn !== 'function') {
    throw new TypeError('everwire: a handler is a function');
  }
  // A new list each time: one that is being called is never changed.
  this.handlers[name] = this.list(name).concat([{ fn: fn, isOnce: !!isOnce }]);
};

Events.prototype.list = function (name) {
  return has(this.handlers, name) ? this.handlers[name] : [];
};

// Takes a handler out, or all of that name.
Events.prototype.off = function (name, fn) {
  var list = this.list(name), left = [], i;
  for (i = 0; fn && i < list.length; i++) {
    if (list[i].fn !== fn) {
      left.push(list[i]);
    }
  }
  this.handlers[name] = left;
};

// Calls the handlers of a name; false if there are none.
Events.prototype.emit = function (name, args) {
  var list = this.list(name), i;
  for (i = 0; i < list.length; i++) {
    if (list[i].isOnce) {
      this.off(name, list[i].fn);
    }
    this.call(list[i].fn, args);
  }
  return list.length > 0;
};

Events.prototype.call = function (fn, args) {
  try {
    fn.apply(null, args);
  } catch (error) {
    this.rethrow(error);
  }
};

Events.prototype.rethrow = function (error) {
  this.env.setTimeout(function () {
    throw error;
  }, 0);
};

module.exports = Events;
