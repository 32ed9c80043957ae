// Every build of the client as pages load it from a gateway: by script, as a module, in a worker, with the names of Socket.IO.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { consoleOf, openWindow, startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { Front } from './harness/front.mjs';
import { Gateway } from './harness/gateway.mjs';
import { until } from './harness/wait.mjs';

const CLIENT = new URL('../../client-js/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', CLIENT), 'utf8'));

const page = (head, script) => `<!DOCTYPE html><title>A build</title>${head}<script>${script}</script>`;

describe('the builds of the client', () => {
  let chromium;
  let gateway;
  before(async () => {
    [chromium, gateway] = await Promise.all([startChromium(), Gateway.start()]);
  });
  after(() => Promise.all([chromium.close(), gateway.stop()]));

  /** Opens a page of another origin than the gateway's (`near`: of the same) and waits until it says so. */
  async function opens(test, pages, { near = false, expected = 'open' } = {}) {
    const site = await Front.start({ gateway: near ? gateway : { port: 9 }, pages });
    atEnd(test, () => site.stop());
    const window = await openWindow(chromium, `${site.url}/page.html`);
    atEnd(test, () => window.context().close());
    const explain = () => consoleOf(window);
    await until(() => window.said.some((line) => line === `log: ${expected}`), `the page says "${expected}"`, { explain });
    assert.deepEqual(window.said.filter((line) => line.startsWith('page error')), [], explain());
    return window;
  }

  for (const folder of ['', `${version}/`]) {
    for (const file of ['client.js', 'client.min.js', 'io.min.js']) {
      it(`${folder}${file} finds its gateway by its address`, async (test) => {
        const script = `everwire.connect().on('open', function () { console.log('open'); });`;
        await opens(test, { '/page.html': page(`<script src="${gateway.url}/everwire/${folder}${file}"></script>`, script) });
      });
    }

    it(`${folder}client.mjs does, and is the module that it says`, async (test) => {
      const module = `<script type="module">
        import everwire, { connect, version } from '${gateway.url}/everwire/${folder}client.mjs';
        connect().on('open', () => console.log(everwire.version === '${version}' && version === '${version}' ? 'open' : version));
      </script>`;
      await opens(test, { '/page.html': page(module, '') });
    });

    it(`${folder}client.modern.min.js and client.modern.mjs connect`, async (test) => {
      const address = `'${gateway.url}'`;
      const script = `var count = 0;
        function opened() { if (++count === 2) console.log('open'); }
        everwire.connect(${address}).on('open', opened);`;
      const module = `<script type="module">
        import { connect } from '${gateway.url}/everwire/${folder}client.modern.mjs';
        connect(${address}).on('open', opened);
      </script>`;
      await opens(test, { '/page.html': page(`<script src="${gateway.url}/everwire/${folder}client.modern.min.js"></script>${module}`, script) });
    });
  }

  it('a worker is the client of its page', async (test) => {
    const script = `var worker = new Worker('/worker.js');
      worker.onmessage = function (message) { console.log(message.data.event + message.data.data.n); };
      worker.postMessage({ event: 'said', data: { n: 7 } });`;
    const worker = readFileSync(new URL('examples/worker.js', CLIENT), 'utf8');
    await opens(test, { '/page.html': page('', script), '/worker.js': worker }, { near: true, expected: 'said7' });
  });

  it('a module worker imports the modern build', async (test) => {
    const script = `var worker = new Worker('/worker.js', { type: 'module' });
      worker.onmessage = function (message) { console.log(message.data); };`;
    const worker = `import { connect } from '/everwire/client.modern.mjs';
      const w = connect(location.origin);
      w.on('n', (data) => postMessage(data)).emit('n', 'from a worker');`;
    await opens(test, { '/page.html': page('', script), '/worker.js': worker }, { near: true, expected: 'from a worker' });
  });

  it('a page written for Socket.IO works with the names of io.min.js', async (test) => {
    const script = `var socket = io.connect('/');
      socket.on('connect', function () {
        socket.send('welcome');
      });
      socket.on('message', function (message) {
        console.log(message);
      });`;
    const window = await opens(test, { '/page.html': page('<script src="/everwire/io.min.js"></script>', script) }, { near: true, expected: 'welcome' });
    assert.equal(await window.evaluate('socket.connected && socket.id === socket.io.client.peer'), true);
  });

  it('the maps lead back to the source', async () => {
    for (const file of ['client.min.js', 'client.mjs', 'client.modern.min.js', 'client.modern.mjs', 'io.min.js']) {
      const text = await (await fetch(`${gateway.url}/everwire/${file}`)).text();
      const [, name] = /\n\/\/# sourceMappingURL=(\S+)\n$/.exec(text);
      const map = await (await fetch(new URL(name, `${gateway.url}/everwire/${file}`))).json();
      const sources = new Map(map.sources.map((source, index) => [source, map.sourcesContent[index]]));
      const source = [...sources.keys()].find((one) => /link\.js$/.test(one));
      assert.equal(sources.get(source), readFileSync(new URL(source, new URL('dist/', CLIENT)), 'utf8'), `${file}: ${source}`);
    }
  });
});
