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
  names.ended(node, function () { return isCalled || end(SETTLED, {}); });
  node.src = url + '&callback=' + name;
  page = page.getElementsByTagName('head')[0] || page.body;
  page.insertBefore(node, page.firstChild);
  return function () {
    env.clearTimeout(timer);
    names.remove(node);
    // A script can't be called off: its name is another's only when it has called.
    root[name] = free;
    return isCalled && free();
  };
}

// Asks for what was opened, again and again as long as the form is still on its way.
function seek(env, url, done) {
  var tries = 0, stop, timer;

  function again() {
    stop = fetch(env, url + '&n=' + tries++, function (answer) {
      var error = answer.body && answer.body.error;
      if (error && error.code === 'not_found') {
        stop();
        stop = names.nothing;
        timer = env.setTimeout(again, LOOK * 10);
      } else {
        done(answer);
      }
    });
  }

  again();
  return function () {
    env.clearTimeout(timer);
    stop();
  };
}

// There is a page, and it is loaded: what hangs before that keeps it from ever being so. But a picture may hang as well.
function isReady(page, looks) {
  return page.body && (looks > MOST || !/loading|interactive/.test(page.readyState));
}

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send(env, ask, done) {
  var url = ask.url.replace(/\/messages\?|\?/, '/jsonp?'), looks = 0, timer, posted = names.nothing, fetched = posted;
  var watchdog = env.setTimeout(function () { finish({ late: true }); }, ask.timeout);

  function finish(answer) {
    env.clearTimeout(timer);
    env.clearTimeout(watchdog);
    fetched();
    posted(answer && answer.status);
    posted = fetched = names.nothing;
    return answer && done(answer);
  }

  // Is the gateway known to have what was posted? An opening is asked for by its key.
  function look() {
    if (looks++ < MOST || !ask.key && ask.taken() < ask.last) {
      timer = env.setTimeout(look, LOOK);
    } else if (ask.key) {
      fetched = seek(env, url + '&key=' + ask.key, finish);
    } else {
      finish({ status: 200, body: { ack: ask.taken() } });
    }
  }

  function begin() {
    if (!isReady(env.document, looks++)) {
      timer = env.setTimeout(begin, LOOK);
    } else if (ask.method === 'GET') {
      fetched = fetch(env, url, finish);
    } else {
      posted = form(env, url, ask.body, function () { looks = MOST; });
      looks = 0;
      look();
    }
  }

  begin();
  return function () { finish(); };
}

module.exports = { send: send, usable: function (env) { return env.document; } };
