'use strict';

// The network of a fake page: the real gateway by node's own HTTP, or answers that a test makes up. It counts connections as
// old browsers do, and keeps a record of what was asked.

const http = require('node:http');

// A poll by a script.
const isScript = ({ method, url }) => method === 'GET' && url.pathname.endsWith('/jsonp');

class Net {
  // `limit`: connections to a host, as the browser has it. `answer(request)` makes answers up: {status, headers, pieces,
  // end}, where `pieces` are [ms, text] and `end` is 'whole', 'cut' or 'open'; undefined: by HTTP.
  constructor(page, { limit = 6, answer } = {}) {
    this.page = page;
    this.limit = limit;
    this.answer = answer ?? (() => undefined);
    this.live = new Set();
    this.queue = [];
    // Everything that was asked, and most connections that were open at once, by method.
    this.log = [];
    this.most = { GET: 0, POST: 0 };
    this.agent = new http.Agent({ keepAlive: true });
  }

  // `hooks`: head(status, headers), data(text), end(), error(). Returns how to abort.
  request({ method, url, headers = {}, body }, hooks) {
    const asked = { method, url: new URL(url), headers, body, hooks, isOver: false };
    this.log.push(asked);
    this.queue.push(asked);
    this.count(method);
    this.next();
    return () => this.end(asked, () => {});
  }

  // At most one that receives and one that sends: a third connection would not be made, or another tab has it.
  // A script that waits can't be given up: the gateway answers it as soon as the one that takes its place is there.
  count(method) {
    const last = this.log[this.log.length - 1];
    const isReplaced = (one) => one !== last && isScript(one) && isScript(last);
    const open = [...this.live, ...this.queue].filter((one) => one.method === method && !isReplaced(one)).length;
    this.most[method] = Math.max(this.most[method], open);
    if (this.limit === 2 && open > 1) {
      const lately = this.log.slice(-3).map((one) => `${one.method} ${one.url.pathname}${one.url.search}`).join(', ');
      this.page.fault(`two connections for ${method} at once: ${lately}`);
    }
  }

  next() {
    const at = this.queue.findIndex((one) => [...this.live].filter((other) => other.url.host === one.url.host).length < this.limit);
    if (at >= 0) {
      const [asked] = this.queue.splice(at, 1);
      this.live.add(asked);
      this.begin(asked);
      this.next();
    }
  }

  begin(asked) {
    const made = this.answer(asked);
    if (made) {
      asked.stop = this.play(asked, made);
    } else {
      asked.stop = this.real(asked);
    }
  }

  tell(asked, name, ...values) {
    if (!asked.isOver) {
      this.page.run(() => asked.hooks[name](...values));
    }
  }

  end(asked, last) {
    if (!asked.isOver) {
      asked.isOver = true;
      this.queue = this.queue.filter((one) => one !== asked);
      this.live.delete(asked);
      asked.stop?.();
      last();
      this.next();
    }
  }

  finish(asked, name) {
    this.end(asked, () => this.page.run(() => asked.hooks[name]()));
  }

  play(asked, { status = 200, headers = {}, pieces = [], end = 'whole' }) {
    const { timers } = this.page;
    const all = [];
    let ms = 0;
    all.push(timers.setTimeout(() => this.tell(asked, 'head', status, { 'access-control-allow-origin': '*', ...headers }), 0));
    for (const [at, text] of pieces) {
      ms = Math.max(ms, at);
      all.push(timers.setTimeout(() => this.tell(asked, 'data', text), at));
    }
    if (end !== 'open') {
      all.push(timers.setTimeout(() => this.finish(asked, end === 'whole' ? 'end' : 'error'), ms + 1));
    }
    return () => all.forEach((timer) => timers.clearTimeout(timer));
  }

  real(asked) {
    const { method, url, body } = asked;
    const headers = { ...asked.headers };
    if (method === 'POST') {
      headers['Content-Length'] = Buffer.byteLength(body ?? '');
    }
    const request = http.request(url, { method, headers, agent: this.agent }, (answer) => {
      answer.setEncoding('utf8');
      this.tell(asked, 'head', answer.statusCode, answer.headers);
      answer.on('data', (text) => this.tell(asked, 'data', text));
      answer.on('end', () => this.finish(asked, answer.complete ? 'end' : 'error'));
      answer.on('error', () => this.finish(asked, 'error'));
    });
    request.on('error', () => this.finish(asked, 'error'));
    request.end(body ?? undefined);
    return () => request.destroy();
  }

  // Cuts what is under way, where `isMeant` says so.
  cut(isMeant = () => true) {
    const hit = [...this.live].filter(isMeant);
    hit.forEach((asked) => this.finish(asked, 'error'));
    return hit.length;
  }

  stop() {
    [...this.live, ...this.queue].forEach((asked) => this.end(asked, () => {}));
    this.agent.destroy();
  }
}

module.exports = { Net };
