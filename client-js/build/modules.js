'use strict';

// The modules that a build is made of.

const fs = require('node:fs');
const path = require('node:path');

const SOURCE = path.join(__dirname, '../src');
const REQUIRE = /require\('(\.[^']*)'\)/g;

// Those that `entry` needs, itself the last, each behind what it needs: `{name, text, needs}`, where `needs` leads from
// what stands in a `require` to the name of the module that is meant.
function collect(entry, version) {
  const found = new Map();
  function visit(name, above) {
    if (above.includes(name)) {
      throw new Error(`src/${name} needs itself, by way of ${above.slice(above.indexOf(name) + 1).join(', ') || 'nothing else'}`);
    }
    if (found.has(name)) {
      return;
    }
    const text = fs.readFileSync(path.join(SOURCE, name), 'utf8').replace('$VERSION$', version);
    const needs = new Map();
    for (const [, asked] of text.matchAll(REQUIRE)) {
      const target = `${path.posix.join(path.posix.dirname(name), asked)}.js`;
      needs.set(asked, target);
      visit(target, [...above, name]);
    }
    found.set(name, { name, text, needs });
  }
  visit(entry, []);
  return [...found.values()];
}

module.exports = { collect };
