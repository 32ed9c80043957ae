// Tries a stream before it is relied on: whether what the gateway writes at different times also arrives at different
// times. Something that buffers would hold everything back to the stream's end.

var read = require('./packet').read;

// Milliseconds that the gateway waits before the ping, and those between two packets that came together; and beyond
// everything else.
var PAUSE = 300, TOGETHER = 100, GRACE = 1000;

// `done(why)` is called once, why '' if it flows. Returns how to give it up.
module.exports = function (client, open, url, done) {
  var env = client.env, opened = 0, stop, timer;

  // What else comes of it is not heard.
  function drop() {
    done = null;
    env.clearTimeout(timer);
    stop();
  }

  function finish(why) {
    var fn = done;
    if (fn) {
      drop();
      fn(why);
    }
  }

  timer = env.setTimeout(function () { finish('nothing came in time'); }, PAUSE + GRACE + 2 * (client.rtt || GRACE));
  stop = open(client, url, function (text) {
    var packet = read(text) || {};
    if (packet.kind === 'open') {
      opened = env.now();
    } else {
      finish(packet.kind !== 'ping' || !opened ? 'it is another' : env.now() - opened < TOGETHER ? 'it is held back' : '');
    }
  }, function () { finish('it was cut'); });
  return drop;
};
