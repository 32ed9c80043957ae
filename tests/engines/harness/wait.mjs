// Waiting for a condition, never for a time.

import assert from 'node:assert/strict';

/** Far beyond what anything here takes on a busy machine with two cores, ms. */
const PATIENCE = 30_000;
const LOOK = 25;

/**
 * Waits until `look` returns something true, and returns it.
 *
 * @param {() => any} look may be asynchronous
 * @param {string} what is waited for, for the message
 * @param {{limit?: number, explain?: () => any}} options `explain` tells what there is instead
 */
export async function until(look, what, { limit = PATIENCE, explain } = {}) {
  const end = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) {
      assert.fail(`waited ${limit} ms in vain until ${what}${explain ? `\n${await explain()}` : ''}`);
    }
    await pause(LOOK);
  }
}

/** For what is a rhythm, such as a speaker's; never to wait for something to have happened. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
