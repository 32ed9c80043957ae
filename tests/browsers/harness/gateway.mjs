// The gateway under test, and its own record of what happened.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Program } from './processes.mjs';
import { until } from './wait.mjs';

const BINARY = process.env.EVERWIRE_BIN;

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
    this.records = [];
    this.run('127.0.0.1:0');
  }

  run(listen) {
    const config = join(this.folder, 'everwire.toml');
    writeFileSync(config, toml({ playground: true, ...this.settings }));
    const parameters = ['--config', config, '--listen', listen, '--admin', '127.0.0.1:0', '--log-format', 'json'];
    this.program = new Program(BINARY, parameters, { name: 'the gateway', onLine: (line) => this.hear(line) });
  }

  hear(line) {
    const listening = /^listening on (http:\/\/\S+)$/.exec(line);
    if (listening) this.url = listening[1];
    const admin = /^(?:admin|metrics)\b.* on (http:\/\/[^\s/]+)/.exec(line);
    if (admin) this.admin = admin[1];
    if (line.startsWith('{')) this.records.push(JSON.parse(line));
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** The line that the gateway wrote at the end of the session with this sid. */
  async record(sid) {
    const short = sid.slice(0, 8);
    const told = () => this.records.find((record) => record.target === 'everwire::session' && JSON.stringify(record).includes(short));
    return until(told, `the gateway tells of the end of session ${short}`, { explain: () => this.program.said });
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
