// EventSource: messages come by `onmessage`, every other packet as an event of its kind.

var KINDS = ['open', 'ping', 'ack', 'moved', 'drain', 'close', 'refused'];
// Milliseconds before one is closed that is telling something: that crashes some WebKits.
var LATER = 200;

// One that has no `withCredentials` keeps to its own origin.
function usable(env) {
  var Source = env.root.EventSource;
  return !!Source && (!env.isForeign || !!Source.prototype && 'withCredentials' in Source.prototype);
}

function make(client, url, heard, failed) {
  var Source = client.env.root.EventSource, source, i;
  source = client.given.credentials && client.env.isForeign ? new Source(url, { withCredentials: true }) : new Source(url);
  source.onmessage = heard;
  source.onerror = failed;
  for (i = 0; i < KINDS.length; i++) {
    source.addEventListener(KINDS[i], heard, false);
  }
  return source;
}

function part(env, source, isTelling) {
  if (isTelling) {
    env.setTimeout(function () { source.close(); }, LATER);
  } else {
    source.close();
  }
}

function open(client, url, hear, end) {
  var env = client.env, isOver = false, isTelling = false, source;

  function stop() {
    isOver = true;
    if (source) {
      part(env, source, isTelling);
    }
  }

  function tell(fn, value) {
    if (!isOver) {
      isTelling = true;
      fn(value);
      isTelling = false;
    }
  }

  // The browser has an event `open` too.
  function heard(event) {
    if (typeof event.data === 'string') {
      tell(hear, event.data);
    }
  }

  // Left alone it would connect again, to what is past.
  function failed() {
    tell(function () {
      stop();
      end('');
    });
  }

  try {
    source = make(client, url + '&status=200', heard, failed);
  } catch (e) {
    env.setTimeout(failed, 0);
  }
  return stop;
}

module.exports = { open: open, usable: usable };
