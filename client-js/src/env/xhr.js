// One XMLHttpRequest, whatever the browser calls it, and what all of them do wrong made right.

// In one piece this name makes some proxies and virus scanners strip the script that contains it.
var ACTIVE = ['Active', 'Object'].join('X');
var IDS = ['Msxml2.XMLHTTP.6.0', 'Msxml2.XMLHTTP.3.0', 'Microsoft.XMLHTTP'];
// Milliseconds between two looks at a stream, in engines that tell of its growth only once.
var LOOK = 100;

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
  var i, way;
  for (i = -1; i < IDS.length; i++) {
    way = i < 0 ? make : active(IDS[i]);
    try {
      if (way()) {
        return way;
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
    answer.text = String(xhr.responseText || '');
    answer.status = xhr.status;
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

// Sends a request; returns a function that gives it up. `done` is called once: with status 0 where the network failed, where
// the browser refused, or where nothing came within `ask.timeout` milliseconds (`late` is true then).
function send(env, ask, done) {
  var xhr = null, isSending = true, watchdog, looking;

  // The handler goes first: some browsers report an abort as an end. It is never null, which MSXML calls a type mismatch.
  function end() {
    var old = xhr;
    done = xhr = null;
    env.clearTimeout(watchdog);
    env.clearTimeout(looking);
    if (old) {
      old.onreadystatechange = nothing;
    }
    return old;
  }

  function giveUp() {
    try {
      end().abort();
    } catch (e) {
      // It never began, or is over.
    }
  }

  function finish(answer) {
    var fn = done;
    if (fn) {
      end();
      fn(answer);
    }
  }

  function fail(isLate) {
    var fn = done;
    if (fn) {
      giveUp();
      fn({ status: 0, text: '', retry: 0, late: isLate });
    }
  }

  function look() {
    var text = done && xhr && xhr.readyState === 3 ? read(xhr).text : '';
    if (text) {
      ask.progress(text);
    }
  }

  function lookAgain() {
    look();
    looking = done && env.setTimeout(lookAgain, LOOK);
  }

  function change() {
    var answer;
    if (done && xhr && xhr.readyState === 4) {
      answer = read(xhr);
      if (isSending) {
        // From a cache, or in an old browser, it may be over before `send` has returned.
        env.setTimeout(function () { finish(answer); }, 0);
      } else {
        finish(answer);
      }
    } else if (ask.progress && !isSending) {
      look();
    }
  }

  if (ask.timeout) {
    // MSXML fires state 2 and then nothing when a connection is refused; others simply hang.
    watchdog = env.setTimeout(function () { fail(true); }, ask.timeout);
  }
  try {
    xhr = env.xhr();
    begin(xhr, ask, change);
  } catch (e) {
    env.setTimeout(function () { fail(false); }, 0);
  }
  isSending = false;
  if (ask.progress && !env.fetch) {
    lookAgain();
  }
  return giveUp;
}

module.exports = {
  creator: creator,
  send: send,
  usable: function (env) { return !!env.xhr; },
  // Internet Explorer below 10 lets nobody read before the end.
  streams: function (env) { return !env.root.ActiveXObject || !!env.WebSocket; }
};
