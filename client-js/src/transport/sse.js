// EventSource: messages come by `onmessage`, every other packet as an event of its kind.

var KINDS = ['open', 'ping', 'ack', 'moved', 'drain', 'close'];
// Milliseconds before one is closed that is telling something: that crashes some WebKits.
var LATER = 200;

// One that has no `withCredentials` keeps to its own origin.
function usable(env) {
  var Source = env.root.EventSource;
  return Source && (!env.isForeign || Source.prototype && 'withCredentials' in Source.prototype);
}

function make(client, url) {
  var Source = client.env.root.EventSource;
  return client.given.credentials && client.env.isForeign ? new Source(url, { withCredentials: true }) : new Source(url);
}

function open(client, url, hear, end) {
  var env = client.env, isTelling = false, source, i;

  function teller(fn) {
    return function (event) {
      isTelling = true;
      fn(event.data);
      isTelling = false;
    };
  }

  function close() {
    source.close();
  }

  try {
    source = make(client, url + '&status=200');
    source.onmessage = teller(hear);
    // Left alone it would connect again, to what is past.
    source.onerror = teller(function () {
      env.setTimeout(close, LATER);
      end('');
    });
    source.addEventListener('refused', teller(function (text) { end('it was refused', { status: 200, text: text }); }), false);
    for (i = 0; i < KINDS.length; i++) {
      // The browser has an event `open` too.
      source.addEventListener(KINDS[i], teller(function (text) { return text && hear(text); }), false);
    }
  } catch (e) {
    env.setTimeout(function () { end('it can not be had'); }, 0);
  }
  return function () {
    if (source && isTelling) {
      env.setTimeout(close, LATER);
    } else if (source) {
      close();
    }
  };
}

module.exports = { open: open, usable: usable };
