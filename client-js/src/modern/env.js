// The seam to the world: what an application may replace by `options.env`.

module.exports = {
  // Sends a request: a POST where there is a body. `progress(text)` gets the text so far whenever it has grown,
  // `done(status, text, Retry-After)` the end, with status 0 where the network failed; neither before this has returned.
  // Returns how to give it up.
  send(url, body, credentials, progress, done) {
    const abort = new AbortController(), decoder = new TextDecoder();
    let text = '';
    (async () => {
      const answer = await fetch(url, {
        method: body ? 'POST' : 'GET', body, signal: abort.signal, credentials: credentials ? 'include' : undefined
      });
      const reader = answer.body.getReader();
      for (let piece; !(piece = await reader.read())['done'];) {
        text += decoder.decode(piece.value, { stream: true });
        progress(text);
      }
      done(answer.status, text, answer.headers.get('Retry-After'));
    })().catch(() => done(0));
    return () => abort.abort();
  },
  WebSocket: typeof WebSocket === 'function' && WebSocket,
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  queueMicrotask: (fn) => queueMicrotask(fn),
  addEventListener: (name, fn) => typeof addEventListener === 'function' && addEventListener(name, fn),
  getRandomValues: (bytes) => typeof crypto === 'object' ? crypto.getRandomValues(bytes) : bytes.map(() => Math.random() * 256),
  now: () => Date.now(),
  random: () => Math.random()
};
