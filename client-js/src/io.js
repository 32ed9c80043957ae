// The names that users of Socket.IO know.

var everwire = require('./index');

function io(url, options) {
  return everwire.connect(url, options);
}

io.everwire = everwire;

module.exports = io;
