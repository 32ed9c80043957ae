// `emit` in its variants: plain, volatile, with a time for the answer.

var args = require('./args');

var list = args.list;

// `ms`: how long an answer may take; 0: for as long as the session lives, and nothing is said if none comes.
function Speaker(socket, ms, isVolatile) {
  this.socket = socket;
  this.ms = ms;
  this.isVolatile = isVolatile;
  this['volatile'] = isVolatile ? this : new Speaker(socket, ms, true);
}

var proto = Speaker.prototype;

proto.emit = function (event) {
  var given = list(arguments, 1), done;
  if (typeof given[given.length - 1] === 'function') {
    done = this.answered(given.pop(), this.ms);
  }
  return this.say(event, given, done);
};

proto.say = function (event, given, done) {
  if (/^((dis)?connect(_error|ing)?|(new|remove)Listener)$/.test(event)) {
    throw new Error('"' + event + '" is a reserved event name');
  }
  this.socket.pass(event, args.pack(given), done, this.isVolatile);
  return this.socket;
};

proto.send = proto.write = function () {
  return this.emit.apply(this, ['message'].concat(list(arguments, 0)));
};

// What the client calls with the reply, once. `isTold`: `fn` is told first what went wrong.
proto.answered = function (fn, isTold) {
  var socket = this.socket, timer;
  function end(error, reply) {
    if (!fn) {
      return;
    }
    socket.env.clearTimeout(timer);
    if (error && !isTold) {
      socket.io.tell('error', [error]);
    } else {
      reply = error ? [new Error(error.message)] : args.unpack(reply);
      socket.call(fn, isTold && !error ? [null].concat(reply) : reply);
    }
    fn = null;
  }
  if (this.ms) {
    timer = socket.env.setTimeout(function () {
      end({ message: 'operation has timed out' });
    }, this.ms);
  }
  return end;
};

proto.emitWithAck = function (event) {
  var self = this, given = list(arguments, 1);
  return new Promise(function (resolve, reject) {
    self.say(event, given, self.answered(function (error, reply) {
      if (error) {
        reject(error);
      } else {
        resolve(reply);
      }
    }, true));
  });
};

proto.timeout = function (ms) {
  return new Speaker(this.socket, ms, this.isVolatile);
};

// Compression is the gateway's affair, and what is binary is seen.
proto.compress = proto.binary = function () {
  return this;
};

module.exports = Speaker;
