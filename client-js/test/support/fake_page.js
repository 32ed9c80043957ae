'use strict';

// A page in an old browser: the shipped file runs in a context of its own, with the host objects that its browser has and no
// others. What breaks a rule of theirs is kept in `faults`.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { Net } = require('./fake_net');
const { STRIP } = require('./old_language');
const dom = require('./fake_dom');
const htmlfile = require('./fake_htmlfile');
const msxml = require('./fake_msxml');
const sse = require('./fake_sse');
const xdr = require('./fake_xdr');
const { Xhr } = require('./fake_xhr');

const FILE = path.join(__dirname, '../../dist', process.env.CLIENT ?? 'client.min.js');
const REAL = { setTimeout, clearTimeout, now: Date.now };

// What browsers have. `activeX`, `xdr`, `postMessage` ('window' or 'document', where its messages come), `events` (how
// handlers are attached), `script` (how the end of one is told), `isStripped`: of all that came after 2001.
const BROWSERS = {
  ie6: { limit: 2, activeX: true, events: 'attach', script: 'states', isStripped: true, isIe: true },
  ie8: { activeX: true, xdr: { isSilentAtEnd: true }, postMessage: 'sync', events: 'attach', script: 'states', isIe: true },
  ie9: { activeX: true, xdr: { isSilentAtEnd: false }, postMessage: 'async', events: 'add', script: 'muddle', isIe: true },
  opera11: { limit: 6, xhr: 'plain', sse: { isOld: true }, postMessage: 'async', events: 'add', script: 'silent' },
  safari7: { xhr: 'cors', sse: {}, postMessage: 'async', events: 'add', script: 'events' },
  konqueror: { xhr: 'plain', events: 'add', script: 'silent', isSilentFrame: true },
  netsurf: { events: 'add', script: 'events', sse: { isOld: true, isDeaf: true } }
};

class Page {
  // `net`: how it answers; `quirks`: the page's mode; `file`: the client's text, where it is not the shipped one; `timers`:
  // a clock in place of the real one.
  constructor(name, url, { net = {}, isQuirks = false, text, timers = REAL, domain, body = true, ...more } = {}) {
    this.url = url;
    this.kind = { ...BROWSERS[name], ...more };
    this.timers = timers;
    this.faults = [];
    this.errors = [];
    this.task = 0;
    this.depth = 0;
    this.isQuirks = isQuirks;
    this.net = new Net(this, { limit: this.kind.limit, ...net });
    this.listeners = [];
    this.window = this.context();
    this.document = dom.makeDocument(this, { domain, body });
    this.furnish();
    vm.runInContext(text ?? fs.readFileSync(FILE, 'utf8'), this.window);
    this.everwire = this.window.everwire;
  }

  // A global object as this browser makes them.
  context() {
    const global = vm.createContext({});
    global.window = vm.runInContext('this', global);
    if (this.kind.isStripped) {
      vm.runInContext(STRIP, global);
    }
    return global;
  }

  furnish() {
    const { window, kind, timers } = this;
    const { href, pathname, protocol, host, hostname } = new URL(this.url);
    const mine = {
      document: this.document,
      location: { href, pathname, protocol, host, hostname },
      navigator: { userAgent: '' },
      setTimeout: (fn, ms) => timers.setTimeout(() => this.run(fn), ms),
      clearTimeout: (timer) => timers.clearTimeout(timer)
    };
    if (timers !== REAL) {
      vm.runInContext('Date', window).prototype.getTime = () => timers.now();
    }
    Object.assign(mine, this.events(window, kind.events));
    Object.assign(window, mine, this.carriers(kind));
    if (!kind.isIe) {
      window.onpagehide = null;
    }
  }

  carriers(kind) {
    const own = {};
    if (kind.activeX) {
      own.ActiveXObject = this.activeX();
      own.CollectGarbage = () => htmlfile.collect(this);
    }
    if (kind.xdr) {
      own.XDomainRequest = xdr.make(this, kind.xdr);
    }
    if (kind.sse) {
      own.EventSource = sse.make(this, kind.sse);
    }
    if (kind.xhr) {
      const page = this;
      own.XMLHttpRequest = function XMLHttpRequest() {
        return new Xhr(page, kind.xhr === 'cors');
      };
    }
    if (kind.postMessage) {
      // In Internet Explorer 8 it is no function to `typeof`.
      own.postMessage = {};
    }
    return own;
  }

  activeX() {
    const page = this;
    const Request = msxml.make(page);
    const Document = htmlfile.make(page);
    return function ActiveXObject(id) {
      if (id === 'htmlfile') {
        return new Document();
      }
      if (!/^(Msxml2\.XMLHTTP\.3\.0|Microsoft\.XMLHTTP)$/.test(id)) {
        throw new Error('Automation server can\'t create object');
      }
      return new Request();
    };
  }

  // Handlers on a window or a document.
  events(target, kind) {
    const { listeners } = this;
    return kind === 'attach'
      ? { attachEvent: (name, fn) => listeners.push({ target, name: name.slice(2), fn }) }
      : { addEventListener: (name, fn) => listeners.push({ target, name, fn }) };
  }

  fire(target, name, event = {}) {
    this.run(() => this.listeners.filter((one) => one.target === target && one.name === name).forEach((one) => one.fn(event)));
  }

  // What a frame or a stranger posts.
  post(data, origin) {
    const { postMessage } = this.kind;
    const tell = () => this.fire(this.isQuirks ? this.document : this.window, 'message', { data, origin });
    if (postMessage === 'sync') {
      tell();
    } else if (postMessage) {
      this.timers.setTimeout(tell, 0);
    }
  }

  // Something calls back.
  run(fn) {
    this.depth++;
    if (this.depth === 1) {
      this.task++;
    }
    try {
      fn();
    } catch (error) {
      this.errors.push(error);
    } finally {
      this.depth--;
    }
  }

  fault(text) {
    this.faults.push(text);
  }

  // Whether a thing is reachable from what is global: what only closures hold is as good as gone.
  holds(thing) {
    return Object.getOwnPropertyNames(this.window).some((name) => this.window[name] === thing);
  }

  // The page goes: whatever is left open then stays so until the browser ends.
  unload() {
    this.fire(this.window, this.kind.isIe ? 'unload' : 'pagehide', { persisted: false });
    return [...this.net.live, ...this.net.queue].map((one) => `${one.method} ${one.url.pathname}`);
  }

  stop() {
    this.net.stop();
  }
}

module.exports = { Page, FILE };
