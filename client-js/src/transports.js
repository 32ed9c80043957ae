// The carriers in the order of preference: their names here and on the wire, and what of the environment they need. Those
// with a `Mode` are polls, and it says how they go about it.

module.exports = [
  { name: 'ws', wire: 'ws', needs: 'WebSocket', Mode: null },
  { name: 'long-poll', wire: 'poll', needs: 'xhr', Mode: require('./transport/long_poll') },
  { name: 'short-poll', wire: 'poll', needs: 'xhr', Mode: require('./transport/short_poll') }
];
