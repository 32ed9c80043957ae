// A page of the gateway's that never ends, in a hidden frame: each packet is a script in it. Where there is ActiveX the frame
// is in a document of its own, which no window shows and which makes no noise; where the gateway is of another origin its
// page posts messages to this one.

var has = require('../packet').has;
var json = require('../json');
var names = require('../env/names');
var origin = require('../env/origin');

// Milliseconds after its end in which a frame may still have posted something.
var SETTLED = 100;

// By name: who hears what is posted, and from which origin it has to be; and where the browser tells of it.
var hearers = {}, target, isListening;

// Internet Explorer 8 tells of messages at the window or at the document, as the page's mode is: the one that first brought
// something of ours counts. What is not ours is passed over.
function listen(one) {
  function heard(event) {
    var parts = /^(\w+):([\s\S]+)/.exec(event.data), hearer = parts && has(hearers, parts[1]) && hearers[parts[1]];
    if (hearer && origin.of(event.origin) === hearer[0] && (target = target || one) === one) {
      hearer[1](parts[2]);
    }
  }

  if (one.addEventListener) {
    one.addEventListener('message', heard, false);
  } else {
    one.attachEvent('onmessage', heard);
  }
}

// A document that no window shows; null where there is no such thing.
function hidden(root) {
  var page;
  try {
    page = new root[names.ACTIVE]('htmlfile');
    page.open();
    page.write('<body></body>');
    page.close();
    return page;
  } catch (e) {
    return null;
  }
}

// Puts the frame in. The address comes last: otherwise it would be a step in the history, or loaded twice.
function insert(page, url, ended) {
  var frame = page.createElement('iframe');
  frame.style.display = 'none';
  page.body.appendChild(frame);
  names.ended(frame, ended);
  frame.src = url;
  return frame;
}

// What else belongs to the address where the gateway is of another origin; `push` gets what is posted from there.
function posting(client, name, push) {
  var env = client.env;
  hearers[name] = [origin.of(client.url), push];
  if (!isListening) {
    isListening = true;
    listen(env.root);
    listen(env.document);
  }
  return '&origin=' + encodeURIComponent(origin.of(env.location.href));
}

// What is pushed leaves the other window's script before `take` gets it; in order.
function ordered(env, take) {
  var queue = [], timer;

  function drain() {
    for (timer = 0; queue.length;) {
      take(queue.shift());
    }
  }

  return function (text) {
    queue.push(text);
    timer = timer || env.setTimeout(drain, 0);
  };
}

function open(client, url, hear, end) {
  var env = client.env, page = env.isForeign ? null : hidden(env.root), isOpen, frame;
  var push = ordered(env, function (text) {
    isOpen = isOpen || /^{"open"/.test(text);
    if (text && isOpen) {
      hear(text);
    } else {
      stop();
      end(text && 'it was refused', text && { status: 200, text: text });
    }
  });
  // What holds an htmlfile from being collected. It is nobody else's: what comes late may still call it.
  var name = names.take(env.root, page || call);

  // As text: objects of a window that is gone are of no use in Internet Explorer.
  function call(packet) {
    push(json.stringify(packet) + '');
  }

  function stop() {
    if (frame) {
      names.remove(frame);
      frame = page = null;
      release(env.root, name);
    }
  }

  if (page) {
    page.parentWindow[name] = call;
  }
  url += (env.isForeign ? posting(client, name, push) : '') + '&callback=' + name;
  // Before anything came it is the empty page that was there first, or nothing of the gateway's.
  frame = insert(page || env.document, url, function () {
    env.setTimeout(function () { return isOpen && push(''); }, SETTLED);
  });
  return stop;
}

function release(root, name) {
  root[name] = names.nothing;
  delete hearers[name];
  if (root[names.ACTIVE]) {
    // Until then the connection stays.
    CollectGarbage();
  }
}

module.exports = {
  open: open,
  usable: function (env) { return env.document && env.document.body && (!env.isForeign || env.root.postMessage); }
};
