// Who waits for which reply.

// `events` calls the callbacks: one that throws breaks nothing.
function Requests(env, events, timeout) {
  this.env = env;
  this.events = events;
  this.timeout = timeout;
  this.waiting = {};
  this.count = 0;
}

var proto = Requests.prototype;

// A number for a request whose reply `done` waits for.
proto.add = function (done) {
  var self = this, id = ++this.count;
  this.waiting[id] = {
    done: done,
    timer: this.env.setTimeout(function () {
      self.settle(id, { code: 'timeout', message: 'No reply came within ' + self.timeout + ' ms.' });
    }, this.timeout)
  };
  return id;
};

// The reply to `id` is here, or will not come. Once only; false where nobody waits.
proto.settle = function (id, error, data) {
  var waiting = this.waiting[id];
  if (!waiting) {
    return false;
  }
  delete this.waiting[id];
  this.env.clearTimeout(waiting.timer);
  this.events.call(waiting.done, [error, data]);
  return true;
};

// Nothing was asked after all.
proto.forget = function (id) {
  if (id) {
    this.env.clearTimeout(this.waiting[id].timer);
    delete this.waiting[id];
  }
};

// Nobody will reply any more.
proto.fail = function (code, message) {
  var waiting = this.waiting, id;
  this.waiting = {};
  for (id in waiting) {
    if (Object.prototype.hasOwnProperty.call(waiting, id)) {
      this.env.clearTimeout(waiting[id].timer);
      this.events.call(waiting[id].done, [{ code: code, message: message }]);
    }
  }
};

module.exports = Requests;
