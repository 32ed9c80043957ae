'use strict';

// Makes dist/client.js and dist/client.min.js out of src/: every module is wrapped in a function, nothing is rewritten.
// `node build.js --check` writes nothing and fails if what is there differs.

const fs = require('node:fs');
const path = require('node:path');
const { tokenizer } = require('acorn');
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

// `transport/websocket` as the name of a variable.
function variable(name) {
  return `$${name.replace(/\W/g, '_')}`;
}

function bundle() {
  const modules = new Map();
  collect('index.js', modules);
  const parts = [...modules].map(
    ([file, text]) => `// ${file}
var ${variable(file.slice(0, -3))} = (function () {
var module = {};
${text.replace(/require\('([^']*)'\)/g, (_, name) => variable(name))}
return module.exports;
})();
`
  );
  return `${BANNER}(function (root) {
${parts.join('\n')}
if (typeof module === 'object' && module && module.exports) {
  module.exports = $index;
} else {
  root.everwire = $index;
}
})(typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : this);
`;
}

// What the wire and the outside call by name.
const WIRE = ['from', 'messages', 'control', 'open', 'ack', 'turn', 'error', 'close', 'code', 'message', 'busy', 'exports'];

// Names of members that stay as they are: those of the wire, what README.md has as code, and whatever stands in a
// text of the source, where it may be looked up by name. (What browsers call by name terser knows by itself.)
function kept(text) {
  const readme = fs.readFileSync(path.join(__dirname, 'README.md'), 'utf8').match(/```[^]*?```|`[^`]*`/g).join(' ');
  const strings = [...tokenizer(text, { ecmaVersion: 3 })].filter(({ type }) => type.label === 'string');
  const words = [readme, ...strings.map(({ value }) => value)].flatMap((one) => one.split(/[^A-Za-z0-9_$]+/));
  return [...new Set([...WIRE, ...words])];
}

async function minified(text) {
  const options = {
    ie8: true,
    ecma: 5,
    compress: { passes: 3 },
    mangle: { properties: { reserved: kept(text), keep_quoted: true } },
    format: { ascii_only: true, keep_quoted_props: true, comments: false, preamble: BANNER.trim() }
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
