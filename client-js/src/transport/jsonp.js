// Polls by script and sends by form, from pages where no request reaches the gateway. A poll's answer calls a function here;
// what was posted is acknowledged by what is polled.

var form = require('../env/form');
var names = require('../env/names');

// Milliseconds after which a script that has ended will not call any more: Internet Explorer 9 tells of its end before it
// runs it. Between two looks at the page, or whether what was posted is acknowledged; and how many of them it is waited for
// a page to be loaded, or for a frame to tell that it was answered, in browsers that do not.
var SETTLED = 1000, LOOK = 50, MOST = 40;

// Asks by a script tag; `done` gets the answer. Returns how to give it up, which is called once.
function fetch(env, url, done) {
  var root = env.root, page = env.document, node = page.createElement('script'), name, isCalled, timer;

  function free() {
    names.give(root, name);
  }

  function end(ms, answer) {
    env.clearTimeout(timer);
    timer = env.setTimeout(function () { done(answer); }, ms);
  }

  // Called twice it does nothing.
  name = names.take(root, function (body) {
    root[name] = names.nothing;
    isCalled = true;
    end(0, { status: 200, body: body });
  });
  node.async = true;
  node.charset = 'UTF-8';
  node.onload = node.onerror = node.onreadystatechange = function () {
    if (!isCalled && !/loading|interactive/.test(node.readyState)) {
      end(SETTLED, {});
    }
  };
  node.src = url + '&callback=' + name;
  page = page.getElementsByTagName('head')[0] || page.body;
  page.insertBefore(node, page.firstChild);
  return function () {
    env.clearTimeout(timer);
    node.onload = node.onerror = node.onreadystatechange = null;
    node.parentNode.removeChild(node);
    // A script can't be called off: its name is another's only when it has called.
    root[name] = free;
    return isCalled && free();
  };
}

function Request(env, ask, done) {
  this.env = env;
  this.ask = ask;
  this.done = done;
  this.url = ask.url.replace(/\/messages\?|\?/, '/jsonp?');
  this.posted = this.fetched = names.nothing;
  this.looks = 0;
}

Request.prototype = {
  // As soon as there is a page, and it is loaded: what hangs before that keeps it from ever being so. Not for ever, because
  // a picture may hang as well.
  begin: function () {
    var self = this, page = this.env.document, ask = this.ask, seq = /seq=(\d+)&/.exec(this.url);
    if (!page.body || page.readyState && page.readyState !== 'complete' && this.looks++ < MOST) {
      this.later('begin', LOOK);
    } else if (ask.method === 'GET') {
      this.fetch('');
    } else {
      this.looks = 0;
      this.posted = form(this.env, this.url.replace(/seq=\d+&/, ''), ask.body, seq && seq[1], function () {
        self.looks = MOST;
      });
      this.look();
    }
  },

  later: function (what, ms) {
    var self = this;
    this.timer = this.env.setTimeout(function () { self[what](); }, ms);
  },

  fetch: function (query) {
    var self = this;
    this.fetched();
    this.fetched = fetch(this.env, this.url + query, function (answer) {
      var error = answer.body && answer.body.error;
      if (query && error && error.code === 'not_found') {
        // The form is still on its way.
        self.later('look', LOOK * 10);
      } else {
        self.end(answer);
      }
    });
  },

  // Is the gateway known to have what was posted? An opening is asked for by its key.
  look: function () {
    var ask = this.ask;
    if (this.looks++ < MOST || !ask.key && ask.taken() < ask.last) {
      this.later('look', LOOK);
    } else if (ask.key) {
      this.fetch('&key=' + ask.key + '&n=' + this.looks);
    } else {
      this.end({ status: 200, body: { ack: ask.taken() } });
    }
  },

  end: function (answer) {
    var done = this.done;
    this.done = null;
    this.env.clearTimeout(this.timer);
    this.env.clearTimeout(this.watchdog);
    if (done) {
      this.fetched();
      this.posted(answer && answer.status);
      if (answer) {
        done(answer);
      }
    }
  }
};

module.exports = {
  send: function (env, ask, done) {
    var request = new Request(env, ask, done);
    request.begin();
    request.watchdog = env.setTimeout(function () { request.end({ late: true }); }, ask.timeout);
    return function () { request.end(); };
  },
  usable: function (env) { return env.document; }
};
