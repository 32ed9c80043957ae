// Behind real proxies: those of examples/deploy as an operator runs them, with TLS, and those that people really have.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { consoleOf, openWindow, startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { carriedBy } from './harness/gateway.mjs';
import { Playground, proof, WHOLE } from './harness/playground.mjs';
import { startProxy } from './harness/proxies.mjs';
import { Relay } from './harness/relay.mjs';
import { partnerIn, setUp, Talk } from './harness/stage.mjs';
import { pause, until } from './harness/wait.mjs';

/** Messages each way, and how often everything is cut while they go. */
const COUNT = 200;
const CUTS = 4;

describe('a proxy as examples/deploy has it', () => {
  for (const file of ['deploy/nginx.conf', 'deploy/haproxy.cfg', 'deploy/Caddyfile']) {
    it(`${file}: by WebSocket over TLS, and nothing is lost when it is cut`, async (test) => {
      const scene = await behind(test, file);
      await scene.talk.until('session.carrier()', 'ws');
      await converse(scene);
      assert.ok((await ended(scene)).carriers.ws > 0);
      // Whoever reads the log must not be able to speak for a session. Caddy's has no requests in it.
      const { log } = scene.proxy;
      assert.ok(log.includes('/session.html') || file.endsWith('Caddyfile'), log);
      assert.ok(!log.includes('/everwire/session/'), log);
      assert.match(await redirect(scene.proxy), /^https:\/\/127\.0\.0\.1/);
    });

    it(`${file}: by long-poll`, async (test) => {
      const scene = await behind(test, file, 'long-poll');
      await converse(scene);
      carriedBy(await ended(scene), ['long-poll']);
    });
  }
});

describe('a proxy that lets WebSockets pass', () => {
  it('haproxy with nothing but a backend', async (test) => {
    const scene = await behind(test, 'haproxy-plain.cfg');
    await scene.talk.until('session.carrier()', 'ws');
    await converse(scene);
    assert.ok((await ended(scene)).carriers.ws > 0);
  });
});

describe('a proxy that stops WebSockets leaves long-poll', () => {
  for (const file of ['nginx-plain.conf', 'haproxy-refuses.cfg', 'haproxy-login.cfg', 'haproxy-tarpit.cfg', 'haproxy-silent.cfg']) {
    it(file, async (test) => {
      const scene = await behind(test, file);
      await converse(scene);
      carriedBy(await ended(scene), ['long-poll']);
    });
  }
});

it('the playground works behind an nginx that passes no Upgrade on', async (test) => {
  const { gateway, front } = await setUp(test);
  const proxy = await startProxy('nginx-plain.conf', { gateway, site: front });
  atEnd(test, () => proxy.stop());
  const window = await Playground.open(test, chromium, `http://127.0.0.1:${proxy.port}/`);
  await window.say('through nginx');
  await window.shows('#log', 'through nginx');
  await window.press('burst-200');
  await window.press('cut');
  await window.is('#came', '200');
  assert.deepEqual(await proof(window), WHOLE, await window.story());
  await window.is('#carrier', 'long-poll');
  const peer = await window.peer();
  await window.page.evaluate('wire.close()');
  carriedBy(await gateway.record(peer), ['long-poll']);
});

describe('a proxy that waits for nothing longer than two seconds', () => {
  for (const file of ['nginx-impatient.conf', 'haproxy-impatient.cfg']) {
    for (const names of ['long-poll', 'ws,long-poll']) {
      it(`${file}: ${names} goes on through silence`, async (test) => {
        const scene = await behind(test, file, names);
        for (let round = 0; round < 2; round += 1) {
          const before = scene.talk.saidThere;
          // Longer than the proxy waits: that is the matter here.
          await pause(2500);
          await scene.talk.beTold(3);
          await scene.talk.say(3);
          await scene.talk.settle();
          assert.equal(scene.talk.saidThere, before + 3);
        }
        const { carriers } = await ended(scene);
        assert.equal(carriers.ws > 0, names.includes('ws'), JSON.stringify(carriers));
      });
    }
  }
});

// ---- The stage

let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium.close());

async function behind(test, file, names = 'ws,long-poll,short-poll') {
  const { gateway, front, base } = await setUp(test);
  const proxy = await startProxy(file, { gateway, site: front });
  atEnd(test, () => proxy.stop());
  const relay = await Relay.start(proxy.port);
  atEnd(test, () => relay.stop());
  const page = await openWindow(chromium, `${proxy.scheme}://127.0.0.1:${relay.port}/session.html`, { ignoreHTTPSErrors: true });
  atEnd(test, () => page.context().close());
  const partner = await partnerIn(test, base, 'pub');
  const explain = () => `${consoleOf(page)}\n${proxy.said}`;
  const talk = new Talk({ ask: (code) => page.evaluate(code), partner, room: 'pub', explain });
  await talk.begin(names);
  return { talk, relay, gateway, proxy };
}

/** Both talk at once, in bursts, and in between everything is cut. */
async function converse({ talk, relay }) {
  const burst = COUNT / (CUTS + 1);
  for (let round = 0; round <= CUTS; round += 1) {
    await talk.say(burst / 2);
    await talk.beTold(burst / 2);
    if (round < CUTS) relay.cut();
    await talk.say(burst / 2);
    await talk.beTold(burst / 2);
    // Somewhere in the middle of it, and not always at the same place.
    await until(async () => Number(await talk.ask('session.count()')) > talk.saidThere - burst, 'some of it came', { explain: () => talk.story() });
  }
  await talk.settle();
  assert.ok(relay.cuts > 0, 'something was cut');
  assert.equal(await talk.ask('session.opened()'), 'new', 'one session, never lost');
}

/** The page closes its session; the gateway says what it saw of it. */
async function ended({ talk, gateway }) {
  await talk.ask('session.close()');
  return gateway.record(talk.peer);
}

/** Where plain HTTP is sent to. Caddy does that by itself, on port 80 alone. */
async function redirect(proxy) {
  if (proxy.file.endsWith('Caddyfile')) return `https://127.0.0.1:${proxy.port}`;
  const response = await fetch(`http://127.0.0.1:${proxy.plain}/everwire/health`, { redirect: 'manual' });
  return response.headers.get('location');
}
