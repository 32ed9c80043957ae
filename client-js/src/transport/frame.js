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
    var data = event.data, at = typeof data === 'string' ? data.indexOf(':') : -1, name = at < 0 ? '' : data.slice(0, at);
    if (has(frames, name) && origin.of(event.origin) === frames[name].origin) {
      target = target || one;
      if (target === one) {
        frames[name].push(data.slice(at + 1));
      }
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
  this.name = names.fresh();
  this.queue = [];
}

Frame.prototype = {
  begin: function (url) {
    var self = this, env = this.env, root = env.root, page = !env.isForeign && hidden(root), frame;
    // What is called late has to find it. As text: objects of a window that is gone are of no use in Internet Explorer.
    root[this.name] = function (packet) { self.push(json.stringify(packet) || 'null'); };
    if (page) {
      page.parentWindow[this.name] = root[this.name];
      // It is collected while it is at work if nothing global holds it.
      root[this.name] = page;
    }
    if (env.isForeign) {
      frames[this.name] = this;
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
    frame.src = url + '&callback=' + this.name;
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
      if (!text) {
        this.end('');
      } else if (this.isOpen || /^{"open"/.test(text)) {
        this.isOpen = true;
        this.hear(text);
      } else {
        this.end('it was refused', { status: 200, text: text });
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

  stop: function () {
    var frame = this.frame, root = this.env.root;
    this.frame = null;
    this.env.clearTimeout(this.timer);
    delete frames[this.name];
    root[this.name] = names.nothing;
    if (frame) {
      frame.onload = frame.onreadystatechange = names.nothing;
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
  usable: function (env) {
    return !!env.document && !!env.document.body && (!env.isForeign || !!env.root.postMessage);
  }
};
