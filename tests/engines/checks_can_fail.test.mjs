// The checks themselves: each fault that they are there for is planted, and has to be seen.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { atEnd } from './harness/cleanup.mjs';
import { launch } from './harness/engines/index.mjs';
import { faults } from './harness/ledger.mjs';
import { MATRIX } from './harness/matrix.mjs';
import { judge, play } from './harness/scenario.mjs';
import { partnerIn, setUp, Talk } from './harness/stage.mjs';
import { until } from './harness/wait.mjs';

// In the page's own script, where nothing below notices: as if the client did it.
const LOSES_SAYING = "var to = wire.to; wire.to = function (room) { return { emit: function (event, n) { if (n !== 3) { to.call(wire, room).emit(event, n); } } }; };";
const DOUBLES_SAYING = "var to = wire.to; wire.to = function (room) { return { emit: function (event, n) { to.call(wire, room).emit(event, n); if (n === 3) { to.call(wire, room).emit(event, n); } } }; };";
const LOSES_HEARING = "var on = wire.on; wire.on = function (name, f) { on.call(wire, name, function (n, m) { if (name !== 'said' || n !== 3 || m.peer === wire.peer) { f(n, m); } }); };";

/** The quickest. */
const ENGINE = 'PhantomJS 1.9.8';

describe('the ledger', () => {
  for (const [came, count, words] of [
    [[1, 2, 3], 3, ''],
    [[1, 3], 3, 'lost: 2'],
    [[1, 2], 3, 'lost: 3'],
    [[1, 2, 2, 3], 3, 'doubled: 2'],
    [[1, 3, 2], 3, 'out of order: 2 after 3'],
    [[1, 2, 3, 4], 3, 'never sent: 4'],
    [[1, 2, NaN], 3, 'lost: 3; never sent: NaN'],
  ]) {
    it(`${came} of ${count}: ${words || 'all is well'}`, () => assert.equal(faults(came, count), words));
  }
});

describe('a conversation in an engine', () => {
  for (const [what, plant, expected] of [
    ['loses what it says', LOSES_SAYING, /^back to the page: lost: 3\nfrom the page: lost: 3$/],
    ['doubles what it says', DOUBLES_SAYING, /^back to the page: doubled: 3\nfrom the page: doubled: 3$/],
    ['loses what it hears', LOSES_HEARING, /^to the page: lost: 3$/],
  ]) {
    it(`a client that ${what}`, async (test) => {
      const { front, base } = await setUp(test, {
        pages: { '/planted.html': page(plant) },
      });
      const engine = await launch(ENGINE);
      atEnd(test, () => engine.stop());
      await engine.open(`${front.url}/planted.html`);
      const partner = await partnerIn(test, base, 'pub');
      const talk = new Talk({ ask: (code) => engine.evaluate(code), partner, room: 'pub', explain: () => engine.said });
      await talk.begin('long-poll');
      await talk.say(5);
      await talk.beTold(5);
      // Until the last one came every way; what is missing before it then is lost.
      await until(() => partner.heard('pub').includes(5), 'the page was heard', { explain: () => talk.story() });
      for (const code of ['session.heard()', 'session.own()']) await talk.until(code, (numbers) => /\b5$/.test(numbers));
      assert.match(await talk.faults(), expected);
      await assert.rejects(talk.settle({ limit: 200 }), /lost|doubled|in vain/);
    });
  }
});

describe('the scenario', () => {
  for (const [what, plant, expected] of [
    ['loses what it says', LOSES_SAYING, /4 behind 2/],
    ['doubles what it says', DOUBLES_SAYING, /3 behind 3/],
    ['loses what it hears', LOSES_HEARING, /4 behind 2/],
  ]) {
    it(`a client that ${what}`, async (test) => {
      const pages = { '/scenario.html': page(plant, '/scenario.js') };
      const scene = await play(test, () => launch(ENGINE), MATRIX[ENGINE].same, { pages });
      await assert.rejects(judge(scene, MATRIX[ENGINE].same), expected);
    });
  }

  it('a carrier too many, and one too few', async (test) => {
    const row = MATRIX[ENGINE].same;
    const scene = await play(test, () => launch(ENGINE), row);
    await judge(scene, row);
    await assert.rejects(judge(scene, { ...row, 'long-poll': 'is said to have none' }), /by the gateway's record/);
    await assert.rejects(judge(scene, { ...row, ws: '' }), /by the gateway's record/);
  });
});

function page(plant, script = '/session.js') {
  return `<!DOCTYPE html><html><head><title>A planted fault</title><script src="/everwire/client.js"></script><script>
    (function () {
      var connect = everwire.connect;
      everwire.connect = function (url, options) { var wire = connect(url, options); ${plant} return wire; };
    }());
    </script></head><body><script src="${script}"></script></body></html>`;
}
