// Handlers by name: methods of the client. One that throws breaks nothing: its error is thrown again where nobody waits.

module.exports = {
  on: function (name, fn) {
    if (typeof fn !== 'function') {
      throw new TypeError('everwire: a handler is a function');
    }
    // A new list each time: one that is being called is never changed. With a space before it, no name of an event is one
    // that objects treat as special, like `__proto__`.
    this.handlers[' ' + name] = this.heardBy(name).concat(fn);
    return this;
  },

  once: function (name, fn) {
    var self = this;
    function one() {
      self.off(name, one);
      fn.apply(this, arguments);
    }
    one.fn = fn;
    return this.on(name, one);
  },

  heardBy: function (name) {
    return this.handlers[' ' + name] || [];
  },

  // Takes a handler out, or all of that name.
  off: function (name, fn) {
    var list = this.heardBy(name), left = [], i;
    for (i = 0; fn && i < list.length; i++) {
      if (list[i] !== fn && list[i].fn !== fn) {
        left.push(list[i]);
      }
    }
    this.handlers[' ' + name] = left;
    return this;
  },

  fire: function (name, args) {
    var list = this.heardBy(name), i;
    for (i = 0; i < list.length; i++) {
      this.call(list[i], args);
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
