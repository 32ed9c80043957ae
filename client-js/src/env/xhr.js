// One XMLHttpRequest, whatever the browser calls it, and what all of them do wrong made right.

var names = require('./names');

var IDS = ['Msxml2.XMLHTTP.6.0', 'Msxml2.XMLHTTP.3.0', 'Microsoft.XMLHTTP'];
// Milliseconds between two looks at a stream, in engines that tell of its growth only once.
var LOOK = 100;

function make() {
  return new XMLHttpRequest();
}

// A function that makes one; nothing where the browser has none.
function creator() {
  var i = -1, way = make;
  for (; i < 3; i++) {
    try {
      way = i < 0 ? make : new Function('return new ' + names.ACTIVE + '("' + IDS[i] + '")');
      way();
      return way;
    } catch (e) {
      // The next one, then.
    }
  }
}

function nothing() {}

// Status and text, which MSXML lets be read only at the end.
function read(xhr) {
  var answer = { status: 0, text: '' };
  try {
    answer.text = String(xhr.responseText || '');
    // Numbers of WinInet's: the network failed. 1223 is its own name for 204, which says nothing here either.
    answer.status = xhr.status > 599 ? 0 : xhr.status;
    if (answer.status === 429 || answer.status === 503) {
      answer.retry = xhr.getResponseHeader('Retry-After') * 1000;
    }
  } catch (e) {
    // There is none.
  }
  return answer;
}

function begin(xhr, ask, change) {
  xhr.open(ask.method, ask.url, true);
  xhr.onreadystatechange = change;
  if (ask.credentials) {
    xhr.withCredentials = true;
  }
  if (ask.body) {
    // The one type that needs no preflight and that every browser can set.
    try {
      xhr.setRequestHeader('Content-Type', 'text/plain;charset=UTF-8');
    } catch (e) {
      // The gateway does not look at it.
    }
  }
  xhr.send(ask.body || null);
}

// Ends a request. The handler goes first: some browsers report an abort as an end. It is never null, which MSXML calls a type
// mismatch.
function stop(xhr) {
  try {
    xhr.onreadystatechange = nothing;
    if (xhr.readyState !== 4) {
      xhr.abort();
    }
  } catch (e) {
    // It never began.
  }
}

// Sends a request; returns a function that gives it up. `done` is called once: with status 0 where the network failed, where
// the browser refused, or where nothing came within `ask.timeout` milliseconds (`late` is true then).
function send(env, ask, done) {
  var xhr, watchdog, looking, isSending = true;

  function finish(answer) {
    var fn = answer && done;
    done = null;
    env.clearTimeout(watchdog);
    env.clearTimeout(looking);
    stop(xhr);
    return fn && fn(answer);
  }

  function change() {
    // From a cache, or in an old browser, it may be over before `send` has returned.
    var state = done && xhr ? xhr.readyState : 0;
    if (state > 3) {
      return isSending ? env.setTimeout(change, 0) : finish(read(xhr));
    }
    state = state > 2 && ask.progress && !isSending && read(xhr).text;
    return state && ask.progress(state);
  }

  function look() {
    change();
    looking = done && env.setTimeout(look, LOOK);
  }

  try {
    begin(xhr = env.xhr(), ask, change);
  } catch (e) {
    env.setTimeout(function () { finish({}); }, 0);
  }
  isSending = false;
  watchdog = ask.timeout && env.setTimeout(function () { finish({ late: true }); }, ask.timeout);
  if (ask.progress && !env.fetch) {
    look();
  }
  return function () { finish(); };
}

module.exports = {
  creator: creator,
  send: send,
  // Another origin is reached by those that know of credentials.
  usable: function (env) { return env.xhr && (!env.isForeign || 'withCredentials' in env.xhr()); },
  // Internet Explorer below 10 lets nobody read before the end.
  streams: function (env) { return !env.root[names.ACTIVE] || env.WebSocket; }
};
