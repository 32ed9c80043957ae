'use strict';

// Replies as promises: `await ask(w, 'sum', [1, 2])`, `await opened(w)`, `for await (const line of messages(w, 'said'))`.

const ask = (w, event, data) => new Promise((resolve, reject) => {
  w.emit(event, data, (error, reply) => (error ? reject(Object.assign(new Error(error.message), error)) : resolve(reply)));
});

const opened = (w) => new Promise((resolve, reject) => {
  if (w.state === 'open') {
    resolve(w);
  }
  w.once('open', () => resolve(w)).once('close', ({ code, reason }) => reject(Object.assign(new Error(reason), { code })));
});

async function* messages(w, event) {
  const waiting = [];
  let wake = () => {};
  w.on(event, (data) => wake(waiting.push(data))).once('close', () => wake(waiting.push(messages)));
  for (;;) {
    while (waiting.length) {
      const data = waiting.shift();
      if (data === messages) return;
      yield data;
    }
    await new Promise((resolve) => { wake = resolve; });
  }
}

module.exports = { ask, opened, messages };
