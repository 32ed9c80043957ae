// Programs that a test starts: each in a process group of its own, and surely ended.
//
// A group is killed when the test ends it, when node exits for whatever reason it can still notice, and by the kernel
// (`setpriv --pdeathsig`) when node itself is killed.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Lines of output kept for a failure's message. */
const KEPT = 200;

const running = new Set();
process.on('exit', () => running.forEach((program) => program.kill()));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
  process.once(signal, () => process.exit(code));
}

const LEASH = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file));

/** A running program. `name` is what messages call it. */
export class Program {
  /** @param {{name: string, env?: object, cwd?: string, onLine?: (line: string, stream: 'out' | 'err') => void}} options */
  constructor(command, parameters, options) {
    this.name = options.name;
    this.lines = [];
    this.code = null;
    const [file, ...rest] = LEASH
      ? [LEASH, '--pdeathsig', 'KILL', '--', command, ...parameters]
      : [command, ...parameters];
    this.child = spawn(file, rest, {
      detached: true,
      cwd: options.cwd,
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...options.env },
    });
    running.add(this);
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => this.end(`could not be started: ${error.message}`, resolve));
      this.child.on('close', (code, signal) => this.end(signal ?? code, resolve));
    });
    for (const [stream, name] of [[this.child.stdout, 'out'], [this.child.stderr, 'err']]) {
      byLine(stream, (line) => {
        this.lines.push(line.length > 1000 ? `${line.slice(0, 1000)}…` : line);
        if (this.lines.length > KEPT) this.lines.shift();
        options.onLine?.(line, name);
      });
    }
    // Whoever writes to a program that has ended is told so by `code`.
    this.child.stdin.on('error', () => {});
  }

  end(code, resolve) {
    this.code = code;
    running.delete(this);
    resolve(code);
  }

  get alive() {
    return this.code === null;
  }

  /** What it said last, for a message. */
  get said() {
    return `${this.name}${this.alive ? '' : ` (ended: ${this.code})`} said:\n  ${this.lines.join('\n  ') || 'nothing'}`;
  }

  signal(name) {
    try {
      process.kill(this.child.pid, name);
    } catch {
      // Ended in the meantime.
    }
  }

  kill() {
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Not started, or all of the group ended.
    }
  }

  /** Asks it to end, and makes it end when it hasn't within `patience` ms. */
  async stop(patience = 2000) {
    if (this.alive) this.signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), patience);
    await this.ended;
    clearTimeout(timer);
    // What it started itself may still be there.
    this.kill();
    return this.code;
  }
}

function byLine(stream, tell) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(tell);
  });
  stream.on('end', () => rest && tell(rest));
}
