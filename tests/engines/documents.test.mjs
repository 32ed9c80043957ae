// What the documents show of the client, run as it stands: pages and scripts in Chromium, programs in node.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { consoleOf, openWindow, startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { Front } from './harness/front.mjs';
import { Gateway } from './harness/gateway.mjs';
import { until } from './harness/wait.mjs';

const ROOT = new URL('../../', import.meta.url);
/** What stands in the documents for the gateway. */
const DOCUMENTED = /https?:\/\/(?:127\.0\.0\.1:8080|rt\.example)(?![.\w])/g;

const documents = ['README.md', 'client-js/README.md', ...readdirSync(new URL('docs/', ROOT)).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'));
const snippets = documents.flatMap(snippetsOf);

describe('what the documents show of the client', () => {
  let chromium;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium.close());

  it('there is something of each kind', () => {
    const kinds = new Set(snippets.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ['page', 'program', 'script']);
  });

  for (const { kind, name, text } of snippets) {
    it(`${name}: a ${kind}`, async (test) => {
      const gateway = await Gateway.start();
      atEnd(test, () => gateway.stop());
      const here = text.replace(DOCUMENTED, gateway.url);
      assert.notEqual(here, text, 'it names the gateway as the documents do');
      if (kind === 'program') {
        await isAnswered(test, here);
      } else {
        await opens(test, chromium, kind === 'page' ? here : pageOf(here, gateway));
      }
    });
  }
});

function snippetsOf(name) {
  const text = readFileSync(new URL(name, ROOT), 'utf8');
  return [...text.matchAll(/^```(html|js)\n([^]*?)^```$/gm)].map(([, language, code]) => ({
    kind: language === 'html' ? 'page' : code.includes('require(') ? 'program' : 'script',
    name: `${name}:${text.slice(0, text.indexOf(code)).split('\n').length}`,
    text: code,
  }));
}

const pageOf = (script, gateway) =>
  `<!DOCTYPE html><title>A script</title><script src="${gateway.url}/everwire/client.js"></script><script>\n${script}</script>`;

/** The page, from another origin than the gateway's, connects, and nothing on it fails. */
async function opens(test, chromium, html) {
  const site = await Front.start({ gateway: { port: 9 }, pages: { '/page.html': html } });
  atEnd(test, () => site.stop());
  const page = await openWindow(chromium, `${site.url}/page.html`);
  atEnd(test, () => page.context().close());
  const client = 'window.wire || window.w';
  const explain = () => consoleOf(page);
  await until(() => page.evaluate(`!!(${client}) && (${client}).state === 'open'`), 'the page is connected', { explain });
  // What the page said before is behind this, and what came back of it too.
  await page.evaluate(`new Promise(function (done) { (${client}).emit('behind', 1, done); })`);
  assert.deepEqual(page.said.filter((line) => line.startsWith('page error')), [], explain());
}

/** The program says what the playground answers: its own data. */
async function isAnswered(test, code) {
  const folder = mkdtempSync(join(tmpdir(), 'everwire-program-'));
  atEnd(test, () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(new URL('client-js', ROOT).pathname, join(folder, 'node_modules/everwire-client'));
  symlinkSync(new URL('client-js/node_modules/ws', ROOT).pathname, join(folder, 'node_modules/ws'));
  writeFileSync(join(folder, 'program.js'), code);
  const program = spawn(process.execPath, ['program.js'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  atEnd(test, () => program.kill('SIGKILL'));
  let said = '';
  program.stdout.on('data', (data) => { said += data; });
  program.stderr.on('data', (data) => { said += data; });
  await until(() => said.includes('[ 1, 2 ]'), 'the program says [ 1, 2 ]', { explain: () => said });
}
