// XDomainRequest: what Internet Explorer 8 and 9 have for another origin. It tells no status, so that the gateway is asked to
// answer errors with 200.

var names = require('./names');

var NAME = 'XDomainRequest';

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send(env, ask, done) {
  var root = env.root, xdr, name, sending, watchdog;

  // The handlers go first: what is called off keeps what they hold.
  function finish(answer) {
    var fn = done;
    done = null;
    env.clearTimeout(sending);
    env.clearTimeout(watchdog);
    try {
      xdr.onload = xdr.onerror = xdr.ontimeout = xdr.onprogress = names.nothing;
      xdr.abort();
    } catch (e) {
      // It never began, or is over.
    }
    if (fn) {
      names.give(root, name);
      return answer && fn(answer);
    }
  }

  try {
    xdr = make(env, ask, finish);
  } catch (e) {
    // Then it can't be sent either.
  }
  // It is collected while it is at work if nothing global holds it.
  name = names.take(root, xdr);
  // Later: the first of several that begin together would hang.
  sending = env.setTimeout(function () {
    try {
      xdr.send(ask.body);
    } catch (e) {
      finish({});
    }
  }, 0);
  watchdog = ask.timeout && env.setTimeout(function () { finish({ late: true }); }, ask.timeout);
  return function () { finish(); };
}

function make(env, ask, finish) {
  var xdr = new env.root[NAME]();
  // Without all four of them some requests never end in Internet Explorer 9.
  xdr.onload = function () { finish({ status: 200, text: xdr.responseText }); };
  xdr.onerror = xdr.ontimeout = function () { finish({}); };
  xdr.onprogress = function () { return ask.progress && ask.progress(xdr.responseText); };
  xdr.open(ask.method, ask.url.replace('?', '?status=200&'));
  xdr.timeout = 0;
  return xdr;
}

module.exports = {
  send: send,
  // From http to https, or back, it is refused.
  usable: function (env, base) { return env.root[NAME] && env.location && !base.indexOf(env.location.protocol); },
  streams: function () { return true; }
};
