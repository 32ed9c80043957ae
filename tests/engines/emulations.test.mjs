// What stands for an old browser refuses what that browser refused: else a pass there would prove nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { atEnd } from './harness/cleanup.mjs';
import { launch } from './harness/engines/index.mjs';
import { Front } from './harness/front.mjs';
import { setUp } from './harness/stage.mjs';

/** What the expressions come to, by engine: the first browser on the left, the last on the right. */
const ENGINES = ['Internet Explorer 6', 'Internet Explorer 7', 'Internet Explorer 8', 'Internet Explorer 9', 'Internet Explorer 10', 'Firefox 3.6'];
const FACTS = {
  'typeof XMLHttpRequest': 'undefined function function function function function',
  'typeof ActiveXObject': 'function function function function function undefined',
  'typeof XDomainRequest': 'undefined undefined function function undefined undefined',
  'typeof WebSocket': 'undefined undefined undefined undefined undefined undefined',
  'typeof EventSource': 'undefined undefined undefined undefined undefined undefined',
  'typeof JSON': 'undefined undefined object object object object',
  'typeof postMessage': 'undefined undefined function function function function',
  'typeof addEventListener': 'undefined undefined undefined * * function',
  'typeof Array.isArray': 'undefined undefined undefined * * undefined',
  'typeof Object.keys': 'undefined undefined undefined * * undefined',
  'typeof Date.now': 'undefined undefined undefined * * function',
  'typeof [].indexOf': 'undefined undefined undefined * * function',
  'typeof (function () {}).bind': 'undefined undefined undefined * * undefined',
  [asks('/scenario.js')]: 'sent sent sent sent sent sent',
  [asks('ELSEWHERE/scenario.js')]: 'refused refused refused refused sent sent',
  [looksEarly()]: 'throws throws throws throws 0 0',
};

function asks(url) {
  return `(function () {
    var request = window.XMLHttpRequest ? new XMLHttpRequest() : new ActiveXObject('Microsoft.XMLHTTP');
    try { request.open('GET', '${url}', true); request.send(null); return 'sent'; } catch (error) { return 'refused'; }
  }())`;
}

function looksEarly() {
  return `(function () {
    var request = window.XMLHttpRequest ? new XMLHttpRequest() : new ActiveXObject('Microsoft.XMLHTTP');
    request.open('GET', '/scenario.js', true);
    try { return request.status; } catch (error) { return 'throws'; }
  }())`;
}

/** A request by XDomainRequest; what its handlers are told stands in `told`. */
const elsewhere = (url, handlers) => `window.told = ''; window.request = new XDomainRequest();
  ${handlers.map((name) => `request.${name} = function () { window.told += '${name} '; };`).join(' ')}
  request.open('GET', '${url}'); request.send(); ''`;
const HANDLERS = ['onload', 'onerror', 'onprogress', 'ontimeout'];

describe('what stands for an old browser', { concurrency: 2 }, () => {
  for (const [index, name] of ENGINES.entries()) {
    it(name, async (test) => {
      const { engine, other } = await page(test, name);
      for (const [code, answers] of Object.entries(FACTS)) {
        const expected = answers.split(' ')[index];
        if (expected === '*') continue;
        assert.equal(await engine.evaluate(code.replace('ELSEWHERE', other.url)), expected, code);
      }
    });
  }

  for (const name of ['Internet Explorer 8', 'Internet Explorer 9']) {
    it(`the XDomainRequest of ${name}`, async (test) => {
      const { engine, other } = await page(test, name);
      for (const code of ["new XDomainRequest().open('PUT', location.href)", "new XDomainRequest().open('GET', 'https://127.0.0.2/')",
        "new XDomainRequest().setRequestHeader('A', 'b')", "new XDomainRequest().getResponseHeader('A')", 'new XDomainRequest().send()']) {
        await assert.rejects(engine.evaluate(code), /failed/, code);
      }
      assert.equal(await engine.evaluate('typeof new XDomainRequest().status'), 'undefined');
      // Not allowed to be read from here, and allowed.
      await engine.evaluate(elsewhere(`${other.url}/scenario.js`, HANDLERS));
      await engine.until('told', 'onerror ');
      await engine.evaluate(elsewhere(`${other.url}/everwire/client.js`, HANDLERS));
      await engine.until('told', 'onprogress onload ');
      // A handler is missing: 9 never tells of an end, 8 does.
      await engine.evaluate(elsewhere(`${other.url}/everwire/client.js`, ['onload', 'onerror']));
      if (name.endsWith('8')) return engine.until('told', 'onload ');
      await engine.evaluate(`window.first = window.request; ${elsewhere(`${other.url}/everwire/client.js`, HANDLERS)}`);
      await engine.until('told', 'onprogress onload ');
      return assert.equal(await engine.evaluate('window.first.responseText'), '');
    });
  }
});

it("Wine's JScript is the language of Internet Explorer 6", async (test) => {
  const engine = await launch("Wine's JScript");
  atEnd(test, () => engine.stop());
  await engine.run('drivers/wine_facts.js');
  const facts = engine.console.filter((line) => line.startsWith('fact ')).map((line) => line.trim());
  assert.deepEqual(facts, ['undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'SyntaxError', 'SyntaxError', 'leaks', 'throws']
    .map((fact) => `fact ${fact}`), engine.said);
});

async function page(test, name) {
  const { gateway, front } = await setUp(test);
  const other = await Front.start({ gateway, host: '127.0.0.2' });
  atEnd(test, () => other.stop());
  const engine = await launch(name);
  atEnd(test, () => engine.stop());
  await engine.open(`${front.url}/session.html`);
  return { engine, other };
}
