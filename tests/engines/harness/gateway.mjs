// The gateway under test, and its own record of what happened.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Program } from './processes.mjs';
import { until } from './wait.mjs';

const BINARY = process.env.EVERWIRE_BIN;
/** All carriers, in the order in which a client prefers them. */
export const CARRIERS = ['ws', 'stream', 'sse', 'frame', 'long-poll', 'jsonp', 'short-poll'];
/** The gateway reads its settings from variables too: what this process was given is not meant for it. */
const BARE = Object.fromEntries(Object.keys(process.env).filter((name) => name.startsWith('EVERWIRE_')).map((name) => [name, undefined]));

export class Gateway {
  /**
   * Starts a gateway of its own on a free port.
   *
   * @param {{settings?: Record<string, string | number | boolean | string[]>}} options keys of the configuration file
   */
  static async start({ settings = {} } = {}) {
    assert.ok(BINARY, 'EVERWIRE_BIN has to name the gateway; `cargo build` makes target/debug/everwire');
    assert.ok(existsSync(BINARY), `EVERWIRE_BIN names ${BINARY}, which is not there`);
    const gateway = new Gateway(settings);
    await gateway.listens();
    return gateway;
  }

  async listens() {
    await until(() => (this.url && this.admin) || !this.program.alive, 'the gateway listens', {
      explain: () => this.program.said,
    });
    assert.ok(this.program.alive, this.program.said);
  }

  constructor(settings) {
    this.settings = settings;
    this.folder = mkdtempSync(join(tmpdir(), 'everwire-gateway-'));
    this.lives = [];
    this.run('127.0.0.1:0');
  }

  run(listen) {
    const config = join(this.folder, 'everwire.toml');
    writeFileSync(config, toml({ playground: true, ...this.settings }));
    const parameters = ['--config', config, '--listen', listen, '--admin', '127.0.0.1:0', '--log-format', 'json'];
    this.program = new Program(BINARY, parameters, { name: 'the gateway', env: BARE, onLine: (line) => this.hear(line) });
  }

  hear(line) {
    const listening = /^listening on (http:\/\/\S+)$/.exec(line);
    if (listening) this.url = listening[1];
    const admin = /^admin on (http:\/\/\S+)$/.exec(line);
    if (admin) this.admin = admin[1];
    if (line.startsWith('{')) this.note(JSON.parse(line));
  }

  note(entry) {
    const fields = entry.fields ?? entry;
    if (entry.target === 'everwire::session') this.lives.push(fields);
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /**
   * What the gateway wrote at the end of the session of this peer.
   *
   * @returns {Promise<{carriers: Record<string, number>, messages_in: number, messages_out: number, undelivered: number, code: number}>}
   *   `carriers`: how often each was attached; every poll attaches anew
   */
  async record(peer) {
    const told = () => this.lives.find((life) => life.peer === peer);
    const life = await until(told, `the gateway tells of the end of ${peer}'s session`, { explain: () => this.program.said });
    const carriers = Object.fromEntries(CARRIERS.map((name) => [name, life[`carriers.${name}`] ?? 0]));
    return { ...life, carriers };
  }

  /** What `/metrics` says under this name, all labels together. */
  async metric(name) {
    const text = await (await fetch(`${this.admin}/metrics`)).text();
    const values = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
    return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** Ends it as a supervisor does, and starts it again at the same address: it knows no session then. */
  async restart() {
    const listen = `127.0.0.1:${this.port}`;
    await this.program.stop(15_000);
    this.url = this.admin = undefined;
    this.run(listen);
    await this.listens();
  }

  async stop() {
    await this.program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function toml(settings) {
  return Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join('');
}

/**
 * Fails unless the session was carried by exactly these. A client may prove a way by a poll that is answered at once before it
 * has one held; so beside long-poll short-poll tells nothing.
 */
export function carriedBy({ carriers }, names) {
  const tells = (name) => !(name === 'short-poll' && names.includes('long-poll'));
  const used = Object.keys(carriers).filter((name) => carriers[name] > 0 && tells(name));
  assert.deepEqual(used.sort(), names.filter(tells).sort(), JSON.stringify(carriers));
}
