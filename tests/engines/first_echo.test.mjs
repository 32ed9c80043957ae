// The time from `connect()` to the first echo does not depend on what a proxy does to WebSockets and streams, and is no longer
// than that of others. Ratios within one run, and generous ones: nothing here depends on how fast a machine is.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { startChromium } from './harness/chromium.mjs';
import { atEnd } from './harness/cleanup.mjs';
import { CLASSES, CLIENTS, Course, measureAll, table } from './harness/first_echo.mjs';
import { Gateway } from './harness/gateway.mjs';

/** The best of several, since whatever else a machine does only makes it slower; the others are far behind with one. */
const runs = (name) => (name === CLIENTS[0] ? 5 : 1);
const best = (times) => Math.min(...times);
/** How many times its own clean time it may take behind a proxy that does something. */
const SAME = 1.5;

it('the first echo comes as soon behind any proxy, and no later than that of socket.io and sockjs', async (test) => {
  const gateway = await Gateway.start();
  atEnd(test, () => gateway.stop());
  const chromium = await startChromium();
  atEnd(test, () => chromium.close());
  const course = await Course.set({ gateway, chromium });
  atEnd(test, () => course.stop());
  const times = await measureAll(course, { runs, pick: best, atOnce: 3 });
  const shown = table(times);
  test.diagnostic(shown);
  const [ours, ...others] = CLIENTS;
  for (const what of Object.keys(CLASSES)) {
    const time = times.get(`${ours} ${what}`);
    assert.ok(time <= SAME * times.get(`${ours} clean`), `${what}\n${shown}`);
    for (const other of others) assert.ok(time <= times.get(`${other} ${what}`), `${what}, beside ${other}\n${shown}`);
  }
});
