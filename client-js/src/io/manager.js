// The connection below the sockets of one gateway, and what is told of it.

var everwire = require('../index');
var createEnv = require('../env/index');
var transports = require('../transports');
var emitter = require('./emitter');
var Socket = require('./socket');

function Manager(address, options) {
  this.uri = address;
  this.opts = options || {};
  this.env = createEnv(this.opts.env);
  this.engine = { transport: { name: 'polling' } };
  this.nsps = {};
  this.attempts = 0;
  this.client = null;
  this.handlers = {};
}

var proto = Manager.prototype;

emitter(proto);

// The carriers for Socket.IO's list of transports.
function carriers(asked) {
  var list = [], name;
  for (name in transports) {
    if (!asked || String(asked).indexOf(name === 'ws' ? 'websocket' : 'polling') >= 0) {
      list.push(name);
    }
  }
  return list.length ? list : undefined;
}

// The client's options. An answer has no limit of time but the one that `timeout()` sets.
function translate(given, auth) {
  var options = {}, name;
  for (name in given) {
    options[name] = given[name];
  }
  options.auth = auth;
  options.carriers = given.carriers || carriers(given.transports);
  options.credentials = given.withCredentials;
  options.connectTimeout = given.timeout || 20000;
  options.timeout = 2147483647;
  options.retry = { min: given.reconnectionDelay || 1000, max: given.reconnectionDelayMax || 5000 };
  return options;
}

proto.socket = function (nsp, options) {
  return this.nsps[nsp] || (this.nsps[nsp] = new Socket(this, nsp, options || this.opts));
};

// A socket wants to be connected: with the first of them the session is opened, when its credentials are there.
proto.enter = function (socket) {
  var self = this, auth = socket.auth, isFresh, isIn, latest;
  function got(data) {
    latest = data;
    isFresh = true;
    if (!isIn && socket.active) {
      isIn = true;
      self.attach(socket, ask);
    }
  }
  // Asked again for another session; a function that takes its time is too late for that, and answers for the next.
  function ask() {
    if (!isFresh && typeof auth === 'function') {
      auth.call(socket, got);
    }
    isFresh = false;
    return latest;
  }
  if (typeof auth === 'function') {
    auth.call(socket, got);
  } else {
    got(auth);
  }
};

proto.attach = function (socket, auth) {
  var client = this.client, channel;
  if (!client) {
    client = this.client = everwire.connect(this.uri, translate(this.opts, auth));
    this.watch(client);
  }
  if (socket.nsp === '/') {
    socket.attach(client);
    if (client.peer) {
      socket.opened(client.peer, false);
    }
  } else {
    channel = client.of && client.of(socket.nsp, auth());
    if (!channel) {
      socket.reset();
      socket.refused('Invalid namespace');
      return;
    }
    socket.attach(channel);
    channel.on('open', function () { socket.opened(client.peer, false); });
    channel.on('error', function (error) { socket.refused(error.message, error); });
    channel.on('close', function (told) { socket.lost('io server disconnect', told, true); });
  }
};

// Leaves a namespace, and with the last of them the gateway.
proto.leave = function (socket) {
  var client = this.client;
  if (socket.nsp !== '/' && socket.channel) {
    socket.channel.close();
  }
  socket.active = false;
  if (client && !this.each(function () {})) {
    this.client = null;
    client.close();
  }
};

// Calls `fn` with every socket that is connected or wants to be; how many there are.
proto.each = function (fn) {
  var name, count = 0;
  for (name in this.nsps) {
    if (this.nsps[name].active) {
      count++;
      fn(this.nsps[name]);
    }
  }
  return count;
};

// Tells the manager's handlers, and those of the sockets, where they were before version 3.
proto.tell = function (name, args) {
  this.fire(name, args);
  this.each(function (socket) { socket.fire(name, args); });
};

proto.watch = function (client) {
  var self = this;
  function hear(name, fn) {
    client.on(name, function (one, two) {
      if (self.client === client) {
        fn(one, two);
      }
    });
  }
  hear('open', function (info) {
    self.each(function (socket) {
      if (socket.channel === client) {
        socket.opened(client.peer, info.session === 'resumed');
      }
    });
  });
  hear('carrier', function (name) { self.engine.transport.name = name === 'ws' ? 'websocket' : 'polling'; });
  hear('state', function (state, sentence) { self.changed(state, sentence); });
  hear('rtt', function () { self.fire('ping', []); });
  hear('error', function (error) { self.tell('error', [error]); });
  hear('reset', function (told) { self.ended(told, false); });
  hear('close', function (told) {
    self.client = null;
    self.ended(told, true);
  });
};

// Attempts are counted where the way to the gateway is cut, which a session outlives.
proto.changed = function (state, sentence) {
  if (state === 'open') {
    if (this.attempts) {
      this.tell('reconnect', [this.attempts]);
    }
    this.attempts = 0;
  } else if (state !== 'closed') {
    this.attempts++;
    if (!this.client.peer) {
      this.each(function (socket) { socket.refused(sentence); });
    }
    if (this.opts.reconnection === false) {
      this.tell('reconnect_failed', []);
      this.client.close();
    } else {
      this.tell('reconnect_attempt', [this.attempts]);
    }
  }
};

proto.ended = function (told, isOver) {
  var code = told.code;
  this.each(function (socket) {
    if (code === 4001 && !socket.connected) {
      socket.reset();
      socket.refused(told.reason, told);
    } else {
      socket.lost(
        code < 4002 || code > 4099 ? 'io server disconnect' : code === 4004 ? 'ping timeout' : 'transport close', told, isOver
      );
    }
  });
};

module.exports = Manager;
