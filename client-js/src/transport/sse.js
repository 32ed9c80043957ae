// EventSource: messages come by `onmessage`, every other packet as an event of its kind.

var KINDS = ['open', 'ping', 'ack', 'moved', 'drain', 'close'];
// Milliseconds before one is closed: some WebKits crash where that happens while it is telling something.
var LATER = 200;

function open(client, url, hear, end) {
  var env = client.env, Source = env.root.EventSource, source, i;

  // The browser has an event `open` too.
  function heard(event) {
    if (event.data) {
      hear(event.data);
    }
  }

  // Left alone it would connect again, to what is past.
  function stop() {
    env.setTimeout(function () { source.close(); }, LATER);
  }

  try {
    url += '&status=200';
    source = client.given.credentials && env.isForeign ? new Source(url, { withCredentials: true }) : new Source(url);
    source.onmessage = heard;
    source.onerror = function () {
      stop();
      end('');
    };
    source.addEventListener('refused', function (event) { end('it was refused', { status: 200, text: event.data }); }, false);
    for (i = 0; i < KINDS.length; i++) {
      source.addEventListener(KINDS[i], heard, false);
    }
  } catch (e) {
    env.setTimeout(function () { end('it was refused'); }, 0);
  }
  return stop;
}

module.exports = {
  open: open,
  // One that has no `withCredentials` keeps to its own origin.
  usable: function (env) {
    var Source = env.root.EventSource;
    return Source && (!env.isForeign || Source.prototype && 'withCredentials' in Source.prototype);
  }
};
