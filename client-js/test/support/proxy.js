'use strict';

// A TCP proxy that does what bad networks do.

const net = require('node:net');

class Proxy {
  constructor(port) {
    this.target = port;
    this.pairs = new Set();
    // `socket` and `http`: what new connections of that kind suffer: '' nothing, 'refuse', 'mute' (nothing comes back
    // but the handshake), 'page' (a login page).
    this.fate = { socket: '', http: '' };
    this.count = { socket: 0, http: 0 };
    this.server = net.createServer((client) => this.accept(client));
  }

  listen() {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () => {
        this.url = `http://127.0.0.1:${this.server.address().port}`;
        resolve(this);
      });
    });
  }

  accept(client) {
    client.setNoDelay(true);
    client.on('error', () => client.destroy());
    client.once('data', (first) => {
      const kind = /^GET \/everwire\/ws/.test(first.toString('latin1')) ? 'socket' : 'http';
      const fate = this.fate[kind];
      this.count[kind]++;
      if (fate === 'refuse') {
        client.destroy();
      } else if (fate === 'page') {
        client.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\nConnection: close\r\n\r\n<p>Login!');
      } else {
        this.join(client, first, kind, fate === 'mute');
      }
    });
  }

  join(client, first, kind, isMute) {
    const server = net.connect(this.target, '127.0.0.1');
    const pair = { client, server, kind, isMute, up: false, down: false };
    server.setNoDelay(true);
    this.pairs.add(pair);
    const end = () => {
      client.destroy();
      server.destroy();
      this.pairs.delete(pair);
    };
    client.on('data', (data) => pair.up || server.write(data));
    server.on('data', (data) => {
      if (!pair.down) {
        client.write(data);
        pair.down = pair.isMute;
      }
    });
    for (const one of [client, server]) {
      one.on('error', end);
      one.on('close', end);
    }
    server.write(first);
  }

  // Cuts every connection of a kind (absent: all), as far as it stands.
  cut(kind) {
    for (const pair of this.pairs) {
      if (!kind || pair.kind === kind) {
        pair.client.destroy();
      }
    }
  }

  // From now on nothing passes on these connections in the direction `up` or `down`; they stay open.
  starve(kind, way) {
    for (const pair of this.pairs) {
      if (pair.kind === kind) {
        pair[way] = true;
      }
    }
  }

  stop() {
    this.cut();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

module.exports = { Proxy };
