'use strict';

// The real gateway: the binary that EVERWIRE_BIN names.

const { spawn } = require('node:child_process');
const fs = require('node:fs');

// Starts one as the playground. Returns its address and how to end it.
async function start(config) {
  const binary = process.env.EVERWIRE_BIN;
  if (!binary || !fs.existsSync(binary)) {
    throw new Error(
      `EVERWIRE_BIN has to name the gateway's binary, and names ${binary ?? 'nothing'}: ` +
      'run `cargo build --release`, then EVERWIRE_BIN=…/target/release/everwire npm test'
    );
  }
  const child = spawn(binary, ['--listen', '127.0.0.1:0', '--playground', ...(config ?? [])], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = (log + chunk).slice(-4000);
  });
  const port = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (found) {
        resolve(Number(found[1]));
      }
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${log}`)));
  });
  return {
    port,
    drain: () => {
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
    },
    stop: () => new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', resolve);
      child.kill('SIGKILL');
    })
  };
}

module.exports = { start };
