// Prints the time from `connect()` to the first echo at a round trip of 100 ms, in a page in Chromium, as a table: Everwire's
// beside that of socket.io-client and sockjs-client, through the same proxy.
//
//   EVERWIRE_BIN=../../target/release/everwire node first_echo.mjs [RUNS]

import { startChromium } from './harness/chromium.mjs';
import { Course, measureAll, median, ROUND_TRIP, table } from './harness/first_echo.mjs';
import { Gateway } from './harness/gateway.mjs';

const runs = Number(process.argv[2] ?? 5);
const gateway = await Gateway.start();
const chromium = await startChromium();
const course = await Course.set({ gateway, chromium });
try {
  for (const [words, cold] of [['a connection to the host is there', false], ['no connection is there: making one takes a round trip more', true]]) {
    console.log(`Round trip ${ROUND_TRIP} ms; ${words}; medians of ${runs} runs.\n`);
    console.log(`${table(await measureAll(course, { runs: () => runs, pick: median, cold }))}\n`);
  }
} finally {
  course.stop();
  await chromium.close();
  await gateway.stop();
}
process.exit();
