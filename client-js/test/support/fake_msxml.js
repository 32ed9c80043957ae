'use strict';

// The XMLHttpRequest of Internet Explorer below 10.

// Without its port, at which it does not look.
const host = (url) => `${url.protocol}//${url.hostname}`;

function make(page) {
  return class Msxml {
    #handler = function () {};
    #state = 0;
    #status = 0;
    #text = '';
    #headers = {};
    #sent = {};
    #abort = () => {};
    #asked = null;

    get readyState() {
      return this.#state;
    }

    get status() {
      return this.#read(this.#status);
    }

    get responseText() {
      return this.#read(this.#text);
    }

    #read(value) {
      if (this.#state !== 4) {
        // The client looks whether it may, and must not be hurt by it.
        throw new Error('c00c023f: the data necessary to complete this operation is not yet available');
      }
      return value;
    }

    get onreadystatechange() {
      return this.#handler;
    }

    set onreadystatechange(fn) {
      if (typeof fn !== 'function') {
        page.fault('MSXML: a handler that is no function');
        throw new TypeError('Type mismatch.');
      }
      this.#handler = fn;
    }

    open(method, url, isAsync) {
      const target = new URL(url, page.url);
      if (host(target) !== host(new URL(page.url))) {
        throw new Error('Access is denied.');
      }
      if (!isAsync) {
        page.fault('MSXML: the page stands still');
      }
      this.#asked = { method, url: target.href };
      this.#change(1);
    }

    setRequestHeader(name, value) {
      this.#sent[name] = value;
    }

    getResponseHeader(name) {
      return this.#read(this.#headers[name.toLowerCase()] ?? '');
    }

    send(body) {
      if (arguments.length === 0) {
        throw new Error('Not enough arguments');
      }
      // It tells of headers before there are any.
      this.#change(2);
      let text = '';
      let status = 0;
      this.#abort = page.net.request({ ...this.#asked, headers: this.#sent, body: body ?? undefined }, {
        head: (code, headers) => {
          status = code;
          this.#headers = headers;
          this.#change(2);
        },
        data: (piece) => {
          text += piece;
          this.#change(3);
        },
        end: () => this.#end(status === 204 ? 1223 : status, text),
        error: () => this.#end(12152, '')
      });
    }

    #end(status, text) {
      this.#status = status;
      this.#text = text;
      this.#change(4);
    }

    #change(state) {
      this.#state = state;
      this.#handler();
    }

    // It is told as an end, for whoever still listens.
    abort() {
      this.#abort();
      for (const state of [3, 4]) {
        if (this.#state !== 4 || state === 4) {
          this.#end2(state);
        }
      }
      this.#state = 0;
    }

    #end2(state) {
      this.#status = 0;
      this.#text = '';
      this.#change(state);
    }
  };
}

module.exports = { make };
