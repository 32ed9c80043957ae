'use strict';

// EventSource, with what is wrong in old ones.

// Milliseconds before it connects again by itself; real ones take three seconds.
const AGAIN = 500;

// `isOld`: without CORS, and closing one that is telling something crashes the browser. `isDeaf`: made of nothing, it neither
// connects nor fails.
function make(page, { isOld = false, isDeaf = false } = {}) {
  const { origin } = new URL(page.url);

  class EventSource {
    #handlers = {};
    #isBusy = false;
    #isClosed = false;
    #abort = () => {};
    #timer;

    constructor(url, init) {
      this.url = new URL(url, page.url).href;
      if (isOld && (new URL(this.url).origin !== origin || init)) {
        throw new Error('SECURITY_ERR: DOM Exception 18');
      }
      if (!isDeaf) {
        this.#connect();
      }
    }

    addEventListener(name, fn, isCapture) {
      if (isCapture !== false) {
        page.fault('EventSource: the third argument is missing, which old ones need');
      }
      (this.#handlers[name] ??= []).push(fn);
    }

    #connect() {
      let rest = '';
      let isFirst = true;
      this.#abort = page.net.request({ method: 'GET', url: this.url, headers: { Accept: 'text/event-stream', Origin: origin } }, {
        head: (status, headers) => {
          if (status !== 200 || !/^text\/event-stream/.test(headers['content-type'])) {
            this.#isClosed = true;
            this.#abort();
            this.#tell('error', {});
          } else {
            this.#tell('open', {});
          }
        },
        data: (text) => {
          rest += text;
          if (isOld && isFirst && rest.includes('\n')) {
            // Opera loses the first line.
            isFirst = false;
            rest = rest.slice(rest.indexOf('\n') + 1);
          }
          const blocks = rest.split('\n\n');
          rest = blocks.pop();
          blocks.forEach((block) => this.#dispatch(block));
        },
        end: () => this.#again(),
        error: () => this.#again()
      });
    }

    #dispatch(block) {
      const fields = block.split('\n').filter((line) => !line.startsWith(':')).map((line) => /^(\w+): ?(.*)$/s.exec(line)).filter(Boolean);
      const of = (name) => fields.filter((field) => field[1] === name).map((field) => field[2]);
      if (of('data').length > 0) {
        this.#tell(of('event')[0] ?? 'message', { data: of('data').join('\n'), lastEventId: of('id')[0] ?? '' });
      }
    }

    // By itself, with the same address: whatever session and turn that names.
    #again() {
      this.#tell('error', {});
      if (!this.#isClosed) {
        this.#timer = page.timers.setTimeout(() => page.run(() => {
          page.fault('EventSource: it connects again by itself, to what is past');
          this.#connect();
        }), AGAIN);
      }
    }

    #tell(type, event) {
      if (this.#isClosed && type !== 'error') {
        return;
      }
      this.#isBusy = true;
      for (const fn of [this[`on${type}`], ...(this.#handlers[type] ?? [])]) {
        fn?.call(this, { type, ...event });
      }
      this.#isBusy = false;
    }

    close() {
      if (this.#isBusy && isOld) {
        page.fault('EventSource: closed while it was telling something: the browser crashed');
      }
      this.#isClosed = true;
      page.timers.clearTimeout(this.#timer);
      this.#abort();
    }
  }

  if (!isOld) {
    EventSource.prototype.withCredentials = false;
  }
  return EventSource;
}

module.exports = { make };
