'use strict';

// How large the builds are as they travel, and whether that is too large.

const { gzipSync } = require('node:zlib');

function size(text) {
  return gzipSync(text, { level: 9 }).length;
}

// The files of `limits` (bytes, compressed) that are larger, each with a sentence.
function excess(files, limits) {
  return Object.entries(limits)
    .filter(([name, limit]) => size(files[name]) > limit)
    .map(([name, limit]) => `dist/${name} has ${size(files[name])} bytes compressed, and package.json allows ${limit}`);
}

function table(files, limits) {
  const rows = Object.keys(files).filter((name) => !name.endsWith('.map')).map((name) =>
    [name, Buffer.byteLength(files[name]), size(files[name]), limits[name] ?? '']);
  rows.push(['the io face', '', size(files['io.min.js']) - size(files['client.min.js']), '']);
  const line = ([name, ...numbers]) => name.padEnd(22) + numbers.map((number) => String(number).padStart(9)).join('');
  return [line(['', 'bytes', 'gzip -9', 'limit']), ...rows.map(line)].join('\n');
}

module.exports = { excess, table };
