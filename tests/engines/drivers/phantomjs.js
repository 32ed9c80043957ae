// Drives PhantomJS from within: fetches one command after the other from the harness and posts what came of it.
//
//   phantomjs --web-security=no phantomjs.js http://127.0.0.1:PORT
//
// `GET /command?n` is answered with `VERB ARGUMENT` once there is one to carry out, `POST /answer` takes `done VALUE` or
// `failed WHY`. Where the harness is gone, so is this. Written for the JavaScript of 2011.
/*global phantom: false*/
var harness = require('system').args[1];
var page = require('webpage').create();
var count = 0;

page.viewportSize = { width: 1024, height: 768 };
page.onConsoleMessage = function (text) { console.log('console: ' + text); };
page.onAlert = function (text) { console.log('alert: ' + text); };
page.onError = function (text, trace) {
  var at = trace && trace[0];
  console.log('script error: ' + text + (at ? ', ' + at.file + ':' + at.line : ''));
};

function answer(text) {
  var request = new XMLHttpRequest();
  request.open('POST', harness + '/answer', true);
  // A type that needs no leave to be asked for first.
  request.setRequestHeader('Content-Type', 'text/plain');
  request.onload = next;
  request.onerror = function () { phantom.exit(1); };
  request.send(text);
}

var verbs = {
  open: function (url) {
    page.open(url, function (status) { answer(status === 'success' ? 'done ' : 'failed ' + url + ' did not load'); });
  },
  evaluate: function (code) {
    answer(page.evaluate(function (code) {
      try { return 'done ' + window.eval(code); } catch (error) { return 'failed ' + error; }
    }, code));
  },
  render: function (file) {
    page.render(file);
    answer('done ' + file);
  }
};

function next() {
  var request = new XMLHttpRequest();
  count += 1;
  request.open('GET', harness + '/command?' + count, true);
  request.onload = function () {
    var text = request.responseText, at = text.indexOf(' ');
    verbs[text.slice(0, at)](text.slice(at + 1));
  };
  request.onerror = function () { phantom.exit(1); };
  request.send(null);
}

next();
