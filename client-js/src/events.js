// Handlers by name: methods of the client. One that throws breaks nothing: its error is thrown again where nobody waits.

var has = require('./packet').has;

module.exports = {
  on: function (name, fn, isOnce) {
    if (typeof fn !== 'function') {
      throw new TypeError('everwire: a handler is a function');
    }
    // A new list each time: one that is being called is never changed. No name of an event is one that objects treat as
    // special, like `__proto__`, with a space before it.
    this.handlers[' ' + name] = this.heardBy(name).concat([{ fn: fn, isOnce: isOnce === true }]);
    return this;
  },

  once: function (name, fn) {
    return this.on(name, fn, true);
  },

  heardBy: function (name) {
    return has(this.handlers, ' ' + name) ? this.handlers[' ' + name] : [];
  },

  // Takes a handler out (the function, or the one entry of it that was called once), or all of that name.
  off: function (name, fn) {
    var list = this.heardBy(name), left = [], i;
    for (i = 0; i < list.length; i++) {
      if (fn && list[i].fn !== fn && list[i] !== fn) {
        left.push(list[i]);
      }
    }
    this.handlers[' ' + name] = left;
    return this;
  },

  fire: function (name, args) {
    var list = this.heardBy(name), i;
    for (i = 0; i < list.length; i++) {
      if (list[i].isOnce) {
        this.off(name, list[i]);
      }
      this.call(list[i].fn, args);
    }
  },

  call: function (fn, args) {
    try {
      fn.apply(null, args);
    } catch (error) {
      this.rethrow(error);
    }
  },

  rethrow: function (error) {
    this.env.setTimeout(function () {
      throw error;
    }, 0);
  }
};
