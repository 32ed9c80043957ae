// The codes of the protocol, and what to show people. `over`: the session is over and no new one is opened.

module.exports = {
  4000: { words: 'The connection was closed.', over: true },
  4001: { words: 'You are not allowed to connect. Please sign in again.', over: true },
  4002: { words: 'The server did not understand this page. Please reload it.', over: true },
  4003: { words: 'The server is restarting; the connection will be back in a moment.', over: false },
  4004: { words: 'The connection was away for too long; what is shown has to be loaded again.', over: false },
  4006: { words: 'This session goes on in another window; this one has begun a new one.', over: false },
  4008: { words: 'This page could not keep up; what is shown has to be loaded again.', over: false },
  4009: { words: 'The server is busy; trying again in a moment.', over: false },
  4011: { words: 'The server had a fault; what is shown has to be loaded again.', over: false }
};
