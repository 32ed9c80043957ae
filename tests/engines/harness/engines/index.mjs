// Every engine there is, by name.

import { HtmlUnit } from './htmlunit.mjs';
import { Chromium, Firefox } from './modern.mjs';
import { NetSurf } from './netsurf.mjs';
import { Phantom } from './phantom.mjs';
import { Wine } from './wine.mjs';

/** What the browser granted to a host: two up to Internet Explorer 7, six since. */
const htmlunit = (name, version, connections = 6) => [name, () => HtmlUnit.start(name, version, connections)];

const STARTERS = Object.fromEntries([
  ['Chromium', () => Chromium.start('Chromium')],
  ['Firefox', () => Firefox.start('Firefox')],
  ['PhantomJS 1.9.8', () => Phantom.start('PhantomJS 1.9.8')],
  htmlunit('Internet Explorer 6', 'INTERNET_EXPLORER_6', 2),
  htmlunit('Internet Explorer 7', 'INTERNET_EXPLORER_7', 2),
  htmlunit('Internet Explorer 8', 'INTERNET_EXPLORER_8'),
  htmlunit('Internet Explorer 9', 'INTERNET_EXPLORER_9'),
  htmlunit('Internet Explorer 10', 'INTERNET_EXPLORER_10'),
  htmlunit('Firefox 3.6', 'FIREFOX_3_6'),
  ['NetSurf', () => NetSurf.start('NetSurf')],
  ["Wine's JScript", () => Wine.start("Wine's JScript")],
]);

/** The old ones that can be driven command by command. */
export const OLD_ENGINES = ['Internet Explorer 6', 'Internet Explorer 8', 'PhantomJS 1.9.8'];

/** Those that show pages. */
export const BROWSERS = Object.keys(STARTERS).filter((name) => name !== "Wine's JScript");

export const launch = (name) => STARTERS[name]();
