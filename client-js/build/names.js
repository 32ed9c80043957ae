'use strict';

// Names of members: which stay as they are, because the wire, a user or the browser says them. All others are made short.

const fs = require('node:fs');
const path = require('node:path');
const { eachNode, parse } = require('./scopes');

const NAME = /^[A-Za-z_$][\w$]*$/;

// What the wire (docs/PROTOCOL.md) and the outside call by name.
const WIRE = `ack after at attach auth binary busy carriers close code connect control data disconnect drain epoch error event
  from id join joined key last leave left lost max message messages moved ns open peer ping pong reason received reply resume
  retry room session since turn wait exports amd`.split(/\s+/);

// What some browser's object calls one of its members, so that the minifier would leave it alone, and what here is only
// ever a member of the client's own objects. Nothing belongs here that src/ asks a browser for.
const OURS = ['bytes', 'claimed', 'controls', 'count', 'done', 'drop', 'end', 'events', 'face', 'finish', 'flush', 'forget', 'go',
  'hand', 'held', 'interval', 'isExtended', 'items', 'link', 'list', 'measure', 'memory', 'mode', 'names', 'next', 'opened',
  'part', 'path', 'paused', 'queue', 'release', 'seed', 'share', 'storage', 'waiting', 'wake', 'way'];

// What users may say: the names in the declarations of types.
function declared(types) {
  const text = types.map((file) => fs.readFileSync(path.join(__dirname, '..', file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '')).join();
  return [...text.matchAll(/([A-Za-z_$][\w$]*)\??(?=[:(<])/g)].map(([, name]) => name);
}

// Texts of the source that are a name: a member may be looked up by them. (What browsers call by name terser knows.)
function spoken(text) {
  const found = [];
  eachNode(parse(text), ({ type, value }) => {
    if (type === 'Literal' && typeof value === 'string' && NAME.test(value)) {
      found.push(value);
    }
  });
  return found;
}

function kept(parts, types) {
  return [...new Set([...WIRE, ...declared(types), ...parts.flatMap(({ text }) => spoken(text))])];
}

// The text with a sign behind each member that is OURS and not in `reserved`.
function marked(text, reserved) {
  const found = [];
  eachNode(parse(text), (node) => {
    const key = node.type === 'MemberExpression' ? node.property : node.type === 'Property' ? node.key : null;
    if (key?.type === 'Identifier' && !node.computed && OURS.includes(key.name) && !reserved.includes(key.name)) {
      found.push(node.shorthand ? [key.start, `${key.name}$: `] : [key.end, '$']);
    }
  });
  return found.sort(([a], [b]) => b - a).reduce((now, [at, sign]) => `${now.slice(0, at)}${sign}${now.slice(at)}`, text);
}

module.exports = { kept, marked };
