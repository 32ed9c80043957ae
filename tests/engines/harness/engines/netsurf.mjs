// NetSurf, which nothing can drive from outside: its page asks for commands itself, by the script that the test's web server
// puts into it (pages/remote.js).

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Program } from '../processes.mjs';
import { remoteAt } from '../remote.mjs';
import { Engine } from './engine.mjs';

export class NetSurf extends Engine {
  static async start(name) {
    const engine = new NetSurf(name);
    engine.home = mkdtempSync(join(tmpdir(), 'everwire-netsurf-'));
    mkdirSync(join(engine.home, '.netsurf'));
    writeFileSync(join(engine.home, '.netsurf', 'Choices'), 'enable_javascript:1\n');
    return engine;
  }

  /** It is started with the page that it shows: there is no other way to tell it. */
  async open(url) {
    this.remote = remoteAt(new URL(url).port);
    this.program = new Program('netsurf-fb', ['-f', 'ram', '-b', '32', url], {
      name: this.name, env: { HOME: this.home }, onLine: (line) => this.hear(line),
    });
    await this.limited(this.remote.ask('""'), `open ${url}`);
  }

  async evaluate(code) {
    const answer = await this.limited(this.remote.ask(code), `evaluate ${code}`);
    if (!answer.startsWith('done ')) throw new Error(`${this.name}: ${code}: ${answer}\n${this.said}`);
    return answer.slice(5);
  }

  async stop() {
    await this.program?.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
