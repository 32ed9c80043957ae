'use strict';

// XDomainRequest as Internet Explorer 8 and 9 have it: it refuses what they refuse, and whoever breaks its rules waits for ever.

const HANDLERS = ['onload', 'onerror', 'ontimeout', 'onprogress'];
// Bytes of a body before `onprogress` comes for the first time.
const SILENT = 2048;

// `isSilentAtEnd`: what came last is told by `onload` alone.
function make(page, { isSilentAtEnd = true } = {}) {
  const { origin, protocol } = new URL(page.url);

  return class XDomainRequest {
    #text = '';
    #readable = false;
    #made = page.task;
    #handlers = {};
    #isAborted = false;
    #timeout;
    #watchdog;
    #abort = () => {};

    constructor() {
      for (const name of HANDLERS) {
        Object.defineProperty(this, name, {
          enumerable: true,
          get: () => this.#handlers[name] ?? null,
          set: (fn) => {
            if (this.#isAborted && fn === null) {
              throw new TypeError('Not implemented');
            }
            this.#handlers[name] = fn;
          }
        });
      }
    }

    get responseText() {
      if (!this.#readable) {
        page.fault('XDomainRequest: read before anything had come');
        throw new Error('c00c023f');
      }
      return this.#text;
    }

    get timeout() {
      return this.#timeout;
    }

    set timeout(ms) {
      this.#timeout = ms;
    }

    open(method, url) {
      const target = new URL(url, page.url);
      if (!/^(GET|POST)$/.test(method)) {
        throw new Error('Invalid argument.');
      }
      if (target.protocol !== protocol) {
        throw new Error('Access is denied.');
      }
      this.#asked = { method, url: target.href };
    }

    #asked = null;

    send(body) {
      const missing = HANDLERS.filter((name) => typeof this.#handlers[name] !== 'function');
      if (!this.#asked) {
        throw new Error('Unspecified error.');
      }
      if (missing.length > 0) {
        page.fault(`XDomainRequest: sent without ${missing}: it stays pending`);
      } else if (this.#timeout === undefined) {
        page.fault('XDomainRequest: sent without a timeout: it is aborted at a whim');
      } else if (this.#made === page.task) {
        page.fault('XDomainRequest: sent by the very code that made it: it stays pending');
      } else {
        this.#go(body);
      }
    }

    #go(body) {
      const headers = { Origin: origin, ...(this.#asked.method === 'POST' && { 'Content-Type': 'text/plain' }) };
      let told = 0;
      const fail = () => this.#call('onerror');
      const progress = () => {
        if (this.#text.length >= SILENT && this.#text.length > told && this.#isAlive()) {
          told = this.#text.length;
          this.#readable = true;
          this.#call('onprogress');
        }
      };
      let later;
      this.#abort = page.net.request({ ...this.#asked, headers, body }, {
        head: (status, got) => {
          const allowed = got['access-control-allow-origin'];
          if (status !== 200 || (allowed !== '*' && allowed !== origin)) {
            this.#abort();
            fail();
          }
        },
        data: (text) => {
          this.#text += text;
          if (isSilentAtEnd) {
            page.timers.clearTimeout(later);
            later = page.timers.setTimeout(() => page.run(progress), 0);
          } else {
            progress();
          }
        },
        end: () => {
          page.timers.clearTimeout(later);
          if (this.#isAlive()) {
            this.#readable = true;
            this.#call('onload');
          }
        },
        error: fail
      });
      if (this.#timeout > 0) {
        this.#watchdog = page.timers.setTimeout(() => page.run(() => {
          this.#abort();
          this.#call('ontimeout');
        }), this.#timeout);
      }
    }

    // What nothing global holds is collected while it is at work, and its connection with it.
    #isAlive() {
      if (this.#isAborted || page.holds(this)) {
        return !this.#isAborted;
      }
      this.#abort();
      page.fault('XDomainRequest: collected while it was at work');
      return false;
    }

    #call(name) {
      page.timers.clearTimeout(this.#watchdog);
      if (!this.#isAborted) {
        this.#handlers[name].call(this);
      }
    }

    abort() {
      if (this.#asked && HANDLERS.some((name) => this.#handlers[name] && !/^function\s*[\w$]*\(\)\s*\{\s*\}$/.test(this.#handlers[name]))) {
        page.fault('XDomainRequest: aborted with its handlers, which leak');
      }
      this.#isAborted = true;
      this.#abort();
    }
  };
}

module.exports = { make };
