'use strict';

// The examples that README.md quotes, run.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const vm = require('node:vm');
const ts = require('typescript');
const WebSocket = require('ws');
const React = require('react');
const { renderToString } = require('react-dom/server');
const { start } = require('./support/binary');
const { ask, opened, messages } = require('../examples/promises');
const everwire = require('../dist/client.min.js');

const EXAMPLES = path.join(__dirname, '../examples');
let gateway;

test.before(async () => {
  gateway = await start();
});

test.after(() => gateway?.stop());

const clients = [];

function connect() {
  clients.push(everwire.connect(`http://127.0.0.1:${gateway.port}`, { carriers: ['ws'], env: { WebSocket } }));
  return clients[clients.length - 1];
}

test.afterEach(() => clients.splice(0).forEach((w) => w.close()));

const ended = (w) => new Promise((resolve) => w.once('close', resolve));

test('examples: replies and messages as promises', async () => {
  const w = connect();
  assert.strictEqual(await opened(w), w);
  assert.strictEqual(await opened(w), w, 'it is open already');
  assert.deepStrictEqual(await ask(w, 'sum', [1, 2]), [1, 2]);
  const heard = [];
  const all = (async () => {
    for await (const line of messages(w, 'said')) {
      heard.push(line);
      if (line === 3) w.close();
    }
  })();
  [1, 2, 3].forEach((number) => w.emit('said', number));
  await all;
  assert.deepStrictEqual(heard, [1, 2, 3]);
  await assert.rejects(ask(w, 'sum', 1), { code: 'closed', message: 'The client is closed.' });
});

test('examples: a session that is refused rejects', async () => {
  const w = connect();
  const result = opened(w);
  w.close(4100, 'enough');
  await assert.rejects(result, { code: 4100, message: 'enough' });
});

// A component in a document. What it shows is awaited, by the clock of the real gateway.
async function mounted(element) {
  const { Window } = require('happy-dom');
  const window = new Window();
  const world = { window, document: window.document, navigator: window.navigator, IS_REACT_ACT_ENVIRONMENT: true };
  const names = Object.keys(world).filter((name) => !(name in globalThis));
  names.forEach((name) => { globalThis[name] = world[name]; });
  const root = require('react-dom/client').createRoot(document.body.appendChild(document.createElement('div')));
  const container = document.body.firstChild;
  await React.act(() => root.render(element));
  return {
    until: async (html) => {
      for (const end = Date.now() + 10000; container.innerHTML !== html;) {
        assert.ok(Date.now() < end, `${container.innerHTML} and not ${html}`);
        await React.act(() => new Promise((resolve) => { setTimeout(resolve, 5); }));
      }
    },
    click: () => React.act(() => container.querySelector('button').click()),
    unmount: async () => {
      await React.act(() => root.unmount());
      await window.happyDOM.close();
      names.forEach((name) => delete globalThis[name]);
    }
  };
}

// The module of an example that has JSX and imports.
function compiled(name) {
  const text = fs.readFileSync(path.join(EXAMPLES, name), 'utf8');
  const options = { jsx: ts.JsxEmit.ReactJSX, module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText, diagnostics } = ts.transpileModule(text, { compilerOptions: options, reportDiagnostics: true, fileName: name });
  assert.deepStrictEqual(diagnostics, []);
  const module = new Module(path.join(EXAMPLES, name));
  module.paths = [path.join(__dirname, '../node_modules')];
  module._compile(outputText, path.join(EXAMPLES, `${name}.js`));
  return module.exports;
}

test('examples: the React hooks show a room and speak in it', async () => {
  const { default: App } = compiled('react.jsx');
  const w = connect();
  const other = connect();
  const html = renderToString(React.createElement(App, { w, room: 'lobby' }));
  assert.strictEqual(html, '<section><p>connecting</p><ul></ul><button>Say hello</button></section>');
  const shown = await mounted(React.createElement(App, { w, room: 'lobby' }));
  await Promise.all([opened(w), opened(other)]);
  await new Promise((resolve, reject) => other.join('lobby', (error) => (error ? reject(error) : resolve())));
  other.to('lobby').emit('said', 'from another');
  other.emit('said', 'of no room');
  await shown.until('<section><p>open</p><ul><li>from another</li></ul><button>Say hello</button></section>');
  const heard = new Promise((resolve) => other.once('said', resolve));
  await shown.click();
  assert.strictEqual(await heard, 'hello');
  await shown.unmount();
});

test('examples: a worker is the client of its pages', async () => {
  const heard = [];
  const world = {
    location: { href: `http://127.0.0.1:${gateway.port}/worker.js` }, WebSocket, setTimeout, clearTimeout,
    postMessage: (message) => heard.push(message),
    importScripts: (url) => {
      assert.strictEqual(url, '/everwire/client.min.js');
      vm.runInContext(fs.readFileSync(path.join(__dirname, '../dist/client.min.js'), 'utf8'), context);
    }
  };
  world.self = world;
  const context = vm.createContext(world);
  vm.runInContext(fs.readFileSync(path.join(EXAMPLES, 'worker.js'), 'utf8'), context);
  const done = new Promise((resolve) => world.w.once('n', resolve));
  world.onmessage({ data: { event: 'n', data: { a: 1 } } });
  await done;
  assert.deepEqual(heard, [{ event: 'n', data: { a: 1 } }]);
  const end = ended(world.w);
  world.w.close();
  await end;
});
