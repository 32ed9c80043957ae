'use strict';

// Makes a build small, and the map that leads back from it to the source.

const { minify } = require('terser');
const { kept, marked } = require('./names');

// Rewritings that terser holds unsafe in general and that are safe here: nobody replaces what the language brings, and
// reading a member does nothing else.
const COMPRESS = { passes: 4, hoist_funs: true, pure_getters: true, keep_fargs: false, unsafe_math: true, unsafe_proto: true };
const MODERN = { ecma: 2017, unsafe_arrows: true, unsafe_methods: true };

function options(target, reserved, banner) {
  return {
    ie8: !target.isModern,
    ecma: target.isModern ? 2017 : 5,
    module: !!target.isModule,
    enclose: !target.isModule,
    compress: target.isModern ? { ...COMPRESS, ...MODERN } : COMPRESS,
    mangle: { properties: { reserved, keep_quoted: true } },
    format: { ascii_only: true, keep_quoted_props: true, comments: false, preamble: banner },
    sourceMap: { filename: target.file, url: `${target.file}.map`, includeSources: true, asObject: true }
  };
}

// What src/env/page.js asks for: a module knows its own address.
function place(text, target) {
  return text.replace("'$MODULE$'", target.isModule ? 'import.meta.url' : "''");
}

// What never changes is as good as what may: one word in place of two compresses better. (The columns stay.)
function leveled(text, target) {
  return target.isModern ? text.replace(/\bconst (?=[\w{[])/g, 'let   ') : text;
}

// A build's files by their names.
async function minified(target, parts, tail, banner) {
  const originals = new Map(parts.map(({ name, original }) => [`../src/${name}`, original]));
  const reserved = kept(parts, target.types || []);
  const texts = Object.fromEntries(parts.map(({ name, text }) => [`../src/${name}`, leveled(place(marked(text, reserved), target), target)]));
  const { code, map } = await minify({ ...texts, 'tail.js': tail }, options(target, reserved, banner));
  // Somebody who follows the map looks for the file as it is: its lines are the same, a name may be longer here.
  map.sourcesContent = map.sources.map((source) => originals.get(source) ?? tail);
  return { [target.file]: `${code}\n`, [`${target.file}.map`]: `${JSON.stringify(map)}\n` };
}

module.exports = { minified };
