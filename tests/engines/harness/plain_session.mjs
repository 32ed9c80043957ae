// A session of the test's own, straight at the gateway by long-poll: who the engines talk to. It shares no code with the
// client that is tested.

import assert from 'node:assert/strict';

export class PlainSession {
  /** Opens one and begins to listen. @param {string} base the gateway's address with its prefix */
  static async open(base) {
    const session = new PlainSession(base);
    const { open } = await session.exchange('POST', `${base}/session`, '{}');
    session.peer = open.peer;
    session.address = `${base}/session/${open.session}`;
    session.listening = session.listen();
    return session;
  }

  constructor(base) {
    this.base = base;
    this.messages = [];
    this.replies = new Map();
    this.sent = 0;
    this.ending = new AbortController();
  }

  async exchange(method, url, body) {
    const response = await fetch(url, { method, body, signal: this.ending.signal });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${url}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : {};
  }

  async listen() {
    let after = 0;
    try {
      for (;;) {
        const { messages } = await this.exchange('GET', `${this.address}/messages?after=${after}`);
        after += messages.length;
        for (const message of messages) {
          if (message.reply === undefined) this.messages.push(message);
          else this.replies.set(message.reply, message);
        }
      }
    } catch (error) {
      // Ended by `close`; anything else is told by whoever waits for messages.
      this.failure = error;
    }
  }

  async send(packets) {
    const first = this.sent + 1;
    this.sent += packets.length;
    const { ack } = await this.exchange('POST', `${this.address}/messages?seq=${first}`, JSON.stringify(packets));
    assert.equal(ack, this.sent);
  }

  join(room) {
    return this.send([{ join: { room }, id: this.sent + 1 }]);
  }

  /** Says the numbers from `first` to `last` to a room. */
  say(room, first, last) {
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    return this.send(numbers.map((data) => ({ event: 'said', data, room })));
  }

  /** The data of what somebody else said in a room. */
  heard(room) {
    return this.messages.filter((message) => message.room === room && message.peer !== this.peer).map(({ data }) => data);
  }

  get said() {
    return `the other session heard ${this.messages.length} messages${this.failure ? `, and failed: ${this.failure.stack}` : ''}`;
  }

  async close() {
    this.ending.abort();
    await fetch(this.address, { method: 'DELETE' });
    await this.listening;
  }
}
