// The carriers in the order of preference: their names here and on the wire, and what of the environment they need.

module.exports = [
  { name: 'ws', wire: 'ws', needs: 'WebSocket' },
  { name: 'long-poll', wire: 'poll', needs: 'xhr' },
  { name: 'short-poll', wire: 'poll', needs: 'xhr' }
];
