// The playground's page in Chromium, used as a person does: what is written in fields, which buttons are pressed, and what
// there is to see then.

import { consoleOf, openWindow } from './chromium.mjs';
import { atEnd } from './cleanup.mjs';
import { until } from './wait.mjs';

export class Playground {
  /** Opens the page and waits until it is in its room. */
  static async open(test, chromium, url, options) {
    const page = await openWindow(chromium, url, options);
    atEnd(test, () => page.context().close());
    const playground = new Playground(page);
    await playground.entered();
    return playground;
  }

  constructor(page) {
    this.page = page;
  }

  entered() {
    return this.shows('#log', 'You are in ');
  }

  async press(id) {
    await this.page.locator(`#${id}`).click();
  }

  async say(text) {
    await this.page.locator('#text').fill(text);
    await this.page.locator('#text').press('Enter');
  }

  async enter(room) {
    await this.page.locator('#room').fill(room);
    await this.page.locator('#room').press('Enter');
  }

  /** Chooses how fast the numbered messages go: 'full speed', '200 a second' or '20 a second'. */
  async pace(label) {
    await this.page.locator('#pace').selectOption({ label });
  }

  text(selector) {
    return this.page.locator(selector).innerText();
  }

  async number(id) {
    return Number((await this.text(`#${id}`)).replace(/\D/g, '') || NaN);
  }

  async figures() {
    const names = ['sent', 'acked', 'received', 'came', 'lost', 'doubled', 'disorder', 'outstanding'];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await this.number(name)])));
  }

  shows(selector, text, options) {
    return until(async () => (await this.text(selector)).includes(text), `${selector} shows ${JSON.stringify(text)}`, {
      ...options, explain: () => this.story(),
    });
  }

  is(selector, text, options) {
    return until(async () => (await this.text(selector)) === text, `${selector} is ${JSON.stringify(text)}`, {
      ...options, explain: () => this.story(),
    });
  }

  /** Waits until so many numbered messages have come. */
  cameTo(count, options) {
    return until(async () => (await this.number('came')) >= count, `${count} numbered messages came`, {
      ...options, explain: () => this.story(),
    });
  }

  /** The public id of the session; the page's console knows it. */
  peer() {
    return this.page.evaluate('wire.peer');
  }

  async story() {
    const seen = await this.page.locator('body').innerText().catch((error) => error.message);
    return `the page shows:\n${seen}\n${consoleOf(this.page)}`;
  }
}

/** What the proof has to show when everything came. */
export const WHOLE = { lost: 0, doubled: 0, disorder: 0, outstanding: 0 };

export async function proof(playground) {
  const { lost, doubled, disorder, outstanding } = await playground.figures();
  return { lost, doubled, disorder, outstanding };
}
