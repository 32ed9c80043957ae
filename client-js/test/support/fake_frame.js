'use strict';

// An iframe: it loads a page, whose scripts run as they come, in a window of their own.

const vm = require('node:vm');

function Frame(element) {
  const { page } = element;
  let src = '';
  let stop = () => {};

  element.inserted = () => {
    if (src && page.kind.isIe && !/^javascript:/.test(src)) {
      page.fault('iframe: it had an address before it was in the page: a step in the history, and loaded twice');
    }
    // The empty page comes first, and some tell that it has.
    element.readyState = page.kind.isIe ? 'complete' : undefined;
    page.timers.setTimeout(() => page.run(() => !element.isBusy && element.isThere && tell()), 0);
  };
  Object.defineProperty(element, 'src', {
    get: () => src,
    set: (url) => {
      src = url;
      if (element.isThere && !/^(javascript|about):/.test(url)) {
        element.load('GET', url);
      }
    }
  });

  // Below 9 Internet Explorer knows no `onload` that is given by a script.
  function tell() {
    if (page.kind.isSilentFrame) {
      return;
    }
    if (page.kind.events === 'attach') {
      element.onreadystatechange?.({});
    } else {
      element.onload?.({});
      element.onreadystatechange?.({});
    }
  }

  element.abort = () => stop();
  element.removed = () => {
    if (element.owner === page.document) {
      stop();
    } else {
      // Of an htmlfile: when the garbage is collected.
      (page.removed ??= []).push(element);
    }
  };

  element.load = (method, url, body, headers = {}) => {
    const reader = new Reader(element, new URL(url, page.url));
    element.isBusy = true;
    element.readyState = page.kind.isIe ? 'loading' : undefined;
    stop();
    stop = page.net.request({ method, url: reader.url.href, body, headers }, {
      head: (status, got) => reader.head(status, got),
      data: (text) => reader.data(text),
      end: () => {
        element.isBusy = false;
        if (element.readyState) {
          element.readyState = 'complete';
        }
        if (reader.status !== 204) {
          tell();
        }
      },
      error: () => {
        element.isBusy = false;
        element.readyState = element.readyState && 'complete';
        tell();
      }
    });
  };
}

// Reads a page as it comes.
class Reader {
  constructor(element, url) {
    Object.assign(this, { element, page: element.page, url, rest: '', isHtml: false });
    this.owner = element.owner === this.page.document ? this.page.window : element.owner.parentWindow;
  }

  head(status, headers) {
    this.status = status;
    const policy = headers['content-security-policy'] ?? '';
    this.isHtml = /^text\/html/.test(headers['content-type'] ?? '') && !headers['x-frame-options'] &&
      (!policy || /script-src 'unsafe-inline'/.test(policy));
  }

  data(text) {
    if (this.element.owner.isHeld && !this.element.owner.isHeld()) {
      this.page.fault('htmlfile: collected while it was at work');
      this.element.abort();
      return;
    }
    this.rest += text;
    for (let end; this.isHtml && (end = this.rest.indexOf('</script>')) >= 0;) {
      const script = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + 9);
      this.run(script.slice(script.indexOf('<script>') + 8));
    }
  }

  run(script) {
    const { page } = this;
    this.window ??= this.open();
    page.inFrame = true;
    try {
      vm.runInContext(script, this.window);
    } catch (error) {
      page.fault(`a frame's script failed: ${error.message}`);
    }
    page.inFrame = false;
  }

  // The window in the frame. What is of another origin may only post.
  open() {
    const { page } = this;
    const window = page.context();
    const isOwn = this.url.origin === new URL(page.url).origin && page.document.domain === new URL(page.url).hostname;
    window.parent = isOwn ? this.owner : {
      postMessage: (data, target) => {
        if (page.kind.postMessage && typeof data === 'string' && target === new URL(page.url).origin) {
          page.inFrame = page.kind.postMessage === 'sync';
          page.post(data, this.url.origin);
        }
      }
    };
    return window;
  }
}

module.exports = { Frame };
