'use strict';

// Which names a module declares, asks for and shows, and what each is called where all modules stand in one scope.

const acorn = require('acorn');
const { analyze } = require('eslint-scope');

const EDITION = 2017;

function parse(text) {
  return acorn.parse(text, { ecmaVersion: EDITION, sourceType: 'script', ranges: true });
}

function eachNode(node, visit) {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child.type === 'string') {
        eachNode(child, visit);
      }
    }
  }
}

// What of which module an expression asks for: `require('./json')`, `require('./packet').has`.
function asked(node) {
  if (node && node.type === 'CallExpression' && node.callee.name === 'require') {
    return { path: node.arguments[0].value, member: null };
  }
  const whole = node && node.type === 'MemberExpression' && !node.computed && asked(node.object);
  return whole && whole.member === null ? { ...whole, member: node.property.name } : null;
}

// What stands behind `module.exports =`.
function exported(statement) {
  const { type, left, right } = statement.expression ?? {};
  const isExports = type === 'AssignmentExpression' && left.object?.name === 'module' && left.property.name === 'exports';
  return isExports ? right : null;
}

function isSetOnce(variable) {
  const writes = variable.references.filter((reference) => reference.isWrite()).length;
  return variable.defs.length === 1 && writes === (variable.defs[0].type === 'Variable' ? 1 : 0);
}

// What a variable is but another name for: `var json = require('./json');`, `const { parse } = require('./json');`.
function alias(variable) {
  const [{ type, node, parent }] = variable.defs;
  const source = type === 'Variable' && parent.declarations.length === 1 && isSetOnce(variable) ? asked(node.init) : null;
  if (!source || node.id.type === 'Identifier') {
    return source;
  }
  return { ...source, member: node.id.properties.find(({ value }) => value.name === variable.name).key.name };
}

// The members of what a module exports that are variables of it, and never change.
function members(shown, variables) {
  const properties = shown?.type === 'ObjectExpression' ? shown.properties : [];
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  return new Map(properties
    .map(({ key, value }) => [key.name, value.type === 'Identifier' && byName.get(value.name)])
    .filter(([, variable]) => variable && isSetOnce(variable) && !alias(variable)));
}

// What a module gives to those below it, which can't ask for it: `Object.assign(up, { settle });`, where `up` is theirs.
function givings(tree) {
  return tree.body.filter(({ expression }) => expression?.type === 'CallExpression' && expression.callee.property?.name === 'assign' &&
    expression.arguments[0].name === 'up' && expression.arguments[1].type === 'ObjectExpression');
}

function study(module) {
  const tree = parse(module.text);
  const scopes = analyze(tree, { ecmaVersion: EDITION, nodejsScope: true });
  const own = scopes.globalScope.childScopes[0];
  const inner = scopes.scopes.filter((scope) => scope !== own && scope !== scopes.globalScope);
  const variables = own.variables.filter(({ identifiers }) => identifiers.length);
  const statement = tree.body.find(exported);
  const shown = statement && exported(statement);
  const given = givings(tree);
  const givenNames = given.flatMap(({ expression }) => expression.arguments[1].properties.map(({ key }) => key.name));
  return {
    ...module, tree, statement, shown, variables, given,
    gifts: new Map(variables.filter((variable) => givenNames.includes(variable.name)).map((variable) => [variable.name, variable])),
    members: members(shown, variables),
    inner: inner.flatMap((scope) => scope.variables.map(({ name }) => name)),
    world: own.through.map(({ identifier }) => identifier.name).filter((name) => !['require', 'module'].includes(name))
  };
}

// `transport/long_poll.js` as a name: `longPoll`.
function nameOf(file) {
  const parts = file.replace(/\.js$/, '').split('/');
  const own = parts.pop();
  return (own === 'index' && parts.length ? parts.pop() : own).replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

// Names for one scope. What other modules use (`isShared`) is called like nothing in any function: that would hide it.
function names(modules) {
  const inner = new Set(modules.flatMap((module) => module.inner));
  const taken = new Set(modules.flatMap((module) => module.world));
  return (name, file, isShared) => {
    let free = name;
    for (let count = 1; taken.has(free) || (isShared && inner.has(free)); count++) {
      free = `${name}$${nameOf(file)}${count > 1 ? count : ''}`;
    }
    taken.add(free);
    return free;
  };
}

// `modules` studied, and named: `as` is what a module exports, `names` are its variables.
function name(modules) {
  const studied = modules.map(study);
  const claim = names(studied);
  for (const module of studied) {
    const kept = module.variables.filter((variable) => !alias(variable));
    const shown = kept.find(({ name: own }) => module.shown?.type === 'Identifier' && module.shown.name === own);
    const shared = new Set([shown, ...module.members.values(), ...module.gifts.values()]);
    module.names = new Map(kept.map((variable) => [variable, claim(variable.name, module.name, shared.has(variable))]));
    module.isNamed = !!shown;
    module.as = shown ? module.names.get(shown) : claim(nameOf(module.name), module.name, true);
  }
  return studied;
}

module.exports = { alias, asked, eachNode, name, parse };
