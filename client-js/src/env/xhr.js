// One XMLHttpRequest, whatever the browser calls it, and what all of them do wrong made right.

// In one piece this name makes some proxies and virus scanners strip the script that contains it.
var ACTIVE = ['Active', 'Object'].join('X');
var IDS = ['Msxml2.XMLHTTP.6.0', 'Msxml2.XMLHTTP.3.0', 'Microsoft.XMLHTTP'];

function make() {
  return new XMLHttpRequest();
}

function active(id) {
  return function () {
    return new Function('id', 'return new ' + ACTIVE + '(id)')(id);
  };
}

// A function that makes one; null where the browser has none.
function creator() {
  var ways = [], i;
  if (typeof XMLHttpRequest !== 'undefined') {
    ways.push(make);
  }
  for (i = 0; i < IDS.length; i++) {
    ways.push(active(IDS[i]));
  }
  for (i = 0; i < ways.length; i++) {
    try {
      if (ways[i]()) {
        return ways[i];
      }
    } catch (e) {
      // The next one, then.
    }
  }
  return null;
}

function nothing() {}

// Status and text, which may be read only at readyState 4: before that MSXML throws.
function read(xhr) {
  var answer = { status: 0, text: '', retry: 0 };
  try {
    answer.status = xhr.status;
    answer.text = String(xhr.responseText || '');
  } catch (e) {
    answer.status = 0;
  }
  if (answer.status === 1223) {
    // Internet Explorer's own name for 204.
    answer.status = 204;
  }
  if (answer.status > 599) {
    // A number of WinInet's: the network failed.
    answer.status = 0;
  }
  if (answer.status === 429 || answer.status === 503) {
    try {
      answer.retry = (parseInt(xhr.getResponseHeader('Retry-After'), 10) || 0) * 1000;
    } catch (e2) {
      answer.retry = 0;
    }
  }
  return answer;
}

// One request. `done` is called once: with status 0 where the network failed, where the browser refused, or where
// nothing came within `ask.timeout` milliseconds (`late` is true then).
function Request(env, ask, done) {
  this.env = env;
  this.ask = ask;
  this.done = done;
  this.xhr = null;
}

Request.prototype.send = function () {
  var self = this;
  this.isSending = true;
  // MSXML fires state 2 and then nothing when a connection is refused; others simply hang.
  this.watchdog = this.env.setTimeout(function () { self.fail(true); }, this.ask.timeout);
  try {
    this.xhr = this.env.xhr();
    begin(this.xhr, this.ask, function () { self.change(); });
  } catch (e) {
    this.env.setTimeout(function () { self.fail(false); }, 0);
  }
  this.isSending = false;
};

Request.prototype.change = function () {
  var self = this, answer;
  if (this.done && this.xhr && this.xhr.readyState === 4) {
    answer = read(this.xhr);
    if (this.isSending) {
      // From a cache, or in an old browser, it may be over before `send` has returned.
      this.env.setTimeout(function () { self.finish(answer); }, 0);
    } else {
      this.finish(answer);
    }
  }
};

Request.prototype.finish = function (answer) {
  var done = this.done;
  if (done) {
    this.end();
    done(answer);
  }
};

Request.prototype.fail = function (isLate) {
  var done = this.done;
  if (done) {
    this.giveUp();
    done({ status: 0, text: '', retry: 0, late: isLate });
  }
};

// The handler goes first: some browsers report an abort as an end. It is never null, which MSXML calls a type mismatch.
Request.prototype.end = function () {
  var xhr = this.xhr;
  this.done = this.xhr = null;
  this.env.clearTimeout(this.watchdog);
  if (xhr) {
    xhr.onreadystatechange = nothing;
  }
  return xhr;
};

Request.prototype.giveUp = function () {
  try {
    this.end().abort();
  } catch (e) {
    // It never began, or is over.
  }
};

// Sends a request; returns a function that gives it up.
function send(env, ask, done) {
  var request = new Request(env, ask, done);
  request.send();
  return function () {
    request.giveUp();
  };
}

function begin(xhr, ask, change) {
  xhr.open(ask.method, ask.url, true);
  xhr.onreadystatechange = change;
  if (ask.credentials) {
    xhr.withCredentials = true;
  }
  if (ask.method === 'POST') {
    // The one type that needs no preflight and that every browser can set.
    try {
      xhr.setRequestHeader('Content-Type', 'text/plain;charset=UTF-8');
    } catch (e) {
      // The gateway does not look at it.
    }
    xhr.send(ask.body);
  } else {
    xhr.send(null);
  }
}

module.exports = { creator: creator, send: send };
