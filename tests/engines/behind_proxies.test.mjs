// Behind the proxies that people really have: those that strip, refuse, hang, swallow or cut.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { behind, converse, ended } from './harness/behind.mjs';
import { startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { carriedBy } from './harness/gateway.mjs';
import { Playground, proof, WHOLE } from './harness/playground.mjs';
import { startProxy } from './harness/proxies.mjs';
import { setUp } from './harness/stage.mjs';
import { pause } from './harness/wait.mjs';

let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium.close());

describe('a proxy that lets WebSockets pass', () => {
  it('haproxy with nothing but a backend', async (test) => {
    const scene = await behind(test, chromium, 'haproxy-plain.cfg');
    await scene.talk.until('session.carrier()', 'ws');
    await converse(scene);
    assert.ok((await ended(scene)).carriers.ws > 0);
  });
});

describe('a proxy that stops WebSockets leaves long-poll', () => {
  for (const file of ['nginx-plain.conf', 'haproxy-refuses.cfg', 'haproxy-login.cfg', 'haproxy-tarpit.cfg', 'haproxy-silent.cfg']) {
    it(file, async (test) => {
      const scene = await behind(test, chromium, file);
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
  assert.notEqual(await window.text('#carrier'), 'ws');
  const peer = await window.peer();
  await window.page.evaluate('wire.close()');
  assert.equal((await gateway.record(peer)).carriers.ws, 0);
});

describe('a proxy that waits for nothing longer than two seconds', () => {
  for (const file of ['nginx-impatient.conf', 'haproxy-impatient.cfg']) {
    for (const names of ['long-poll', 'ws,long-poll']) {
      it(`${file}: ${names} goes on through silence`, async (test) => {
        const scene = await behind(test, chromium, file, names);
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
