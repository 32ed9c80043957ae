// Sentences for people.

var NAMES = { 'ws': 'WebSocket', 'long-poll': 'long-polling', 'short-poll': 'polling now and then' };

function after(ms) {
  return ms < 1000 ? 'reconnecting.' : 'reconnecting in ' + Math.ceil(ms / 1000) + ' s.';
}

module.exports = {
  connecting: 'Connecting.',
  open: function (name) {
    return 'Connected over ' + NAMES[name] + '.';
  },
  cut: function (why, ms) {
    return 'The connection was cut (' + why + '); ' + after(ms);
  },
  busy: function (kind, ms) {
    return (kind === 'drain' ? 'The server is restarting; ' : 'The server is busy; ') + after(ms);
  },
  reset: 'The session was lost; opening a new one.',
  offline: 'Waiting for the network.',
  closed: 'The connection is closed.'
};
