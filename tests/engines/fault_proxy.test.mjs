// The fault proxy itself: each fault really happens, and nothing else does.

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import { atEnd } from './harness/cleanup.mjs';
import { FaultProxy } from './harness/fault_proxy.mjs';
import {
  answersHeld, everythingBuffered, framesDropped, loginPage, loginPageNowAndThen, postsSwallowed, streamsBuffered, stripped,
  upgradeAnswered, upgradeHangs,
} from './harness/faults.mjs';
import { pause, until } from './harness/wait.mjs';

const require = createRequire(new URL('../../client-js/package.json', import.meta.url));
const WebSocket = require('ws');

/** Long enough for something to come on a busy machine, short enough to be waited for; used only where nothing must come. */
const NOTHING = 300;

describe('without a fault', () => {
  it('requests, bodies, streams and WebSockets pass as they are', async (test) => {
    const { proxy, seen } = await stage(test);
    assert.deepEqual(await ask(proxy, 'POST', '/everwire/session', 'a body'), { status: 200, text: 'POST a body' });
    assert.equal(seen[0].headers.host, `127.0.0.1:${proxy.port}`);
    const { first, whole } = await stream(proxy);
    assert.equal(first, 'one\n');
    assert.equal(await whole(), 'one\ntwo\n');
    const socket = await open(test, proxy);
    socket.send('echo');
    assert.equal(await message(socket), 'echo');
    assert.equal(proxy.struck, 0);
  });
});

describe('an upgrade', () => {
  it('hangs', async (test) => {
    const { proxy } = await stage(test, { faults: [upgradeHangs()] });
    const socket = new WebSocket(`${proxy.url}/everwire/ws`);
    atEnd(test, () => socket.terminate());
    socket.on('error', () => {});
    await until(() => proxy.struck === 1, 'it was taken');
    await pause(NOTHING);
    assert.equal(socket.readyState, WebSocket.CONNECTING);
    assert.equal((await ask(proxy, 'GET', '/everwire/session')).status, 200);
  });

  for (const status of [400, 200, 502]) {
    it(`is answered ${status} with a page`, async (test) => {
      const { proxy } = await stage(test, { faults: [upgradeAnswered(status)] });
      const socket = new WebSocket(`${proxy.url}/everwire/ws`);
      socket.on('error', () => {});
      const [, answer] = await once(socket, 'unexpected-response');
      assert.equal(answer.statusCode, status);
      assert.match(answer.headers['content-type'], /html/);
      answer.setEncoding('utf8');
      let text = '';
      for await (const part of answer) text += part;
      assert.match(text, /^<!DOCTYPE html>.*<\/html>$/);
    });
  }

  for (const [up, down] of [[true, false], [false, true], [true, true]]) {
    it(`opens, and frames are dropped ${[up && 'up', down && 'down'].filter(Boolean).join(' and ')}`, async (test) => {
      const { proxy, frames } = await stage(test, { faults: [framesDropped({ up, down })] });
      const socket = await open(test, proxy);
      const came = [];
      socket.on('message', (data) => came.push(String(data)));
      socket.send('lost?');
      await until(() => proxy.struck > 0, 'something was dropped');
      await pause(NOTHING);
      assert.deepEqual(frames, up ? [] : ['lost?']);
      assert.deepEqual(came, []);
      assert.equal(socket.readyState, WebSocket.OPEN);
      // From then on all is well again.
      proxy.faults = [];
      if (!up) return;
      socket.send('here');
      await until(() => came.includes('here'), 'it comes back');
    });
  }
});

describe('an answer', () => {
  it('that streams is kept to its end', async (test) => {
    const { proxy } = await stage(test, { faults: [streamsBuffered()] });
    const { early, whole } = await stream(proxy);
    await pause(NOTHING);
    assert.equal(early(), '');
    assert.equal(await whole(), 'one\ntwo\n');
    assert.equal(proxy.struck, 1);
    // What has a length is none.
    await ask(proxy, 'POST', '/everwire/session', 'body');
    assert.equal(proxy.struck, 1);
  });

  it('of any kind is kept to its end', async (test) => {
    const { proxy } = await stage(test, { faults: [everythingBuffered()] });
    assert.equal((await ask(proxy, 'POST', '/everwire/session', 'body')).text, 'POST body');
    assert.equal(proxy.struck, 1);
  });

  it('comes late', async (test) => {
    const { proxy } = await stage(test, { faults: [answersHeld(NOTHING)] });
    const began = performance.now();
    await ask(proxy, 'GET', '/everwire/session');
    assert.ok(performance.now() - began >= NOTHING - 1);
  });

  it('is a login page with status 200, so many times', async (test) => {
    const { proxy, seen } = await stage(test, { faults: [loginPage({ times: 2 })] });
    const answers = [];
    for (let time = 0; time < 3; time += 1) answers.push(await ask(proxy, 'POST', '/everwire/session', 'body'));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
    assert.deepEqual(answers.map(({ text }) => /log in/.test(text)), [true, true, false]);
    assert.equal(seen.length, 1);
  });

  it('is a login page now and then', async (test) => {
    const { proxy } = await stage(test, { faults: [loginPageNowAndThen(3)] });
    const answers = [];
    for (let time = 0; time < 6; time += 1) answers.push(/log in/.test((await ask(proxy, 'GET', '/everwire/session')).text));
    assert.deepEqual(answers, [false, false, true, false, false, true]);
  });
});

describe('a request', () => {
  it('arrives without its body', async (test) => {
    const { proxy, seen } = await stage(test, { faults: [postsSwallowed()] });
    const gone = new AbortController();
    const answer = fetch(`${proxy.url}/everwire/session`, { method: 'POST', body: 'a body', signal: gone.signal }).catch(() => 'none');
    await until(() => seen.length === 1, 'its head arrives');
    await pause(NOTHING);
    assert.equal(seen[0].body, '');
    assert.equal(seen[0].headers['content-length'], '6');
    gone.abort();
    assert.equal(await answer, 'none');
    assert.equal((await ask(proxy, 'GET', '/everwire/session')).status, 200);
  });

  it('and its answer lose headers', async (test) => {
    const { proxy, seen } = await stage(test, { faults: [stripped({ request: ['x-kept', 'user-agent'], answer: ['content-type'] })] });
    const response = await fetch(`${proxy.url}/everwire/session`, { headers: { 'x-kept': 'no', 'x-other': 'yes' } });
    assert.equal(response.headers.get('content-type'), null);
    assert.equal(response.headers.get('x-answer'), 'here');
    assert.deepEqual([seen[0].headers['x-kept'], seen[0].headers['x-other']], [undefined, 'yes']);
  });

  it('for an upgrade loses what makes it one', async (test) => {
    const { proxy } = await stage(test, { faults: [stripped({ request: ['upgrade', 'connection'] })] });
    const socket = new WebSocket(`${proxy.url}/everwire/ws`);
    const [error] = await once(socket, 'error');
    assert.match(error.message, /200/);
  });
});

describe('the line', () => {
  it('takes its time each way, and more for a new connection', async (test) => {
    const { proxy } = await stage(test, { latency: 50, setUp: 2 });
    const agent = new http.Agent({ keepAlive: true });
    atEnd(test, () => agent.destroy());
    const times = [];
    for (let time = 0; time < 3; time += 1) {
      const began = performance.now();
      await ask(proxy, 'GET', '/everwire/session', undefined, agent);
      times.push(performance.now() - began);
    }
    // It can't be faster than it is long; how much slower a busy machine makes it is no matter here.
    assert.ok(times[0] >= 299, `${times}`);
    assert.ok(times[1] >= 99 && times[2] >= 99, `${times}`);
    assert.equal(proxy.line.made, 1);
  });

  it('keeps the order', async (test) => {
    const { proxy } = await stage(test, { latency: 5 });
    const socket = await open(test, proxy);
    const came = [];
    socket.on('message', (data) => came.push(Number(data)));
    for (let number = 0; number < 500; number += 1) {
      socket.send(String(number));
      if (number % 50 === 0) await pause(1);
    }
    await until(() => came.length === 500, 'all of it comes');
    assert.deepEqual(came, came.map((_, index) => index));
  });

  for (const way of ['up', 'down']) {
    it(`breaks after so many bytes ${way}`, async (test) => {
      const { port } = await echo(test);
      const proxy = await FaultProxy.start(port, { cutAfter: { [way]: 1000 } });
      atEnd(test, () => proxy.stop());
      // Straight over the line, which knows nothing of HTTP.
      proxy.line.target = port;
      const socket = net.connect(proxy.port, '127.0.0.1');
      let came = 0;
      socket.on('error', () => {});
      socket.on('data', (bytes) => (came += bytes.length));
      const closed = once(socket, 'close');
      socket.write(Buffer.alloc(990));
      await until(() => came === 990, 'what it bears passes');
      socket.write(Buffer.alloc(20));
      await closed;
      assert.equal(came, way === 'down' ? 1000 : 990);
      assert.equal(proxy.cuts, 1);
    });
  }

  it('is cut at both ends', async (test) => {
    const { proxy } = await stage(test);
    const socket = await open(test, proxy);
    const closed = once(socket, 'close');
    proxy.cut();
    assert.equal((await closed)[0], 1006);
    assert.equal(proxy.cuts, 1);
    await open(test, proxy);
  });
});

// ---- What stands behind it

async function stage(test, options) {
  const seen = [];
  const frames = [];
  const serve = async (request, response) => {
    const entry = { headers: request.headers, body: '' };
    seen.push(entry);
    if (request.url.includes('stream')) {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('one\n');
      return server.once('more', () => response.end('two\n'));
    }
    for await (const part of request) entry.body += part;
    const text = `${request.method} ${entry.body}`;
    return response.writeHead(200, { 'content-type': 'text/plain', 'content-length': text.length, 'x-answer': 'here' }).end(text);
  };
  // Who goes away in the middle of a request is not waited for.
  const server = http.createServer((request, response) => serve(request, response).catch(() => {}));
  const sockets = new WebSocket.Server({ server });
  sockets.on('connection', (socket) => socket.on('error', () => {}).on('message', (data) => {
    frames.push(String(data));
    socket.send(String(data));
  }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await FaultProxy.start(server.address().port, options);
  proxy.more = () => server.emit('more');
  atEnd(test, () => {
    sockets.close();
    server.close();
    server.closeAllConnections();
  });
  atEnd(test, () => proxy.stop());
  return { proxy, seen, frames };
}

async function echo(test) {
  const server = net.createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(test, () => server.close());
  return { port: server.address().port };
}

async function open(test, proxy) {
  const socket = new WebSocket(`${proxy.url}/everwire/ws`);
  atEnd(test, () => socket.terminate());
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

const message = async (socket) => String((await once(socket, 'message'))[0]);

function ask(proxy, method, path, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = http.request(`${proxy.url}${path}`, { method, headers, agent: agent ?? false }, async (response) => {
      let text = '';
      response.setEncoding('utf8');
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, text });
    });
    request.on('error', reject).end(body);
  });
}

/** Begins to read a stream: `first` is what comes before it is asked for more, unless it is kept back. */
async function stream(proxy) {
  let text = '';
  let ended = false;
  const request = http.get(`${proxy.url}/everwire/session/1/stream`, { agent: false }, async (response) => {
    response.setEncoding('utf8');
    for await (const part of response) text += part;
    ended = true;
  });
  request.on('error', () => {});
  await until(() => text || proxy.exchanges.some((line) => line.includes('stream')), 'it begins');
  if (!proxy.faults.length) await until(() => text, 'its beginning comes');
  const whole = async () => {
    proxy.more();
    await until(() => ended, 'it ends');
    return text;
  };
  return { first: text, early: () => text, whole };
}
