// The names that users of Socket.IO know, as a thin layer over the client.

var everwire = require('./index');
var Manager = require('./io/manager');

var managers = {};

// `http://host/namespace`, `host:port`, `/namespace`, or nothing. Sockets of one host share a session, unless they are of
// the same namespace.
function io(url, options) {
  var parts, nsp, base, manager, socket;
  if (typeof url === 'object') {
    options = url;
    url = '';
  }
  options = options || {};
  parts = /^(\w+:\/\/|\/\/)?([^\/?]*)([^?]*)/.exec(url || '');
  nsp = parts[3].replace(/\/$/, '') || '/';
  base = (parts[2] && (parts[1] || '//') + parts[2]) + (/^\/socket\.io/.test(options.path) ? '' : options.path || '');
  manager = managers[base];
  if (!manager || manager.nsps[nsp] || options.forceNew || options.multiplex === false) {
    manager = new Manager(base, options);
    managers[base] = managers[base] || manager;
  }
  socket = manager.socket(nsp, options);
  return options.autoConnect === false ? socket : socket.connect();
}

io.connect = io.io = io;
io.Manager = Manager;
io.everwire = everwire;
io.protocol = 5;

module.exports = io;
