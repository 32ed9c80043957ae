// XDomainRequest: what Internet Explorer 8 and 9 have for another origin. It tells no status, so that the gateway is asked to
// answer errors with 200.

var names = require('./names');
var origin = require('./origin');

var NAME = 'XDomainRequest';

function Request(env, ask, done) {
  this.env = env;
  this.ask = ask;
  this.done = done;
  this.xdr = null;
}

Request.prototype = {
  begin: function () {
    var self = this, xdr = this.xdr = new this.env.root[NAME]();
    // It is collected while it is at work if nothing global holds it.
    this.name = names.take(this.env.root, xdr);
    // Without all four of them some requests never end in Internet Explorer 9.
    xdr.onload = function () { self.end({ status: 200, text: xdr.responseText, retry: 0 }, true); };
    xdr.onerror = function () { self.fail(false); };
    xdr.ontimeout = function () { self.fail(true); };
    xdr.onprogress = function () { self.progress(); };
    xdr.open(this.ask.method, this.ask.url.replace('?', '?status=200&'));
    xdr.timeout = 0;
  },

  // Later: the first of several that begin together would hang.
  send: function () {
    try {
      this.xdr.send(this.ask.body);
    } catch (e) {
      this.fail(false);
    }
  },

  progress: function () {
    if (this.ask.progress) {
      this.ask.progress(this.xdr.responseText);
    }
  },

  fail: function (isLate) {
    this.end({ status: 0, text: '', retry: 0, late: isLate });
  },

  // The handlers go first: what is called off keeps what they hold.
  end: function (answer, isLoaded) {
    var xdr = this.xdr, done = this.done;
    this.xdr = this.done = null;
    this.env.clearTimeout(this.watchdog);
    this.env.clearTimeout(this.sending);
    if (xdr) {
      xdr.onload = xdr.onerror = xdr.ontimeout = xdr.onprogress = names.nothing;
      names.give(this.env.root, this.name);
      try {
        if (!isLoaded) {
          xdr.abort();
        }
      } catch (e) {
        // It never began.
      }
    }
    if (done && answer) {
      done(answer);
    }
  }
};

module.exports = {
  send: function (env, ask, done) {
    var request = new Request(env, ask, done);
    try {
      request.begin();
      request.sending = env.setTimeout(function () { request.send(); }, 0);
    } catch (e) {
      request.sending = env.setTimeout(function () { request.fail(false); }, 0);
    }
    request.watchdog = ask.timeout && env.setTimeout(function () { request.fail(true); }, ask.timeout);
    return function () { request.end(); };
  },
  // From http to https, or back, it is refused.
  usable: function (env, base) {
    return !!env.root[NAME] && !!env.location && origin.of(base).split(':')[0] + ':' === env.location.protocol;
  },
  streams: function () { return true; }
};
