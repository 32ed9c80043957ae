'use strict';

// The modern client in the world that the other one is tested in: its requests go through that one's XMLHttpRequest, and
// what a page hears can be said with `client.wake`.

const xhr = require('../../src/env/xhr');

// As `env.send` of src/modern/env.js.
function sender(env) {
  const whole = { ...env, root: {} };
  return (url, body, credentials, progress, done) => xhr.send(whole, { method: body ? 'POST' : 'GET', url, body, credentials, progress }, (answer) => {
    progress(answer.text);
    done(answer.status, answer.text, answer.retry / 1000);
  });
}

// `everwire` as tests and `Schedule` take it. `soon` is what a microtask is in the time there.
module.exports = (everwire) => ({
  connect(url, { env, ...options }) {
    const heard = {};
    const client = everwire.connect(url, {
      ...options,
      env: {
        ...env,
        ...(env.xhr ? { send: sender(env), fetch: undefined } : {}),
        queueMicrotask: env.queueMicrotask ?? ((fn) => env.setTimeout(fn, 0)),
        addEventListener: (name, fn) => {
          heard[name] = fn;
        }
      }
    });
    client.wake = () => heard.online({});
    client.leave_ = (persisted) => heard.pagehide({ persisted });
    client.back = (persisted) => heard.pageshow({ persisted });
    return client;
  }
});
