'use strict';

// An XMLHttpRequest for node, as far as the client uses one.

const http = require('node:http');

// Keeps connections like a browser does: six to a host.
const agent = new http.Agent({ keepAlive: true, maxSockets: 6 });

class Xhr {
  constructor() {
    this.readyState = 0;
    this.status = 0;
    this.responseText = '';
    this.onreadystatechange = null;
    this.headers = {};
    this.answer = null;
  }

  open(method, url) {
    this.method = method;
    this.url = url;
    this.change(1);
  }

  setRequestHeader(name, value) {
    this.headers[name] = value;
  }

  getResponseHeader(name) {
    return this.answer ? this.answer.headers[name.toLowerCase()] ?? null : null;
  }

  send(body) {
    const headers = { ...this.headers };
    if (body) {
      headers['Content-Length'] = Buffer.byteLength(body);
    }
    this.request = http.request(this.url, { method: this.method, headers, agent }, (answer) => this.answered(answer));
    this.request.on('error', () => this.ended(0, ''));
    this.request.end(body || undefined);
  }

  answered(answer) {
    const chunks = [];
    this.answer = answer;
    this.change(2);
    answer.on('data', (chunk) => {
      chunks.push(chunk);
      this.responseText = Buffer.concat(chunks).toString('utf8');
      this.status = answer.statusCode;
      this.change(3);
    });
    answer.on('end', () => {
      const isWhole = answer.complete;
      this.ended(isWhole ? answer.statusCode : 0, isWhole ? Buffer.concat(chunks).toString('utf8') : '');
    });
    answer.on('error', () => this.ended(0, ''));
    answer.on('aborted', () => this.ended(0, ''));
  }

  ended(status, text) {
    if (this.readyState !== 4) {
      this.status = status;
      this.responseText = text;
      this.change(4);
    }
  }

  change(state) {
    if (this.readyState === 4) {
      return;
    }
    this.readyState = state;
    if (this.onreadystatechange) {
      this.onreadystatechange();
    }
  }

  abort() {
    if (this.request) {
      this.request.destroy();
    }
    this.ended(0, '');
  }
}

module.exports = { make: () => new Xhr(), agent };
