'use strict';

// Makes dist/client.js and dist/client.min.js out of src/: every module is wrapped in a function, nothing is rewritten.
// `node build.js --check` writes nothing and fails if what is there differs.

const fs = require('node:fs');
const path = require('node:path');
const { minify } = require('terser');
const { version, license } = require('./package.json');

const SOURCE = path.join(__dirname, 'src');
const DIST = path.join(__dirname, 'dist');
const BANNER = `/* Everwire client ${version}, ${license} */\n`;

// The modules that `file` needs, each behind what it needs itself.
function collect(file, found) {
  if (found.has(file)) {
    return;
  }
  found.set(file, null);
  const text = fs.readFileSync(path.join(SOURCE, file), 'utf8').replace('$VERSION$', version);
  const needed = [];
  const resolved = text.replace(/require\('(\.[^']*)'\)/g, (_, name) => {
    const target = path.posix.join(path.posix.dirname(file), name) + '.js';
    needed.push(target);
    return `require('${target.slice(0, -3)}')`;
  });
  needed.forEach((target) => collect(target, found));
  found.delete(file);
  found.set(file, resolved);
}

function bundle() {
  const modules = new Map();
  collect('index.js', modules);
  const parts = [...modules].map(
    ([file, text]) => `define('${file.slice(0, -3)}', function (module, require) {\n${text}});\n`
  );
  return `${BANNER}(function (root) {
var modules = {};
function require(name) {
  return modules[name];
}
function define(name, fn) {
  var module = { exports: {} };
  fn(module, require);
  modules[name] = module.exports;
}
${parts.join('\n')}
if (typeof module === 'object' && module && module.exports) {
  module.exports = require('index');
} else {
  root.everwire = require('index');
}
})(typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : this);
`;
}

async function minified(text) {
  const options = {
    ie8: true,
    ecma: 5,
    compress: { passes: 3, keep_fargs: false, keep_infinity: true },
    mangle: true,
    format: { ascii_only: true, quote_keys: false, keep_quoted_props: true, comments: false, preamble: BANNER.trim() }
  };
  return (await minify(text, options)).code + '\n';
}

async function main() {
  const check = process.argv.includes('--check');
  const text = bundle();
  const files = { 'client.js': text, 'client.min.js': await minified(text) };
  fs.mkdirSync(DIST, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(DIST, name);
    if (!check) {
      fs.writeFileSync(file, content);
    } else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== content) {
      throw new Error(`dist/${name} is not what src/ makes: run \`npm run build\` and commit it`);
    }
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
