'use strict';

// What `npm pack` makes, installed in a project of its own: by require, by import, with its types, and in a worker.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { start } = require('./support/binary');

const ROOT = path.join(__dirname, '..');
const npm = (args, cwd) => execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd, encoding: 'utf8', stdio: 'pipe' });

let project;
let packed;
let gateway;

test.before(async () => {
  gateway = await start();
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'everwire-package-'));
  [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', project], ROOT));
  fs.writeFileSync(path.join(project, 'package.json'), '{"private":true}');
  npm(['install', '--no-save', `./${packed.filename}`], project);
  fs.symlinkSync(path.join(ROOT, 'node_modules/ws'), path.join(project, 'node_modules/ws'));
});

test.after(() => {
  gateway?.stop();
  fs.rmSync(project, { recursive: true, force: true });
});

// What a program of the project says, with the gateway's address as its argument.
function run(name, text) {
  fs.writeFileSync(path.join(project, name), text);
  return execFileSync(process.execPath, [name, `http://127.0.0.1:${gateway.port}`], { cwd: project, encoding: 'utf8', timeout: 20000 });
}

test('package: it has what is built, the types, and nothing else', () => {
  const files = packed.files.map(({ path: name }) => name).filter((name) => !name.startsWith('dist/'));
  assert.deepStrictEqual(files.sort(), ['README.md', 'everwire.d.mts', 'everwire.d.ts', 'io.d.mts', 'io.d.ts', 'io.mjs', 'modern.d.mts', 'modern.d.ts', 'package.json']);
  const dist = packed.files.map(({ path: name }) => name).filter((name) => name.startsWith('dist/'));
  assert.deepStrictEqual(dist.sort(), fs.readdirSync(path.join(ROOT, 'dist')).map((name) => `dist/${name}`).sort());
});

const SAY = `
w.emit('sum', [1, 2], (error, sum) => {
  console.log(error || sum, w.carrier);
  w.close();
});`;

test('package: by require, and the modern one', () => {
  for (const name of ['everwire-client', 'everwire-client/modern', 'everwire-client/dist/client.min.js']) {
    assert.strictEqual(run('required.js', `
const everwire = require('${name}');
const WebSocket = require('ws');
const w = everwire.connect(process.argv[2], { carriers: ['ws'], env: { WebSocket } });${SAY}`), '[ 1, 2 ] ws\n', name);
  }
});

test('package: by import, and the modern one', () => {
  for (const [name, shown] of [['everwire-client', 'connect,version,codes'], ['everwire-client/modern', 'connect,version']]) {
    assert.strictEqual(run('imported.mjs', `
import everwire, * as all from '${name}';
import WebSocket from 'ws';
for (const name of '${shown}'.split(',')) if (!all[name] || all[name] !== everwire[name]) throw new Error(name);
const w = all.connect(process.argv[2], { carriers: 'ws', env: { WebSocket } });${SAY}`), '[ 1, 2 ] ws\n', name);
  }
});

test('package: the io face, by import and as the example has it', () => {
  assert.strictEqual(run('io.mjs', `
import io, { io as same, connect } from 'everwire-client/io';
import WebSocket from 'ws';
const socket = io(process.argv[2], { env: { WebSocket }, transports: ['websocket'] });
console.log(io === same, io === connect, await socket.emitWithAck('sum', 7));
socket.disconnect();`), 'true true 7\n');
  const example = fs.readFileSync(path.join(ROOT, 'examples/socket.js'), 'utf8');
  assert.deepStrictEqual(run('socket.js', `${example}\nsetTimeout(() => socket.disconnect(), 500);`).trim().split('\n').sort(), ['[ 1, 2 ]', 'welcome']);
});

test('package: in a worker', () => {
  fs.writeFileSync(path.join(project, 'worker.js'), `
const { parentPort, workerData } = require('node:worker_threads');
const w = require('everwire-client').connect(workerData, { carriers: ['ws'], env: { WebSocket: require('ws') } });
w.emit('sum', [1, 2], (error, sum) => {
  parentPort.postMessage(error || sum);
  w.close();
});`);
  assert.strictEqual(run('main.js', `
const { Worker } = require('node:worker_threads');
new Worker('./worker.js', { workerData: process.argv[2] }).on('message', console.log).on('error', console.log);`), '[ 1, 2 ]\n');
});

test('package: right uses of its types compile, wrong ones do not', () => {
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const compile = (...args) => {
    try {
      execFileSync(process.execPath, [tsc, '--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', ...args], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      assert.fail(error.stdout);
    }
  };
  for (const name of ['right', 'wrong']) {
    fs.copyFileSync(path.join(__dirname, `types/${name}.ts`), path.join(project, `${name}.mts`));
    fs.copyFileSync(path.join(__dirname, `types/${name}.ts`), path.join(project, `${name}.ts`));
  }
  compile('--module', 'node16', '--moduleResolution', 'node16', 'right.mts', 'wrong.mts');
  compile('--module', 'esnext', '--moduleResolution', 'bundler', 'right.ts', 'wrong.ts');
  fs.writeFileSync(path.join(project, 'script.ts'), `
import everwire = require('everwire-client');
import { connect } from 'everwire-client';
import io = require('everwire-client/io');
const w: everwire.Client = everwire.connect();
connect().emit('x');
io('/').send(w.peer);`);
  compile('--module', 'commonjs', '--moduleResolution', 'node10', 'script.ts');
  compile('--module', 'node16', '--moduleResolution', 'node16', 'script.ts');
  fs.writeFileSync(path.join(project, 'page.ts'), 'var w = everwire.connect("/rt");\nw.on("open", function (info) { info.peer.trim(); });\nio("/").emit("x");\n');
  compile('node_modules/everwire-client/everwire.d.ts', 'node_modules/everwire-client/io.d.ts', 'page.ts');
  fs.appendFileSync(path.join(project, 'page.ts'), 'w.nothing();\n');
  assert.throws(() => compile('node_modules/everwire-client/everwire.d.ts', 'node_modules/everwire-client/io.d.ts', 'page.ts'), /nothing/);
});
