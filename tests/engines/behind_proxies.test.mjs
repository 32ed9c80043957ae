// Behind the proxies that people really have: those that strip, refuse, hang, swallow or cut.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { behind, carried, converse, ended, FLOWING, POLLS } from './harness/behind.mjs';
import { startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { Playground, proof, WHOLE } from './harness/playground.mjs';
import { startProxy } from './harness/proxies.mjs';
import { setUp } from './harness/stage.mjs';
import { pause } from './harness/wait.mjs';

let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium.close());

/** Any carrier but a WebSocket. */
const REST = [...FLOWING, ...POLLS];
const BUT_WS = REST.join();

describe('a proxy that lets WebSockets pass', () => {
  for (const file of ['haproxy-plain.cfg', 'haproxy-waits.cfg']) {
    it(file, async (test) => {
      const scene = await behind(test, chromium, file);
      await scene.talk.until('session.carrier()', 'ws');
      await converse(scene);
      carried(test, await ended(scene), { some: ['ws'] });
    });
  }
});

describe('a proxy that stops WebSockets', () => {
  for (const [file, best] of [
    ['haproxy-login.cfg', 'stream'], ['connect-443.squid', 'stream'], ['nginx-plain.conf', 'stream'],
    // What it compresses goes on at once where the answer asks for that.
    ['nginx-gzip.conf', 'stream'],
    // It hangs: polls, until that is known.
    ['haproxy-tarpit.cfg', 'long-poll'], ['haproxy-silent.cfg', 'long-poll'],
  ]) {
    it(`${file} leaves what flows, ${best} first`, async (test) => {
      const scene = await behind(test, chromium, file);
      await scene.talk.until('session.carrier()', best);
      await converse(scene);
      carried(test, await ended(scene), { some: [best], none: ['ws'] });
    });
  }
});

describe('a proxy that holds answers back leaves polls', () => {
  for (const [file, names] of [
    // It does so for 200 ms, with every piece.
    ['haproxy-refuses.cfg'],
    ['nginx-buffers.conf'], ['haproxy-waits.cfg', BUT_WS],
  ]) {
    it(file, async (test) => {
      const scene = await behind(test, chromium, file, names);
      for (const name of FLOWING) await scene.talk.until('session.story()', (text) => text.includes(`${name} is no good`));
      await converse(scene);
      carried(test, await ended(scene), { some: POLLS, none: ['ws', ...FLOWING] });
    });
  }
});

describe('Internet Explorer 8', { concurrency: 2 }, () => {
  for (const file of ['nginx-plain.conf', 'nginx-gzip.conf', 'haproxy-plain.cfg', 'haproxy-waits.cfg', 'haproxy-impatient.cfg']) {
    it(`behind ${file}`, async (test) => {
      const scene = await behind(test, 'Internet Explorer 8', file);
      await converse(scene);
      carried(test, await ended(scene), { some: POLLS, none: ['ws', ...FLOWING] });
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
  carried(test, await gateway.record(peer), { some: REST, none: ['ws'] });
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
