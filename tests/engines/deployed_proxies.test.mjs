// Behind the proxies of examples/deploy, as an operator runs them: the same files, with other ports and a certificate of
// the test's own.

import assert from 'node:assert/strict';
import https from 'node:https';
import { after, before, describe, it } from 'node:test';

import { behind, converse, ended } from './harness/behind.mjs';
import { startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { carriedBy } from './harness/gateway.mjs';
import { startProxy } from './harness/proxies.mjs';
import { setUp } from './harness/stage.mjs';
import { until } from './harness/wait.mjs';

const FILES = ['deploy/nginx.conf', 'deploy/haproxy.cfg', 'deploy/Caddyfile'];

/** The longest that a poll may ask to be held (`wait_max`), s. */
const LONGEST = 55;
/** The largest packet and body (`max_message`), bytes. */
const LARGEST = 1_048_576;

/** The path of a session, which nobody else may know. */
const SECRET = /\/everwire\/session\/[0-9a-f]{8}/;

let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium.close());

for (const file of FILES) {
  describe(file, () => {
    it('carries a WebSocket over TLS, and nothing is lost when it is cut', async (test) => {
      const scene = await behind(test, chromium, file);
      await scene.talk.until('session.carrier()', 'ws');
      await converse(scene);
      assert.ok((await ended(scene)).carriers.ws > 0);
      // Whoever reads the log must not be able to speak for a session. Caddy's has only those that went wrong.
      const { log } = scene.proxy;
      assert.ok(log.includes('/session.html') || file.endsWith('Caddyfile'), log);
      assert.doesNotMatch(log, SECRET);
      assert.match(await redirect(scene.proxy), /^https:\/\/127\.0\.0\.1/);
    });

    it('names no session in its log, whoever hangs up in the middle of a request', async (test) => {
      const { proxy } = await deployed(test, file);
      const { path } = await opened(proxy);
      await hangUp(proxy, `${path}/messages`);
      // Only Caddy says something of it.
      if (file.endsWith('Caddyfile')) {
        await until(() => proxy.log.includes('/everwire/session/-'), 'the log tells of it', { explain: () => proxy.log });
      }
      assert.equal((await ask(proxy, 'DELETE', path)).status, 204);
      assert.doesNotMatch(proxy.log, SECRET);
    });

    it('carries long-polls', async (test) => {
      const scene = await behind(test, chromium, file, 'long-poll');
      await converse(scene);
      carriedBy(await ended(scene), ['long-poll']);
    });

    it('lets a message pass that is as large as one may be', async (test) => {
      const { proxy } = await deployed(test, file);
      const { path } = await opened(proxy);
      const message = (text) => JSON.stringify({ event: 'large', data: text });
      const body = message('x'.repeat(LARGEST - message('').length));
      assert.deepEqual(await ask(proxy, 'POST', `${path}/messages`, {}, body), { status: 200, json: { ack: 1 } });
      const { json } = await ask(proxy, 'GET', `${path}/messages?after=0`);
      assert.equal(JSON.stringify(json.messages[0]), body);
    });

    it('lets the refusal of one that is larger reach its client', async (test) => {
      const { proxy } = await deployed(test, file);
      const { path } = await opened(proxy);
      const { status, json } = await ask(proxy, 'POST', `${path}/messages`, {}, 'x'.repeat(LARGEST * 1.5));
      assert.deepEqual({ status, code: json.error.code }, { status: 413, code: 4002 });
    });

    it('says itself who asks, whatever is said before', async (test) => {
      const { proxy, gateway } = await deployed(test, file);
      const { path, peer } = await opened(proxy, { 'x-forwarded-for': '203.0.113.9' });
      await ask(proxy, 'DELETE', path);
      assert.equal((await gateway.record(peer)).address, '127.0.0.1');
    });
  });
}

// All three at once: it takes its time.
describe(`a poll is held for ${LONGEST} s`, { concurrency: true }, () => {
  for (const file of FILES) {
    it(file, async (test) => {
      const { proxy } = await deployed(test, file);
      const { path } = await opened(proxy);
      const began = Date.now();
      const { status, json } = await ask(proxy, 'GET', `${path}/messages?after=0&wait=${LONGEST}`);
      assert.equal(status, 200);
      assert.deepEqual(json, { from: 1, messages: [] });
      assert.ok(Date.now() - began >= LONGEST * 1000, 'it was held');
    });
  }
});

async function deployed(test, file) {
  const { gateway, front } = await setUp(test, { settings: { trusted_proxies: 1 } });
  const proxy = await startProxy(file, { gateway, site: front });
  atEnd(test, () => proxy.stop());
  return { proxy, gateway };
}

async function opened(proxy, headers = {}) {
  const { status, json } = await ask(proxy, 'POST', '/everwire/session', headers, '{}');
  assert.equal(status, 201, JSON.stringify(json));
  return { path: `/everwire/session/${json.open.session}`, peer: json.open.peer };
}

/** Says that a body comes, begins with it, and goes. */
function hangUp(proxy, path) {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: proxy.port, method: 'POST', path, headers: { 'content-length': 100_000 }, rejectUnauthorized: false, agent: false };
    const request = https.request(options);
    request.on('error', () => {});
    request.on('close', resolve);
    request.write('x'.repeat(50_000), () => request.destroy());
  });
}

/** One request through the proxy, whose certificate nobody vouches for. */
function ask(proxy, method, path, headers = {}, body = '') {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: proxy.port, method, path, headers: { ...headers, 'content-length': Buffer.byteLength(body) }, rejectUnauthorized: false, agent: false };
    const request = https.request(options, async (response) => {
      let text = '';
      response.setEncoding('utf8');
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, json: text ? JSON.parse(text) : undefined });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Where plain HTTP is sent to. Caddy does that by itself, on port 80 alone. */
async function redirect(proxy) {
  if (proxy.file.endsWith('Caddyfile')) return `https://127.0.0.1:${proxy.port}`;
  const response = await fetch(`http://127.0.0.1:${proxy.plain}/everwire/health`, { redirect: 'manual' });
  return response.headers.get('location');
}
