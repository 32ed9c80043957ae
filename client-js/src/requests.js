// Who waits for which reply. These are methods of the client.

var has = require('./packet').has;

module.exports = {
  // `done` waits for the reply to `id`.
  expect: function (id, done) {
    var self = this, ms = this.given.timeout;
    this.waiting[id] = {
      done: done,
      timer: this.later(function () {
        self.reply(id, { code: 'timeout', message: 'No reply came within ' + ms + ' ms.' });
      }, ms)
    };
  },

  // The reply to `id` is here, or will not come. Once only; false where nobody waits.
  reply: function (id, error, data) {
    var waiting = this.waiting[id];
    if (!waiting) {
      return false;
    }
    delete this.waiting[id];
    this.env.clearTimeout(waiting.timer);
    this.call(waiting.done, [error, data]);
    return true;
  },

  // Nobody will reply any more to what was asked until now.
  failAll: function (code, message) {
    var waiting = this.waiting, id;
    this.waiting = {};
    for (id in waiting) {
      if (has(waiting, id)) {
        this.env.clearTimeout(waiting[id].timer);
        this.call(waiting[id].done, [{ code: code, message: message }]);
      }
    }
  }
};
