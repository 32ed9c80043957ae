// The carriers of a browser of today.

var poll = require('../transport/poll');
var stream = require('../transport/stream');

module.exports = {
  'ws': { wire: 'ws', usable: (env) => env.WebSocket },
  'stream': { wire: 'stream', path: 'stream', open: stream, usable: () => true },
  'long-poll': { wire: 'poll', path: 'messages', open: poll, isPoll: true, usable: () => true }
};
