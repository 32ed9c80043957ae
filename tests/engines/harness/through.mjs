// A session in Chromium or in node, through the fault proxy, with somebody who is straight at the gateway.

import { consoleOf, openWindow } from './chromium.mjs';
import { atEnd } from './cleanup.mjs';
import { FaultProxy } from './fault_proxy.mjs';
import { NodePage } from './node_page.mjs';
import { partnerIn, setUp, Talk } from './stage.mjs';

/** What a session may be in here. A page that is loaded through faults is not the matter: they begin behind it. */
const PLACES = {
  Chromium: async (test, { chromium, url }) => {
    const page = await openWindow(chromium, `${url}/session.html`);
    atEnd(test, () => page.context().close());
    return { ask: (code) => page.evaluate(code), said: () => consoleOf(page) };
  },
  node: async (test, { url }) => {
    const page = await NodePage.open(url);
    atEnd(test, () => page.stop());
    return { ask: (code) => page.evaluate(code), said: () => 'in node' };
  },
};

export const ENGINES = Object.keys(PLACES);

/**
 * @param {import('node:test').TestContext} test
 * @param {string} engine of `ENGINES`
 * @param {{chromium: object, faults?: object[], names?: string, settings?: object, line?: object}} options `names`: the carriers
 *   that the client may use; `settings`: the gateway's; `line`: the proxy's
 */
export async function through(test, engine, { chromium, faults = [], names, settings, ...line }) {
  const { gateway, front, base } = await setUp(test, { settings });
  const proxy = await FaultProxy.start(front.port);
  atEnd(test, () => proxy.stop());
  const { ask, said } = await PLACES[engine](test, { chromium, url: proxy.url });
  proxy.faults = faults;
  Object.assign(proxy.line, line);
  proxy.cut();
  const partner = await partnerIn(test, base, 'pub');
  const explain = () => `${said()}\n${proxy.said}`;
  const talk = new Talk({ ask, partner, room: 'pub', explain });
  await talk.begin(names, `${proxy.url}/everwire`);
  return { test, talk, relay: proxy, gateway, proxy };
}
