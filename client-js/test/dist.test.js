'use strict';

// What is shipped is what src/ makes, parses in the oldest browsers, and stands alone.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { execFileSync } = require('node:child_process');
const { ESLint } = require('eslint');
const { parse } = require('./support/es3');

const ROOT = path.join(__dirname, '..');
const FILES = ['client.js', 'client.min.js'];
const read = (name) => fs.readFileSync(path.join(ROOT, 'dist', name), 'utf8');

for (const name of FILES) {
  test(`${name} is ES3 and ASCII`, () => {
    parse(read(name));
    assert.match(read(name), /^[\x00-\x7f]*$/);
  });

  test(`${name} makes one global where there are no modules`, () => {
    const page = { location: { href: 'http://page.test/' }, setTimeout() {}, clearTimeout() {} };
    const context = vm.createContext({ window: page, ...page });
    vm.runInContext(read(name), context);
    assert.deepStrictEqual(Object.keys(page), ['location', 'setTimeout', 'clearTimeout', 'everwire']);
    assert.strictEqual(page.everwire.version, require('../package.json').version);
    assert.strictEqual(page.everwire.connect().url, 'http://page.test/everwire');
  });

  test(`${name} says its version and licence`, () => {
    assert.match(read(name), /^\/\* Everwire client 0\.1\.0, MIT OR Apache-2\.0 \*\/\n/);
  });
}

test('ES3: the check finds what old engines stumble over', () => {
  for (const fault of ['x = {a: 1,};', 'x.catch(y);', 'x = {default: 1};', 'let x;', 'f(a,);', 'x = `a`;', 'x = {get a() {}};']) {
    assert.throws(() => parse(read('client.min.js') + fault), SyntaxError, fault);
  }
});

test('ES3: the source keeps to the names and functions of its time, and to the rules of the house', async () => {
  const results = await new ESLint({ cwd: ROOT }).lintFiles('src');
  assert.ok(results.length > 20);
  const faults = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, message }) => `${path.relative(ROOT, filePath)}:${line}: ${message}`));
  assert.deepStrictEqual(faults, []);
});

test("ES3: so do the scripts of the playground's page", async () => {
  const eslint = new ESLint({ cwd: ROOT });
  const folder = path.join(ROOT, '../src/server/page');
  const scripts = fs.readdirSync(folder).filter((name) => name.endsWith('.js'));
  assert.ok(scripts.length > 1);
  for (const name of scripts) {
    const text = fs.readFileSync(path.join(folder, name), 'utf8');
    parse(text);
    // They share a page and not modules: of the rules only those about the language are theirs.
    const [{ messages }] = await eslint.lintText(text, { filePath: path.join(ROOT, 'src', name) });
    assert.deepStrictEqual(messages.filter(({ ruleId }) => !ruleId || ruleId.startsWith('es-x/')), [], name);
  }
});

test('ES3: the rules find planted faults', async () => {
  const eslint = new ESLint({ cwd: ROOT });
  for (const fault of ['[1].forEach(f);', 'x = Object.keys(y);', 'x = y => y;', 'document.title = 1;', 'x = "a".trim();']) {
    const [{ messages }] = await eslint.lintText(`var x, y, f = 1;\n${fault}\n`, { filePath: path.join(ROOT, 'src/fault.js') });
    assert.ok(messages.some(({ line }) => line === 2), fault);
  }
});

test('dist is what the source makes', () => {
  execFileSync(process.execPath, ['build.js', '--check'], { cwd: ROOT, stdio: 'pipe' });
});
