// The carriers in the order of preference. A new one is an entry here, and a file where it has something of its own.
//
// - `wire`: its name in the gateway's `open.carriers`. `usable(env)`: whether this browser has what it needs.
// - `path` (all but the WebSocket): what is asked for below `/session/SID/`, with `after=` and `turn=`.
// - Without `open` it is a row of polls, sent by `env.request`; `isShort` ones are never held.
// - With `open` it is a row of streams. `open(client, url, hear, end)` begins one and returns how to stop it, after which
//   neither is called any more; both are never called before it has returned. `hear(packet)` gets every packet as it comes,
//   as an object (unread) or its text. `end(why, answer)` is called once: `why` is '' for a regular end, and `answer`
//   what the request was answered with, where nothing of it was heard. An error that comes as a packet is just heard.
//   Before it is relied on it is tried with `probe=1` beside the poll in use (probe.js), unless the ladder knows it as
//   proved. Where there are only two connections (`env.isScarce`) the poll rests meanwhile.
//
// What a poll, a POST and stream.js send goes through `env.request`, one of env/requests.js: `usable(env, base)` says
// whether it can reach the gateway, `streams(env)` whether `progress` comes while it does. `send(env, ask, done)` returns
// how to give it up. `ask` is {method, url, body, timeout (ms; 0: none), credentials, progress}; `progress(text)` where it
// is there gets the whole text so far each time it has grown. `done({status, text, retry (ms), late})` once, never before
// `send` has returned; `body` in place of `text` if it is parsed already. For a sender that can't see the answer (a form)
// a POST also has `ask.last`, the number of its last message, and `ask.taken()`, that of the last the gateway is known to
// have: it is answered by {status: 200, body: {ack: ask.taken()}} as soon as that is not less. An opening has `ask.key`.

var stream = require('./transport/stream');

function asks(env) {
  return !!env.request;
}

module.exports = {
  'ws': { wire: 'ws', usable: function (env) { return !!env.WebSocket; } },
  'stream': { wire: 'stream', path: 'stream', open: stream, usable: function (env) {
    return asks(env) && env.request.streams(env);
  } },
  'long-poll': { wire: 'poll', path: 'messages', usable: asks },
  'short-poll': { wire: 'poll', path: 'messages', isShort: true, usable: asks }
};
