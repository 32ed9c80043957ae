'use strict';

// Reads a file of vectors and runs its cases for the client's end. Whatever a driver leaves unread is a fault, so that a
// typing error in a vector can't pass for agreement.

const { isDeepStrictEqual, inspect } = require('node:util');

// One step, with what has not been read of it yet.
class Step {
  constructor(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Error(`no object: ${inspect(value)}`);
    }
    this.rest = { ...value };
    this.op = this.argument('op');
  }

  optional(name) {
    const value = this.rest[name];
    delete this.rest[name];
    return value;
  }

  argument(name) {
    if (!(name in this.rest)) {
      throw new Error(`no \`${name}\``);
    }
    return this.optional(name);
  }

  expect(got) {
    const expected = this.argument('expect');
    if (!isDeepStrictEqual(plain(got), expected)) {
      throw new Error(`expected ${inspect(expected, { depth: 9 })}, got ${inspect(got, { depth: 9 })}`);
    }
  }
}

// As JSON has it: without prototypes, without what is undefined.
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

function unused(rest) {
  const names = Object.keys(rest);
  if (names.length > 0) {
    throw new Error(`unused: ${names.join(', ')}`);
  }
}

// Runs a file's text; `make` gives a fresh driver, a function from a step. Returns how many cases ran.
function run(text, make) {
  const cases = JSON.parse(text);
  if (!Array.isArray(cases) || cases.length === 0) {
    throw new Error('there are no cases');
  }
  const ran = cases.filter((one) => runCase({ ...one }, make)).length;
  if (ran === 0) {
    throw new Error('none of its cases is for this end');
  }
  return ran;
}

function runCase({ name, why, end, steps, ...rest }, make) {
  try {
    unused(rest);
    if (typeof name !== 'string' || typeof why !== 'string' || !Array.isArray(steps) || steps.length === 0) {
      throw new Error('no `name`, `why` or `steps`');
    }
    if (end !== undefined && end !== 'gateway' && end !== 'client') {
      throw new Error('unknown end');
    }
  } catch (error) {
    throw new Error(`${name}: ${error.message}`);
  }
  if (end === 'gateway') {
    return false;
  }
  const driver = make();
  steps.forEach((value, index) => {
    try {
      const step = new Step(value);
      driver(step);
      unused(step.rest);
    } catch (error) {
      throw new Error(`${name}, step ${index + 1}: ${error.message}`);
    }
  });
  return true;
}

module.exports = { run };
