'use strict';

// What is built: for each file its entry, its edition of the language, and how it meets the world.

// Modules of CommonJS and AMD, else globals of these names.
function umd(shown, globals) {
  const others = Object.entries(globals).map(([name, value]) => `  root.${name} = ${value};`);
  return `if (typeof module === 'object' && module && module.exports) {
  module.exports = ${shown};
} else if (typeof define === 'function' && define.amd) {
  define(function () { return ${shown}; });
} else {
  var root = typeof window !== 'undefined' ? window : typeof self !== 'undefined' ? self : this;
${others.join('\n')}
}
`;
}

function esm(shown, named = ['connect', 'version', 'codes']) {
  return `var ${named.map((name) => `${name}$esm = ${shown}.${name}`).join(', ')};
export { ${shown} as default, ${named.map((name) => `${name}$esm as ${name}`).join(', ')} };
`;
}

const client = (shown) => umd(shown, { everwire: shown });
// Whatever runs the modern build has `self` or modules.
const modern = (shown) => `if (typeof module === 'object') module.exports = ${shown}; else self.everwire = ${shown};\n`;
const face = (shown) => umd(shown, { io: shown, everwire: `${shown}.everwire` });

const own = ['everwire.d.ts'];
const both = ['everwire.d.ts', 'io.d.ts'];

module.exports = [
  { file: 'client.js', entry: 'index.js', tail: client, isReadable: true },
  { file: 'client.min.js', entry: 'index.js', tail: client, types: own },
  { file: 'client.mjs', entry: 'index.js', tail: esm, types: own, isModule: true },
  { file: 'client.modern.min.js', entry: 'modern/index.js', tail: modern, types: own, isModern: true },
  { file: 'client.modern.mjs', entry: 'modern/index.js', tail: (shown) => esm(shown, ['connect', 'version']), types: own, isModule: true, isModern: true },
  { file: 'io.min.js', entry: 'io.js', tail: face, types: both }
];
