// Chromium, as a person sits before it.

import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const BINARY = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file));

/** What keeps it from talking to anybody, and lets it run as root. */
const SWITCHES = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** Starts it; playwright gives it a process group of its own, and it ends with the pipe to this process. */
export async function startChromium() {
  if (!BINARY) throw new Error('Chromium is not installed; run tests/engines/setup');
  return chromium.launch({ executablePath: BINARY, args: SWITCHES });
}

/** A window with a profile of its own that keeps what its page's console says. */
export async function openWindow(browser, url, { profile, ...options } = {}) {
  const context = profile ?? await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.said = [];
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => page.said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => page.said.push(`page error: ${error.stack}`));
  if (url) await page.goto(url);
  return page;
}

/** The console's last lines, for a failure's message. */
export const consoleOf = (page) => `the page's console:\n  ${page.said.slice(-60).join('\n  ') || 'nothing'}`;
