// Sentences for people.

var NAMES = {
  'ws': 'WebSocket', 'stream': 'a stream', 'sse': 'a stream of events', 'frame': 'a hidden frame', 'long-poll': 'long-polling',
  'jsonp': 'scripts', 'short-poll': 'polling now and then'
};

function after(ms) {
  return 'reconnecting' + (ms < 1000 ? '.' : ' in ' + Math.ceil(ms / 1000) + ' s.');
}

module.exports = {
  open: function (name) {
    return 'Connected over ' + NAMES[name] + '.';
  },
  cut: function (why, ms) {
    return 'The connection was cut (' + why + '); ' + after(ms);
  },
  busy: function (code, ms) {
    return 'The server is ' + (code === 4003 ? 'restarting; ' : 'busy; ') + after(ms);
  },
  reset: 'The session was lost; opening a new one.',
  offline: 'Waiting for the network.',
  closed: 'The connection is closed.'
};
