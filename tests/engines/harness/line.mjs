// A line between two places, as long as a test wants it to be: what goes over it takes its time, new connections take longer,
// and it breaks after so many bytes.

import net from 'node:net';
import { once } from 'node:events';

/** One direction of a connection: bytes come out in the order in which they went in, `latency` ms later. */
class Way {
  constructor({ from, to, latency, ready, most, broken }) {
    Object.assign(this, { to, latency, ready, most, broken });
    this.waiting = [];
    this.carried = 0;
    from.on('data', (bytes) => this.later(() => this.write(bytes)));
    from.on('end', () => this.later(() => to.end()));
    from.on('close', () => this.later(() => to.destroy()));
    from.on('error', () => {});
  }

  /** Nothing overtakes: each timer does what has waited longest. */
  later(act) {
    const due = Math.max(performance.now(), this.ready) + this.latency;
    this.waiting.push(act);
    if (due <= performance.now()) return this.waiting.shift()();
    setTimeout(() => this.waiting.shift()(), due - performance.now());
    return undefined;
  }

  write(bytes) {
    const left = this.most - this.carried;
    this.carried += bytes.length;
    if (this.to.writable) this.to.write(bytes.subarray(0, Math.max(0, left)));
    if (this.carried > this.most) this.broken();
  }
}

export class Line {
  /**
   * @param {number} port where it leads, on this machine
   * @param {{latency?: number, setUp?: number, cutAfter?: {up?: number, down?: number}}} options `latency`: of one way, ms;
   *   `setUp`: round trips that a new connection takes before it carries anything (1 of TCP, 2 with TLS); `cutAfter`: bytes of
   *   one connection after which it breaks, by direction
   */
  static async start(port, { latency = 0, setUp = 1, cutAfter = {} } = {}) {
    const line = new Line(port, { latency, setUp, cutAfter });
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    line.port = line.server.address().port;
    return line;
  }

  constructor(target, options) {
    Object.assign(this, options);
    this.target = target;
    /** Connections that were made, that were cut, and those of them that broke after so many bytes. */
    this.made = 0;
    this.cuts = 0;
    this.breaks = 0;
    this.pairs = new Set();
    this.server = net.createServer((client) => this.join(client));
  }

  join(client) {
    const upstream = net.connect(this.target, '127.0.0.1');
    const pair = [client, upstream];
    const ready = performance.now() + 2 * this.latency * this.setUp;
    const broken = () => {
      this.breaks += 1;
      this.end(pair);
    };
    this.made += 1;
    this.pairs.add(pair);
    pair.forEach((socket) => socket.setNoDelay(true));
    client.on('close', () => this.pairs.delete(pair));
    for (const [way, from, to] of [['up', client, upstream], ['down', upstream, client]]) {
      new Way({ from, to, latency: this.latency, ready, most: this.cutAfter[way] ?? Infinity, broken });
    }
  }

  end(pair) {
    if (this.pairs.delete(pair)) this.cuts += 1;
    pair.forEach((socket) => socket.destroy());
  }

  /** Cuts every connection, at both ends at once. */
  cut() {
    this.pairs.forEach((pair) => this.end(pair));
  }

  stop() {
    this.server.close();
    this.cut();
  }
}
