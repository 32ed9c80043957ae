'use strict';

// XMLHttpRequest where it is the browser's own; `isCors`: it knows of other origins.
class Xhr {
  constructor(page, isCors) {
    this.page = page;
    this.readyState = this.status = 0;
    this.responseText = '';
    this.onreadystatechange = null;
    this.sent = {};
    if (isCors) {
      this.withCredentials = false;
    }
  }

  open(method, url) {
    const target = new URL(url, this.page.url);
    if (target.origin !== new URL(this.page.url).origin && !('withCredentials' in this)) {
      throw new Error('NETWORK_ERR');
    }
    this.asked = { method, url: target.href };
    this.change(1);
  }

  setRequestHeader(name, value) {
    this.sent[name] = value;
  }

  getResponseHeader(name) {
    return this.got?.[name.toLowerCase()] ?? null;
  }

  send(body) {
    let status = 0;
    this.stop = this.page.net.request({ ...this.asked, headers: this.sent, body: body ?? undefined }, {
      head: (code, headers) => {
        status = code;
        this.got = headers;
        this.change(2);
      },
      data: (text) => {
        this.responseText += text;
        this.status = status;
        this.change(3);
      },
      end: () => {
        this.status = status;
        this.change(4);
      },
      error: () => {
        this.status = 0;
        this.change(4);
      }
    });
  }

  change(state) {
    this.readyState = state;
    this.onreadystatechange?.();
  }

  abort() {
    this.stop?.();
    if (this.readyState !== 4) {
      this.change(4);
    }
  }
}

module.exports = { Xhr };
