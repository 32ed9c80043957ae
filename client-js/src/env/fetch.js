// Requests where there is no XMLHttpRequest: in node, in service workers.

// Reads an answer piece by piece; `hear` gets all of it so far.
function pump(reader, decoder, text, hear) {
  return reader.read().then(function (piece) {
    // Quoted: the minifier has a name of its own for the client's `done`.
    if (piece['done']) {
      return text;
    }
    text += decoder.decode(piece.value, { stream: true });
    hear(text);
    return pump(reader, decoder, text, hear);
  });
}

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send(env, ask, done) {
  var abort = typeof AbortController !== 'undefined' && new AbortController(), answer = {}, watchdog;

  function finish(end) {
    var fn = done;
    done = null;
    env.clearTimeout(watchdog);
    if (abort) {
      abort.abort();
    }
    if (fn && end) {
      fn(end);
    }
  }

  watchdog = ask.timeout && env.setTimeout(function () { finish({ late: true }); }, ask.timeout);
  env.fetch(ask.url, {
    method: ask.method, body: ask.body, signal: abort ? abort.signal : undefined, cache: 'no-store',
    credentials: ask.credentials ? 'include' : 'same-origin'
  }).then(function (response) {
    answer.status = response.status;
    answer.retry = response.headers.get('Retry-After') * 1000;
    return !ask.progress || !response.body ? response.text()
      : pump(response.body.getReader(), new TextDecoder(), '', function (text) { return done && ask.progress(text); });
  }).then(function (text) {
    answer.text = text;
    finish(answer);
  }, function () { finish({}); });
  return function () { finish(); };
}

module.exports = {
  send: send,
  usable: function (env) { return env.fetch; },
  streams: function () { return typeof TextDecoder !== 'undefined'; }
};
