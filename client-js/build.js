'use strict';

// Makes dist/ out of src/, as build/targets.js says. `node build.js --check` writes nothing and fails if what is there
// differs. Either fails where a file is larger than `limits` in package.json allow.

const fs = require('node:fs');
const path = require('node:path');
const { collect } = require('./build/modules');
const { flatten } = require('./build/flatten');
const { minified } = require('./build/minify');
const { excess, table } = require('./build/sizes');
const targets = require('./build/targets');
const { version, license, limits } = require('./package.json');

const DIST = path.join(__dirname, 'dist');
const BANNER = `/* Everwire client ${version}, ${license} */`;

function readable(parts, tail) {
  const texts = parts.map(({ name, text }) => `// ${name}\n\n${text.replace('$MODULE$', '').replace(/^\n+|\n(?=\n\n)|\n$/g, '')}\n`);
  return `${BANNER}\n(function () {\n${texts.join('\n')}\n${tail}})();\n`;
}

async function build(target) {
  const { parts, entry } = flatten(collect(target.entry, version), !target.isReadable);
  const tail = target.tail(entry);
  return target.isReadable ? { [target.file]: readable(parts, tail) } : minified(target, parts, tail, BANNER);
}

function compare(name, content) {
  const file = path.join(DIST, name);
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== content) {
    throw new Error(`dist/${name} is not what src/ makes: run \`npm run build\` and commit it`);
  }
}

async function main() {
  const files = Object.assign({}, ...(await Promise.all(targets.map(build))));
  const check = process.argv.includes('--check');
  fs.mkdirSync(DIST, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    if (check) {
      compare(name, content);
    } else {
      fs.writeFileSync(path.join(DIST, name), content);
    }
  }
  console.log(table(files, limits));
  const faults = excess(files, limits);
  if (faults.length) {
    throw new Error(faults.join('\n'));
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
