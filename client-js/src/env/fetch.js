// Requests where there is no XMLHttpRequest: in node, in service workers.

// Sends a request; returns a function that gives it up. What it is asked and answers is said in transports.js.
function send(env, ask, done) {
  var Abort = env.root.AbortController || (typeof AbortController === 'function' ? AbortController : null);
  var abort = Abort && new Abort(), status = 0, retry = 0, text = '', watchdog;

  function finish(answer) {
    var fn = done;
    done = null;
    env.clearTimeout(watchdog);
    if (fn && answer) {
      fn(answer);
    }
  }

  function giveUp(isLate) {
    finish(isLate === true && { status: 0, text: '', retry: 0, late: true });
    if (abort) {
      abort.abort();
    }
  }

  function end(rest) {
    finish({ status: status, text: text + rest, retry: retry });
  }

  // Reads a stream piece by piece.
  function pump(reader, decoder) {
    return reader.read().then(function (piece) {
      if (piece.done) {
        return end('');
      }
      text += decoder.decode(piece.value, { stream: true });
      if (done) {
        ask.progress(text);
      }
      return pump(reader, decoder);
    });
  }

  if (ask.timeout) {
    watchdog = env.setTimeout(function () { giveUp(true); }, ask.timeout);
  }
  env.fetch(ask.url, {
    method: ask.method, body: ask.body, signal: abort ? abort.signal : undefined, cache: 'no-store',
    credentials: ask.credentials ? 'include' : 'same-origin'
  }).then(function (answer) {
    status = answer.status;
    retry = (answer.headers.get('Retry-After') || 0) * 1000 || 0;
    return ask.progress && answer.body && answer.body.getReader ? pump(answer.body.getReader(), new TextDecoder()) : answer.text().then(end);
  }).then(null, function () {
    finish({ status: 0, text: text, retry: 0 });
  });
  return giveUp;
}

module.exports = {
  send: send,
  usable: function (env) { return !!env.fetch; },
  streams: function () { return typeof TextDecoder === 'function'; }
};
