// How long nothing could be delivered: the longest time in which something said was under way and nothing came.

import { pause } from './wait.mjs';

const RHYTHM = 20;

export class Stillness {
  /** @param {{talk: import('./stage.mjs').Talk}} options begins to look at once, both ways */
  constructor({ talk }) {
    this.talk = talk;
    this.ways = {
      'to the page': { said: () => talk.saidThere, came: async () => Number(await talk.ask('session.count()')) },
      'from the page': { said: () => talk.saidHere, came: async () => talk.partner.heard(talk.room).length },
    };
    for (const way of Object.values(this.ways)) Object.assign(way, { last: 0, since: performance.now(), longest: 0 });
    this.looking = this.look();
  }

  async look() {
    while (!this.isOver) {
      for (const way of Object.values(this.ways)) await this.glance(way).catch(() => {});
      await pause(RHYTHM);
    }
  }

  async glance(way) {
    const came = await way.came();
    const now = performance.now();
    if (came === way.last && came < way.said()) way.longest = Math.max(way.longest, now - way.since);
    else way.since = now;
    way.last = came;
  }

  async stop() {
    this.isOver = true;
    await this.looking;
  }

  /** Milliseconds, by direction. */
  get longest() {
    return Object.fromEntries(Object.entries(this.ways).map(([name, { longest }]) => [name, Math.round(longest)]));
  }
}
