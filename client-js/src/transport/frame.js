// A page of the gateway's that never ends, in a hidden frame: each packet is a script in it. Where there is ActiveX the frame
// is in a document of its own, which no window shows and which makes no noise; where the gateway is of another origin its
// page posts messages to this one.

var has = require('../packet').has;
var json = require('../json');
var names = require('../env/names');
var origin = require('../env/origin');

// Milliseconds after its end in which a frame may still have posted something.
var SETTLED = 100;

// Who hears what is posted under which name, and where the browser tells of it.
var frames = {}, target = null, isListening = false;

// Internet Explorer 8 tells of messages at the window or at the document, as the page's mode is: the one that first brought
// something of ours counts. What is not ours is passed over.
function listen(one) {
  function heard(event) {
    var parts = /^(\w+):([\s\S]+)/.exec(event.data), frame = parts && has(frames, parts[1]) && frames[parts[1]];
    if (frame && origin.of(event.origin) === frame.origin && (target = target || one) === one) {
      frame.push(parts[2]);
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
    page.write('<html><body></body></html>');
    page.close();
    return page;
  } catch (e) {
    return null;
  }
}

function Frame(client, hear, end) {
  this.env = client.env;
  this.origin = origin.of(client.url);
  this.hear = hear;
  this.end = end;
  this.queue = [];
}

Frame.prototype = {
  begin: function (url) {
    var self = this, env = this.env, root = env.root, page = !env.isForeign && hidden(root), name, frame;
    // As text: objects of a window that is gone are of no use in Internet Explorer.
    function call(packet) {
      self.push(json.stringify(packet) || 'null');
    }
    // An htmlfile is collected while it is at work if nothing global holds it.
    name = this.name = names.take(root, page || call);
    if (page) {
      page.parentWindow[name] = call;
    }
    if (env.isForeign) {
      frames[name] = this;
      if (!isListening) {
        isListening = true;
        listen(root);
        listen(env.document);
      }
      url += '&origin=' + encodeURIComponent(origin.of(env.location.href));
    }
    page = page || env.document;
    frame = this.frame = page.createElement('iframe');
    frame.style.display = 'none';
    // The address comes last: otherwise it would be a step in the history, or loaded twice.
    page.body.appendChild(frame);
    frame.onload = frame.onreadystatechange = function () { self.loaded(); };
    frame.src = url + '&callback=' + name;
  },

  // Leaves the other window's script before anything is heard; in order.
  push: function (text) {
    var self = this;
    this.came = true;
    this.queue.push(text);
    this.timer = this.timer || this.env.setTimeout(function () { self.drain(); }, 0);
  },

  drain: function () {
    var text;
    this.timer = null;
    while (this.frame && this.queue.length) {
      text = this.queue.shift();
      this.isOpen = this.isOpen || /^{"open"/.test(text);
      if (text && this.isOpen) {
        this.hear(text);
      } else {
        this.stop();
        this.end(text && 'it was refused', text && { status: 200, text: text });
      }
    }
  },

  // Before anything came it is the empty page that was there first, or nothing of the gateway's.
  loaded: function () {
    var self = this;
    if (this.came && (!this.frame.readyState || this.frame.readyState === 'complete')) {
      this.env.setTimeout(function () { self.push(''); }, SETTLED);
    }
  },

  // The name is nobody else's: what comes late may still call it.
  stop: function () {
    var frame = this.frame, root = this.env.root;
    this.frame = null;
    if (frame) {
      delete frames[this.name];
      root[this.name] = frame.onload = frame.onreadystatechange = names.nothing;
      frame.parentNode.removeChild(frame);
      if (root[names.ACTIVE]) {
        // Until then its connection stays.
        CollectGarbage();
      }
    }
  }
};

module.exports = {
  open: function (client, url, hear, end) {
    var frame = new Frame(client, hear, end);
    frame.begin(url);
    return function () { frame.stop(); };
  },
  usable: function (env) { return env.document && env.document.body && (!env.isForeign || env.root.postMessage); }
};
