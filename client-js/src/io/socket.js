// What `io()` gives: one namespace of a connection.

var emitter = require('./emitter');
var Speaker = require('./speaker');
var args = require('./args');

// The handlers of all events; no event is called like this.
var ANY = ' *';

function Socket(manager, nsp, options) {
  Speaker.call(this, this, 0);
  this.io = manager;
  this.nsp = nsp;
  this.auth = options.auth;
  this.env = manager.env;
  this.unsaid = [];
  this.handlers = {};
  this.reset();
}

function Parent() {}
Parent.prototype = Speaker.prototype;

var proto = Socket.prototype = new Parent();

emitter(proto);

proto.reset = function () {
  this.connected = this.active = this.recovered = false;
  this.disconnected = true;
  this.id = this.channel = undefined;
};

proto.connect = proto.open = function () {
  if (!this.active) {
    this.active = true;
    this.io.enter(this);
  }
  return this;
};

// What there is to speak and listen through: the client, or a namespace of it.
proto.attach = function (channel) {
  var self = this, unsaid = this.unsaid, i;
  this.channel = channel;
  this.unsaid = [];
  channel.on('*', function (event, data, message) {
    if (self.channel === channel) {
      self.hear(event, args.unpack(data), message);
    }
  });
  for (i = 0; i < unsaid.length; i++) {
    channel.emit.apply(channel, unsaid[i]);
  }
};

// Without a connection a message waits for one, unless it is volatile.
proto.pass = function (event, data, done, isVolatile) {
  var client = this.io.client, channel = this.channel;
  if (!isVolatile && !channel) {
    this.unsaid.push([event, data, done]);
  } else if (!isVolatile || (this.connected && client.state === 'open')) {
    if (isVolatile && !done && channel['volatile']) {
      channel['volatile'](event, data);
    } else {
      channel.emit(event, data, done);
    }
  }
};

proto.hear = function (event, given, message) {
  if (message.reply) {
    given = given.concat([function () {
      message.reply(args.pack(args.list(arguments, 0)));
    }]);
  }
  this.fire(ANY, [event].concat(given));
  this.fire(event, given);
};

proto.onAny = function (fn) {
  return this.on(ANY, fn);
};

proto.offAny = function (fn) {
  return this.off(ANY, fn);
};

proto.opened = function (id, isRecovered) {
  this.id = id;
  this.recovered = isRecovered;
  this.connected = true;
  this.disconnected = false;
  this.fire('connect', []);
};

proto.refused = function (text, data) {
  var error = new Error(text);
  error.data = data;
  this.fire('connect_error', [error]);
};

// `isOver`: nobody connects it again but the application.
proto.lost = function (reason, told, isOver) {
  var was = this.connected, channel = this.channel;
  this.reset();
  if (!isOver) {
    this.active = true;
    this.channel = channel;
  }
  if (was) {
    this.fire('disconnect', [reason, told]);
  }
};

proto.disconnect = proto.close = function () {
  if (this.active) {
    this.io.leave(this);
    this.lost('io client disconnect', undefined, true);
  }
  return this;
};

module.exports = Socket;
