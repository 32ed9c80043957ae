'use strict';

// Modules of CommonJS laid side by side in one scope, line by line as they are. A name that two of them have gets that of
// its file behind it. `isBound`: what a module takes from another (`json.parse`) is that other one's function itself, so
// that the minifier sees through the border.

const { alias, asked, eachNode, name } = require('./scopes');

// The edits of a module: `[start, end, text]`, what to write in the place of what.
function edits(module, byName, isBound) {
  const gone = [...new Set(module.variables.filter(alias).map((variable) => variable.defs[0].parent)), ...(isBound ? module.given : [])];
  const isGone = ({ start }) => gone.some((node) => node.start <= start && start < node.end);
  // What stands behind `up.` is a function of a module above.
  const gift = (name) => [...byName.values()].map((other) => other.gifts.has(name) && other.names.get(other.gifts.get(name))).find(Boolean);
  // What `member` of a module is called; without one, the module.
  const called = ({ path, member }) => {
    const other = byName.get(module.needs.get(path));
    const bound = member && isBound && other.names.get(other.members.get(member));
    return bound || (member ? `${other.as}.${member}` : other.as);
  };
  const { objects, shorthands, requires } = survey(module.tree);
  const list = [...exporting(module, gone), ...gone.map(({ start, end }) => [start, end, ''])];
  const write = (node, text, own) => list.push([node.start, node.end, shorthands.has(node.start) ? `${own}: ${text}` : text]);
  for (const variable of module.variables) {
    const source = alias(variable);
    for (const node of places(variable).filter((place) => !isGone(place))) {
      const member = source && !source.member && objects.get(node.start);
      const late = isBound && source?.member === 'up' && objects.get(node.start);
      if (late) {
        write(late, gift(late.property.name));
      } else if (member) {
        write(member, called({ ...source, member: member.property.name }));
      } else {
        write(node, source ? called(source) : module.names.get(variable), variable.name);
      }
    }
  }
  requires.filter((node) => !isGone(node)).forEach((node) => write(node, called(asked(node))));
  return list;
}

// `module.exports = …` becomes a variable, where it is not but the name of one.
function exporting({ statement, shown, isNamed, as }, gone) {
  if (!statement) {
    return [];
  }
  if (isNamed) {
    gone.push(statement);
    return [];
  }
  return [[statement.start, shown.start, `var ${as} = `]];
}

// Where a variable stands.
function places({ identifiers, references }) {
  return [...new Map([...identifiers, ...references.map(({ identifier }) => identifier)].map((node) => [node.start, node])).values()];
}

// What `x.member` stands for, by where `x` does; where `{x}` stands for `{x: x}`; and the calls of `require`.
function survey(tree) {
  const objects = new Map(), shorthands = new Set(), requires = [];
  eachNode(tree, (node) => {
    if (node.type === 'Property' && node.shorthand) {
      shorthands.add(node.value.start);
    } else if (node.type === 'MemberExpression' && !node.computed) {
      objects.set(node.object.start, node.object.type === 'Identifier' ? node : objects.get(node.object.start));
    }
    if (asked(node) && !requires.some(({ start }) => start === node.start)) {
      requires.push(node);
    }
  });
  return { objects, shorthands, requires };
}

function apply(text, list) {
  return list.sort(([a], [b]) => b - a).reduce((now, [start, end, by]) => now.slice(0, start) + by + now.slice(end), text);
}

// The modules' texts for one scope, as `{name, text, original}`, and what the last of them is called there.
function flatten(modules, isBound) {
  const named = name(modules);
  const byName = new Map(named.map((module) => [module.name, module]));
  return {
    parts: named.map((module) => ({
      name: module.name, text: apply(module.text, edits(module, byName, isBound)), original: module.text
    })),
    entry: named[named.length - 1].as
  };
}

module.exports = { flatten };
