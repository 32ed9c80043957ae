// Socket.IO's events have any number of arguments, a message here has one `data`. None is no data; a list is the list of
// the arguments; anything else is the one argument there is. So a list that is the only argument goes in a list of its own.

var bytes = require('../bytes');
var json = require('../json');

// The arguments from the one of number `first` on, as a list.
function list(args, first) {
  return [].slice.call(args, first);
}

// The arguments as data.
function pack(args) {
  var i;
  for (i = 1; i < args.length; i++) {
    if (bytes.of(args[0]) || bytes.of(args[i])) {
      throw new TypeError('everwire: bytes are the only argument of their event');
    }
  }
  return args.length > 1 || json.is(args[0], 'Array') ? args : args[0];
}

// The arguments that the data stands for.
function unpack(data) {
  return data === undefined ? [] : json.is(data, 'Array') ? data : [data];
}

module.exports = { list: list, pack: pack, unpack: unpack };
