// Today's engines, with the same face as the old ones.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import puppeteer from 'puppeteer-core';

import { openWindow, startChromium } from '../chromium.mjs';
import { Program } from '../processes.mjs';
import { until } from '../wait.mjs';
import { Engine } from './engine.mjs';

/** Chromium by playwright, a browser of its own each time. */
export class Chromium extends Engine {
  static async start(name) {
    const engine = new Chromium(name);
    engine.browser = await startChromium();
    return engine;
  }

  async open(url) {
    this.page = await openWindow(this.browser);
    // What it says is read where it is kept.
    this.console = this.page.said;
    await this.page.goto(url);
  }

  async evaluate(code) {
    return String(await this.limited(this.page.evaluate(code), `evaluate ${code}`));
  }

  render(file) {
    return this.page.screenshot({ path: file });
  }

  stop() {
    return this.browser.close();
  }
}

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((file) => existsSync(file));

/** What keeps it from talking to anybody: it would look for portals, updates, lists, studies. */
const QUIET = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.update.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'network.proxy.type': 0,
  'remote.active-protocols': 1,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.server': 'data:,',
};

/** Firefox, started here (so that it surely ends) and driven by puppeteer over WebDriver BiDi. */
export class Firefox extends Engine {
  static async start(name) {
    const engine = new Firefox(name);
    if (!FIREFOX) throw new Error('Firefox is not installed; run tests/engines/setup');
    engine.profile = mkdtempSync(join(tmpdir(), 'everwire-firefox-'));
    const preferences = Object.entries(QUIET).map(([key, value]) => `user_pref("${key}", ${JSON.stringify(value)});\n`);
    writeFileSync(join(engine.profile, 'user.js'), preferences.join(''));
    const parameters = ['--headless', '--no-remote', '--profile', engine.profile, '--remote-debugging-port', '0'];
    // A home of its own: what it keeps outside of its profile must not be somebody's.
    const env = { HOME: engine.profile, MOZ_CRASHREPORTER_DISABLE: '1' };
    engine.program = new Program(FIREFOX, parameters, { name, env, onLine: (line) => engine.look(line) });
    await until(() => engine.endpoint || !engine.program.alive, 'Firefox listens', { explain: () => engine.program.said });
    engine.browser = await engine.limited(puppeteer.connect({
      browserWSEndpoint: `${engine.endpoint}/session`, protocol: 'webDriverBiDi', defaultViewport: null,
    }), 'connect');
    return engine;
  }

  look(line) {
    const [, endpoint] = /^WebDriver BiDi listening on (ws:\S+)$/.exec(line) ?? [];
    if (endpoint) this.endpoint = endpoint;
  }

  async open(url) {
    this.page = await this.limited(this.browser.newPage(), 'a window');
    this.page.on('console', (message) => this.hear(`${message.type()}: ${message.text()}`));
    this.page.on('pageerror', (error) => this.hear(`page error: ${error.message}`));
    await this.limited(this.page.goto(url, { waitUntil: 'domcontentloaded' }), `open ${url}`);
  }

  async evaluate(code) {
    return String(await this.limited(this.page.evaluate(code), `evaluate ${code}`));
  }

  render(file) {
    return this.page.screenshot({ path: file });
  }

  async stop() {
    this.browser?.disconnect();
    await super.stop();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
