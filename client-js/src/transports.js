// The carriers in the order of preference. A new one is an entry here, and a file.
//
// - `wire`: its name in the gateway's `open.carriers`. `usable(env)`: whether this browser has what it needs.
// - `path` (all but the WebSocket): what is asked for below `/session/SID/`, with `after=` and `turn=`.
// - `open(client, url, hear, end, ms)` begins one GET and returns how to stop it. What it calls after that, or twice, is not
//   heard. `hear(packet)` gets every packet as it comes, as an object (unread) or its text. `end(why, answer)`: why is '' for
//   a regular end; `answer` is {status, text or body (parsed), retry} where the gateway, or whoever it was, answered with
//   something else, as an error (a `refused` event, an error in a frame: {status: 200, body: packet}). Neither is called
//   before `open` has returned.
// - `isPoll`: it is answered once, and asked again; `isShort` ones are never held, the others for `ms` (0 where that is not
//   wanted), and asked with `wait=`. What is no poll is a stream: before it is relied on it is tried with `probe=1` beside
//   the poll in use (probe.js), unless the ladder knows it as proved. Where there are only two connections
//   (`env.isScarce`) the poll rests meanwhile.
// - `request`: what everything is asked by, in place of `env.request`, while this is the carrier to rely on.
//
// What is asked by `client.ask(ask, done)` goes through `env.request`, the first of env/requests.js that is usable:
// `usable(env, base)` says whether it can reach the gateway, `streams(env)` whether `progress` comes while it does.
// `send(env, ask, done)` returns how to give it up. `ask` is {method, url, body, timeout (ms; 0: none), credentials, progress};
// `progress(text)`, where it is there, gets the whole text so far each time it has grown. `done({status, text, retry (ms),
// late})` is called once, never before `send` has returned; `body` in place of `text` if it is parsed already. For a sender
// that can't see its answer (a form) a POST also has `last`, the number of its last message, and `taken()`, that of the last
// the gateway is known to have: it is answered by {status: 200, body: {ack: ask.taken()}} as soon as that is not less. An
// opening has its `key`.

var poll = require('./transport/poll');
var stream = require('./transport/stream');
var sse = require('./transport/sse');
var frame = require('./transport/frame');
var jsonp = require('./transport/jsonp');

// Where only scripts and forms reach the gateway, polls are JSONP.
function asks(env) {
  return env.request && env.request !== jsonp;
}

function streams(env) {
  return asks(env) && env.request.streams(env);
}

module.exports = {
  'ws': { wire: 'ws', usable: function (env) { return env.WebSocket; } },
  'stream': { wire: 'stream', path: 'stream', open: stream, usable: streams },
  'sse': { wire: 'sse', path: 'events', open: sse.open, usable: sse.usable },
  'frame': { wire: 'frame', path: 'frame', open: frame.open, usable: frame.usable },
  'long-poll': { wire: 'poll', path: 'messages', open: poll, isPoll: true, usable: asks },
  'jsonp': { wire: 'jsonp', path: 'messages', open: poll, isPoll: true, request: jsonp, usable: jsonp.usable },
  'short-poll': { wire: 'poll', path: 'messages', open: poll, isPoll: true, isShort: true, usable: asks }
};
