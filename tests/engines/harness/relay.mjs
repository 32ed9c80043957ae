// A relay of bytes between an engine and whatever it talks to: cuts, starves, and starves only what was upgraded.

import net from 'node:net';
import { once } from 'node:events';

export class Relay {
  /**
   * @param {number} port where the bytes go, on this machine
   * @param {{up: boolean, down: boolean}} starved in which directions upgraded connections are swallowed; may change
   */
  static async start(port, starved = { up: false, down: false }) {
    const relay = new Relay(port, starved);
    relay.server.listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    relay.port = relay.server.address().port;
    return relay;
  }

  constructor(target, starved) {
    this.target = target;
    this.starved = starved;
    /** How many upgrades went through, and how many connections were cut. */
    this.upgraded = 0;
    this.cuts = 0;
    this.pairs = new Set();
    this.server = net.createServer((client) => this.join(client));
  }

  join(client) {
    const upstream = net.connect(this.target, '127.0.0.1');
    const pair = { client, upstream, upgraded: false };
    this.pairs.add(pair);
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      one.setNoDelay(true);
      one.on('error', () => {});
      one.on('close', () => {
        other.destroy();
        this.pairs.delete(pair);
      });
    }
    client.on('data', (bytes) => (pair.upgraded && this.starved.up) || upstream.write(bytes));
    upstream.on('data', (bytes) => this.back(pair, bytes));
  }

  back(pair, bytes) {
    const upgrade = bytes.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101';
    // The handshake itself passes, whatever becomes of what is behind it.
    const head = upgrade ? bytes.indexOf('\r\n\r\n') + 4 : 0;
    if (upgrade) {
      pair.upgraded = true;
      this.upgraded += 1;
    }
    pair.client.write(pair.upgraded && this.starved.down ? bytes.subarray(0, head) : bytes);
  }

  /** Cuts every connection. */
  cut() {
    this.cuts += this.pairs.size;
    this.pairs.forEach(({ client }) => client.destroy());
  }

  stop() {
    this.server.close();
    this.cut();
  }
}
