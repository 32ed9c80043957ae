// The playground's page, as a person uses it; the gateway's own record says which carriers were really used.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';

import { openWindow, startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { Gateway } from './harness/gateway.mjs';
import { Playground, proof, WHOLE } from './harness/playground.mjs';
import { until } from './harness/wait.mjs';

const PICTURES = fileURLToPath(new URL('build/', import.meta.url));

let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium.close());

describe('the playground', () => {
  it('joins, says, and hears what is said in a second window', async (test) => {
    const gateway = await started(test);
    const [ada, joan] = [await Playground.open(test, chromium, gateway.url), await Playground.open(test, chromium, gateway.url)];
    await ada.say('hello <b>there</b> & "you"');
    for (const window of [ada, joan]) await window.shows('#log', 'hello <b>there</b> & "you"');
    await joan.say('Zoë says 👋');
    await ada.shows('#log', 'Zoë says 👋');
    const elsewhere = `${gateway.url}/#elsewhere`;
    const other = await Playground.open(test, chromium, elsewhere);
    await other.say('somewhere else');
    await other.shows('#log', 'somewhere else');
    await ada.say('the last word');
    await joan.shows('#log', 'the last word');
    assert.ok(!(await joan.text('#log')).includes('somewhere else'), 'another room is not heard');
  });

  it('changes the carrier in mid-session, as it is told', async (test) => {
    const gateway = await started(test);
    const window = await Playground.open(test, chromium, gateway.url);
    await window.is('#carrier', 'ws');
    const order = ['long-poll', 'stream', 'sse', 'frame', 'jsonp', 'short-poll', 'ws', 'frame', 'long-poll', 'ws'];
    for (const [index, carrier] of order.entries()) {
      await window.press(`use-${carrier}`);
      await window.is('#carrier', carrier);
      await window.say(`over the ${index}th, ${carrier}`);
      await window.shows('#log', `over the ${index}th, ${carrier}`);
    }
    await window.press('use-auto');
    const { carriers } = await closed(window, gateway);
    carried(carriers, order);
  });

  it('shows the ladder as it climbs: what fails, what is next, what carries', async (test) => {
    const gateway = await started(test);
    const page = await openWindow(chromium);
    atEnd(test, () => page.context().close());
    const window = new Playground(page);
    // To where nobody listens.
    await page.addInitScript(() => {
      const Native = window.WebSocket;
      window.WebSocket = function () { return new Native('ws://127.0.0.1:9/'); };
      window.WebSocket.prototype = Native.prototype;
    });
    await page.goto(gateway.url);
    await window.entered();
    await window.is('#carrier', 'stream');
    await window.shows('#told-ws', 'failed: ');
    await window.is('#told-stream', 'carries');
    await window.is('#told-jsonp', 'usable');
    await window.press('use-sse');
    await window.is('#told-sse', 'carries');
    await window.is('#told-ws', 'usable');
    assert.equal(await page.getAttribute('#use-sse', 'aria-pressed'), 'true');
  });

  it('loses and doubles nothing in 2,000 messages while everything is done to it', async (test) => {
    const gateway = await started(test);
    const [window, witness] = [await Playground.open(test, chromium, gateway.url), await Playground.open(test, chromium, gateway.url)];
    await window.is('#carrier', 'ws');
    await window.pace('200 a second');
    await window.press('burst-2000');
    const came = (count) => window.cameTo(count, { limit: 60_000 });
    await came(100);
    await window.press('cut');
    await came(300);
    await window.press('use-long-poll');
    await window.is('#carrier', 'long-poll');
    await came(500);
    await window.press('cut');
    await window.press('use-short-poll');
    await window.is('#carrier', 'short-poll');
    await came(800);
    await window.press('cut');
    await window.press('use-ws');
    await window.is('#carrier', 'ws');
    await came(1000);
    await window.press('starve');
    await window.press('heal');
    await came(1200);
    await window.press('starve');
    await window.press('impatient');
    await came(1400);
    await window.press('use-auto');
    await window.is('#carrier', 'ws');
    await picture(window, 'playground');
    await came(2000);
    for (const each of [window, witness]) {
      await each.is('#came', '2000', { limit: 60_000 });
      await each.is('#outstanding', '0');
      assert.deepEqual(await proof(each), WHOLE, await each.story());
    }
    const record = await closed(window, gateway);
    carried(record.carriers, ['ws', 'long-poll', 'short-poll']);
    assert.ok(record.messages_in >= 2000 && record.messages_out >= 2000, JSON.stringify(record));
    // The page asks for an echo every four seconds; the answer to one may be on its way.
    assert.ok(record.undelivered <= 1, JSON.stringify(record));
    assert.ok(await gateway.metric('everwire_repeats_total') > 0, 'something had to be repeated');
  });

  it('sends 2,000 at full speed through cuts of every connection', async (test) => {
    const gateway = await started(test);
    const [window, witness] = [await Playground.open(test, chromium, gateway.url), await Playground.open(test, chromium, gateway.url)];
    await window.is('#carrier', 'ws');
    await window.pace('full speed');
    await window.press('burst-2000');
    await window.press('cut');
    await window.press('cut');
    for (const each of [window, witness]) {
      await each.is('#came', '2000', { limit: 60_000 });
      assert.deepEqual(await proof(each), WHOLE, await each.story());
    }
  });

  it('is starved, leaves the connection by itself, and goes on', async (test) => {
    const gateway = await started(test);
    const window = await Playground.open(test, chromium, gateway.url);
    await window.is('#carrier', 'ws');
    await window.press('starve');
    await window.say('through the dark');
    await window.press('burst-20');
    await window.shows('#harm', 'Starving');
    await window.is('#came', '20', { limit: 60_000 });
    await window.shows('#log', 'through the dark');
    await window.shows('#harm', 'left the starved connection');
    await window.say('and lives on');
    await window.shows('#log', 'and lives on');
    assert.deepEqual(await proof(window), WHOLE, await window.story());
  });

  it('begins anew when it is reloaded', async (test) => {
    const gateway = await started(test);
    const window = await Playground.open(test, chromium, gateway.url);
    await window.say('before');
    await window.shows('#log', 'before');
    const first = await window.peer();
    await window.page.reload();
    await window.entered();
    await window.say('after');
    await window.shows('#log', 'after');
    assert.notEqual(await window.peer(), first);
    // The page says goodbye as it goes.
    await gateway.record(first);
  });

  it('is told of the end of its session and opens another, when the gateway is restarted', async (test) => {
    const gateway = await started(test);
    const window = await Playground.open(test, chromium, gateway.url);
    const first = await window.peer();
    await gateway.restart();
    await window.shows('#log', 'The session was lost');
    await until(async () => (await window.peer()) !== first, 'there is another session', { explain: () => window.story() });
    await window.say('back again');
    await window.shows('#log', 'back again');
  });

  it('does not count as lost what was said while it was in another room', async (test) => {
    const gateway = await started(test);
    const [ada, joan] = [await Playground.open(test, chromium, gateway.url), await Playground.open(test, chromium, gateway.url)];
    await ada.pace('200 a second');
    await ada.press('burst-2000');
    await joan.cameTo(100);
    await joan.enter('elsewhere');
    await joan.shows('#log', 'You are in elsewhere');
    const before = await ada.number('came');
    await ada.cameTo(before + 100);
    const heard = await joan.number('came');
    await joan.enter('lobby');
    await joan.cameTo(heard + 100);
    const { lost, doubled, disorder } = await joan.figures();
    assert.deepEqual({ lost, doubled, disorder }, { lost: 0, doubled: 0, disorder: 0 }, await joan.story());
    assert.ok(await ada.number('came') > await joan.number('came') + 99, 'something was missed');
  });

  it('counts the last message of a run as lost when the next run comes without it', async (test) => {
    const gateway = await started(test);
    const page = await openWindow(chromium);
    atEnd(test, () => page.context().close());
    await page.addInitScript(unfaithful("n === 20 && !held ? (held = 1, []) : [data]"));
    await page.goto(gateway.url);
    const window = new Playground(page);
    await window.entered();
    await window.press('burst-20');
    await window.is('#outstanding', '1');
    await window.is('#came', '19');
    await window.press('burst-20');
    await window.is('#came', '39');
    await window.is('#outstanding', '0');
    assert.equal(await window.number('lost'), 1, await window.story());
  });

  it('shows a message that was lost, doubled or late, so that its proof can fail', async (test) => {
    const gateway = await started(test);
    for (const [fault, plant, seen] of [
      ['loses one', 'n === 7 ? [] : [data]', { lost: 1, doubled: 0, disorder: 0 }],
      ['doubles one', 'n === 7 ? [data, data] : [data]', { lost: 0, doubled: 1, disorder: 0 }],
      ['swaps two', 'n === 7 ? (held = data, []) : n === 8 ? [data, held] : [data]', { lost: 0, doubled: 0, disorder: 1 }],
    ]) {
      const page = await openWindow(chromium);
      atEnd(test, () => page.context().close());
      await page.addInitScript(unfaithful(plant));
      await page.goto(gateway.url);
      const window = new Playground(page);
      await window.entered();
      await window.press('burst-20');
      await window.cameTo(19);
      await window.is('#outstanding', '0');
      const { lost, doubled, disorder } = await window.figures();
      assert.deepEqual({ lost, doubled, disorder }, seen, `a client that ${fault}`);
    }
  });
});

/** A client that hands on what `plant` makes of each numbered message, `data` with its number `n`. */
function unfaithful(plant) {
  return `var held; Object.defineProperty(window, 'everwire', {
    configurable: true,
    get: function () { return undefined; },
    set: function (real) {
      var connect = real.connect;
      Object.defineProperty(window, 'everwire', { value: real, writable: true });
      real.connect = function (url, options) {
        var wire = connect(url, options), on = wire.on;
        wire.on = function (name, handler) {
          return on.call(wire, name, name !== '*' ? handler : function (event, data, message) {
            var n = event === 'burst' ? data.n : 0;
            (n ? ${plant} : [data]).forEach(function (each) { handler(event, each, message); });
          });
        };
        return wire;
      };
    }
  });`;
}

async function started(test) {
  const gateway = await Gateway.start();
  atEnd(test, () => gateway.stop());
  return gateway;
}

/** Each of these has carried something. */
function carried(carriers, names) {
  for (const name of names) assert.ok(carriers[name] > 0, `${name}: ${JSON.stringify(carriers)}`);
}

/** The session is closed; the gateway says what it saw of it. */
async function closed(window, gateway) {
  const peer = await window.peer();
  await window.page.evaluate('wire.close()');
  return gateway.record(peer);
}

/** To be looked at: build/NAME.png. */
async function picture(window, name) {
  mkdirSync(PICTURES, { recursive: true });
  await window.page.screenshot({ path: `${PICTURES}${name}.png` });
}
