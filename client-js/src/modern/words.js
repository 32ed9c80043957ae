// Sentences for people.

function after(ms) {
  return 'reconnecting' + (ms < 1000 ? '.' : ' in ' + Math.ceil(ms / 1000) + ' s.');
}

module.exports = {
  open: function (name) { return 'Connected over ' + name + '.'; },
  cut: function (why, ms) { return 'The connection was cut (' + why + '); ' + after(ms); },
  busy: function (code, ms) { return 'The server is busy; ' + after(ms); },
  offline: 'Waiting for the network.',
  closed: 'The connection is closed.'
};
