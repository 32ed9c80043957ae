// The whole of a session in every engine, over every carrier that it has, on the gateway's origin and on another.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { launch } from './harness/engines/index.mjs';
import { MATRIX, readme } from './harness/matrix.mjs';
import { runScenario } from './harness/scenario.mjs';

/** Two at a time: there may be two cores. */
describe('the scenario', { concurrency: 2 }, () => {
  for (const [name, { same, other }] of Object.entries(MATRIX)) {
    it(`${name}, on the gateway's origin`, (test) => runScenario(test, () => launch(name), same));
    if (other) it(`${name}, on another origin`, (test) => runScenario(test, () => launch(name), other, { elsewhere: true }));
  }
});

it('README.md has the matrix that the engines are held to', () => {
  const { is, wanted } = readme();
  assert.equal(is, wanted, 'node harness/matrix.mjs writes it');
});
