// The systemd unit of examples/deploy, by systemd's own judgement.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

import { atEnd } from './harness/cleanup.mjs';

const UNIT = new URL('../../examples/deploy/everwire.service', import.meta.url);
const EXAMPLE = new URL('../../everwire.example.toml', import.meta.url);

/** From 0 (nothing it may do) to 10; below 2.5 counts as well protected. */
const EXPOSURE = 2.0;

it('is understood, and grants little', (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'everwire-unit-'));
  atEnd(test, () => rmSync(folder, { recursive: true, force: true }));
  const unit = join(folder, 'everwire.service');
  // The program has to exist for this, where it stands is no matter.
  const text = readFileSync(UNIT, 'utf8').replaceAll('/usr/local/bin/everwire ', '/bin/true ');
  writeFileSync(unit, text);
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
  assert.equal(verified.status, 0, verified.stderr);
  assert.equal(verified.stderr.trim(), '');
  const judged = execFileSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', unit], { encoding: 'utf8' });
  const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(judged)?.[1]);
  assert.ok(exposure <= EXPOSURE, judged);
});

it('waits longer than the program drains', () => {
  const stop = Number(/^TimeoutStopSec=(\d+)s$/m.exec(readFileSync(UNIT, 'utf8'))?.[1]);
  const drain = Number(/^# drain_timeout = "(\d+)s"$/m.exec(readFileSync(EXAMPLE, 'utf8'))?.[1]);
  assert.ok(stop > drain, `TimeoutStopSec is ${stop} s, drain_timeout ${drain} s`);
});
