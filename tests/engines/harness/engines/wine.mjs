// Wine's JScript, which is the language of Internet Explorer 6 to 8 and its requests, without a page. Its host
// (drivers/wine.js) runs the scenario's script as a page would.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { Program } from '../processes.mjs';
import { Engine, path } from './engine.mjs';

const PREFIX = path('build/wine');
const ENVIRONMENT = { WINEPREFIX: PREFIX, WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree,mshtml=', DISPLAY: '' };

export class Wine extends Engine {
  static async start(name) {
    if (!existsSync(PREFIX)) throw new Error('Wine is not set up; run tests/engines/setup');
    return new Wine(name);
  }

  /** It has no pages: of the address the script is run that the page has. */
  async open(url) {
    const { origin, search } = new URL(url);
    this.run('drivers/wine.js', origin, `${search}&gateway=${encodeURIComponent(origin)}`);
  }

  /** Starts a script of tests/engines; what it writes is on the console. */
  run(script, ...parameters) {
    const file = `Z:${path(script).replaceAll('/', '\\')}`;
    this.program = new Program('wine', ['cscript', '//nologo', file, ...parameters], {
      name: this.name, env: ENVIRONMENT, onLine: (line) => this.hear(line),
    });
    return this.program.ended;
  }

  async stop() {
    await this.program?.stop();
    // Wine's own server is in no group of ours; it serves this prefix only.
    try {
      execFileSync('wineserver', ['-k'], { env: { ...process.env, ...ENVIRONMENT }, stdio: 'pipe' });
    } catch {
      // There was none any more.
    }
  }
}
