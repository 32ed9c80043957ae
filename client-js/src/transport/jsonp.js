// Polls by script and sends by form, from pages where no request reaches the gateway. A poll's answer calls a function here;
// what was posted is acknowledged by what is polled.

var form = require('../env/form');
var names = require('../env/names');
var ready = require('../env/ready');

// Milliseconds after which a script that has ended will not call any more: Internet Explorer 9 tells of its end before it
// runs it. How often it is looked whether what was posted is acknowledged; and how long it is waited for a frame to tell
// that it was answered, in browsers that do not.
var SETTLED = 1000, LOOK = 50, UNTOLD = 2000;

// Asks by a script tag; `done` gets what it called its function with, or nothing. Returns how to give it up.
function fetch(env, url, done) {
  var root = env.root, isCalled, isOver, node, timer, cancel;

  // A script can't be called off: its name is another's only when it has called.
  function remove() {
    cancel();
    env.clearTimeout(timer);
    if (!isOver) {
      isOver = true;
      root[name] = function () { names.give(root, name); };
      if (isCalled) {
        root[name]();
      }
      withdraw(node);
    }
  }

  function end(ms, body) {
    env.clearTimeout(timer);
    timer = env.setTimeout(function () {
      remove();
      done(body);
    }, ms);
  }

  // Called twice it does nothing.
  var name = names.take(root, function (body) {
    root[name] = names.nothing;
    isCalled = true;
    end(0, body);
  });

  cancel = names.nothing;
  cancel = ready(env, function () {
    node = insert(env, url + '&callback=' + name, function () { return isCalled || end(SETTLED); });
  });
  return remove;
}

function insert(env, url, ended) {
  var page = env.document, head = page.getElementsByTagName('head')[0] || page.body, node = page.createElement('script');
  node.async = true;
  node.charset = 'UTF-8';
  node.onload = node.onerror = node.onreadystatechange = function () {
    if (!node.readyState || /loaded|complete/.test(node.readyState)) {
      ended();
    }
  };
  node.src = url;
  head.insertBefore(node, head.firstChild);
  return node;
}

function withdraw(node) {
  if (node) {
    node.onload = node.onerror = node.onreadystatechange = null;
    node.parentNode.removeChild(node);
  }
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
  fetch: function (query, done) {
    this.fetched = fetch(this.env, this.url + query, done);
  },

  // An opening is sought by its key, everything else is acknowledged.
  post: function () {
    var self = this, ask = this.ask, seq = /seq=(\d+)&/.exec(this.url);
    this.posted = form(this.env, this.url.replace(/seq=\d+&/, ''), ask.body, seq && seq[1], function () {
      self.isAnswered = true;
      if (ask.key) {
        self.look();
      }
    });
    this.look();
  },

  later: function (ms) {
    var self = this;
    this.timer = this.env.setTimeout(function () { self.look(); }, ms);
  },

  // Is the gateway known to have what was posted?
  look: function () {
    var self = this, ask = this.ask, isTold = this.isAnswered || this.looks++ * LOOK > UNTOLD;
    this.env.clearTimeout(this.timer);
    if (!isTold || !ask.key && ask.taken() < ask.last) {
      this.later(LOOK);
    } else if (!ask.key) {
      this.end({ ack: ask.taken() });
    } else {
      this.fetch('&key=' + ask.key + '&n=' + this.looks++, function (body) {
        if (body && body.error && body.error.code === 'not_found') {
          // The form is still on its way.
          self.later(LOOK * 10);
        } else {
          self.end(body);
        }
      });
    }
  },

  end: function (body, isLate) {
    var done = this.done;
    this.drop();
    done({ status: body ? 200 : 0, text: '', body: body, retry: 0, late: isLate });
  },

  drop: function () {
    this.env.clearTimeout(this.timer);
    this.env.clearTimeout(this.watchdog);
    this.posted();
    this.fetched();
    this.posted = this.fetched = names.nothing;
  }
};

module.exports = {
  send: function (env, ask, done) {
    var request = new Request(env, ask, done);
    request.watchdog = env.setTimeout(function () { request.end(null, true); }, ask.timeout);
    if (ask.method === 'GET') {
      request.fetch('', function (body) { request.end(body); });
    } else {
      request.post();
    }
    return function () { request.drop(); };
  },
  usable: function (env) { return !!env.document; }
};
