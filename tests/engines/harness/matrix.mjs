// Which engine has which carrier, and why not where it hasn't: what the scenario is judged by, and the matrix in README.md.
//
//   node harness/matrix.mjs     writes that part of README.md anew

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { CARRIERS } from './gateway.mjs';

const yes = '';

/** Reasons. A cell without one is a yes. */
const NO_WEBSOCKET = 'has no WebSocket';
const NO_EVENTSOURCE = 'has no EventSource';
const NO_REQUEST = 'has no XMLHttpRequest';
const NO_PAGE = 'is no page';
const NO_CORS = 'asks no other origin';
const AT_THE_END = 'shows a response only at its end';

const everything = Object.fromEntries(CARRIERS.map((name) => [name, yes]));
const htmlunit = { ...everything, ws: NO_WEBSOCKET, sse: NO_EVENTSOURCE, stream: AT_THE_END, frame: AT_THE_END };
const netsurf = {
  ws: 'has a WebSocket that throws', sse: 'has an EventSource that throws', stream: NO_REQUEST, frame: 'runs no script in a frame',
  'long-poll': NO_REQUEST, jsonp: 'sends no form by script, and an opening is one', 'short-poll': NO_REQUEST,
};
const phantom = { ...everything, ws: 'has the WebSocket of a draft' };
const without = (why, row, ...names) => ({ ...row, ...Object.fromEntries(names.map((name) => [name, why])) });

/**
 * By engine: `same`, where the page is of the gateway's origin, and `other`, where it is not (`null`: there is no page).
 * A carrier with a reason must not have carried anything, any other must have: by the gateway's own record.
 */
export const MATRIX = {
  Chromium: { same: everything, other: everything },
  Firefox: { same: everything, other: everything },
  'PhantomJS 1.9.8': { same: phantom, other: without('has an EventSource for its own origin only', phantom, 'sse') },
  'Internet Explorer 6': { same: htmlunit, other: without(NO_CORS, htmlunit, 'long-poll', 'short-poll') },
  'Internet Explorer 7': { same: htmlunit, other: without(NO_CORS, htmlunit, 'long-poll', 'short-poll') },
  'Internet Explorer 8': { same: htmlunit, other: htmlunit },
  'Internet Explorer 9': { same: htmlunit, other: htmlunit },
  'Internet Explorer 10': { same: htmlunit, other: htmlunit },
  'Firefox 3.6': { same: htmlunit, other: htmlunit },
  NetSurf: { same: netsurf, other: netsurf },
  "Wine's JScript": { same: without(NO_PAGE, htmlunit, 'ws', 'sse', 'stream', 'frame', 'jsonp'), other: null },
};

/** The carriers that have to have carried something. */
export const expected = (row) => CARRIERS.filter((name) => row[name] === yes);

// ---- README.md

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const [BEGIN, END] = ['<!-- matrix: node harness/matrix.mjs -->', '<!-- /matrix -->'];

/** The matrix in words. */
export function table() {
  const notes = [];
  const note = (why) => {
    if (!notes.includes(why)) notes.push(why);
    return `no (${notes.indexOf(why) + 1})`;
  };
  const cell = (row, name) => (row === null ? '' : row[name] === yes ? 'yes' : note(row[name]));
  const both = ({ same, other }, name) => {
    const [one, two] = [cell(same, name), cell(other, name)];
    return one === two || two === '' ? one : `${one}; ${two}`;
  };
  const rows = Object.entries(MATRIX).map(([engine, rows]) => `| ${[engine, ...CARRIERS.map((name) => both(rows, name))].join(' | ')} |`);
  return [
    `| engine | ${CARRIERS.map((name) => `\`${name}\``).join(' | ')} |`, `|${'---|'.repeat(CARRIERS.length + 1)}`, ...rows, '',
    `Where two are given, the second is for a gateway of another origin than the page's. ${notes.map((why, index) => `(${index + 1}) It ${why}.`).join(' ')}`,
  ].join('\n');
}

/** README.md, with the matrix as it is here. */
export function readme() {
  const text = readFileSync(README, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md needs a line ${BEGIN} and one ${END} behind it`);
  return { is: text, wanted: `${text.slice(0, from + BEGIN.length)}\n${table()}\n${text.slice(to)}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(README, readme().wanted);
