// Real proxies in front of the gateway: the files of examples/deploy with other ports and a certificate of the test's own,
// and the broken ones of proxies/.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Program } from './processes.mjs';
import { until } from './wait.mjs';

const PAGES = fileURLToPath(new URL('../pages', import.meta.url));
const OWN = new URL('../proxies/', import.meta.url);
const DEPLOY = new URL('../../../examples/deploy/', import.meta.url);

/**
 * Starts a proxy.
 *
 * @param {string} file of proxies/, or of examples/deploy/ as `deploy/…`
 * @param {{gateway: {port: number}, site: {port: number}}} behind what it stands before: the gateway, and the test's pages
 * @returns {Promise<Proxy>} it listens
 */
export async function startProxy(file, behind) {
  let proxy;
  // A port that was free a moment ago may be taken by now.
  for (let tries = 0; tries < 5; tries += 1) {
    proxy = new Proxy(file, behind, await freePorts(2));
    await until(async () => !proxy.program.alive || await listens(proxy.port), `${file} listens`, { explain: () => proxy.said });
    if (proxy.program.alive) return proxy;
    await proxy.stop();
  }
  return assert.fail(proxy.said);
}

class Proxy {
  constructor(file, behind, [port, plain]) {
    this.file = file;
    this.port = port;
    /** Where plain HTTP is heard, of the deployed ones. */
    this.plain = plain;
    this.lines = [];
    this.folder = mkdtempSync(join(tmpdir(), 'everwire-proxy-'));
    const deployed = file.startsWith('deploy/');
    const text = readFileSync(deployed ? new URL(file.slice('deploy/'.length), DEPLOY) : new URL(file, OWN), 'utf8');
    const make = { conf: nginx, cfg: haproxy, Caddyfile: caddy, squid }[/(conf|cfg|Caddyfile|squid)$/.exec(file)[1]];
    const places = { text, deployed, port, plain, gateway: behind.gateway.port, site: behind.site.port, folder: this.folder };
    /** Browsers are told of it, and ask it for the site's own addresses. */
    this.isForward = make === squid;
    /** What its address begins with. */
    this.scheme = deployed ? 'https' : 'http';
    const { command, parameters, env } = make(places);
    this.program = new Program(command, parameters, { name: file, cwd: this.folder, env, onLine: (line) => this.lines.push(line) });
  }

  get said() {
    return this.program.said;
  }

  /** All that it wrote of requests. */
  get log() {
    const file = join(this.folder, 'access.log');
    return [...this.lines, ...(existsSync(file) ? [readFileSync(file, 'utf8')] : [])].join('\n');
  }

  async stop() {
    await this.program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// ---- How each is run

function nginx({ text, deployed, port, plain, gateway, site, folder }) {
  const server = deployed
    ? replaced(text, [
      ['listen 80;', `listen 127.0.0.1:${plain};`],
      ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`],
      ['/etc/ssl/certs/rt.example.com.pem', certificate(folder).chain],
      ['/etc/ssl/private/rt.example.com.key', certificate(folder).key],
      ['server 127.0.0.1:8080;', `server 127.0.0.1:${gateway};`],
      ['/var/log/nginx/everwire.log', 'stderr'],
      ['root /var/www/html;', `root ${PAGES};`],
    ])
    : replaced(text, [['PORT', port], ['GATEWAY', `127.0.0.1:${gateway}`], ['SITE', `127.0.0.1:${site}`]]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(join(folder, 'site.conf'), server);
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; ${user} worker_processes 1; pid nginx.pid; error_log stderr warn;
    events { worker_connections 512; }
    http { types { text/html html; text/javascript js; } access_log ${folder}/access.log; ${temporary.join(' ')} include ${folder}/site.conf; }`);
  return { command: 'nginx', parameters: ['-c', `${folder}/nginx.conf`, '-p', folder] };
}

function haproxy({ text, deployed, port, plain, gateway, site, folder }) {
  const changed = deployed
    ? replaced(text, [
      ['log /dev/log local0', 'log stdout format raw local0'],
      ['maxconn 50000', 'maxconn 500'],
      ['bind :80\n', `bind 127.0.0.1:${plain}\n`],
      ['bind :443 ', `bind 127.0.0.1:${port} `],
      ['/etc/haproxy/rt.example.com.pem', certificate(folder).both],
      ['server everwire 127.0.0.1:8080', `server everwire 127.0.0.1:${gateway}`],
      ['server site 127.0.0.1:8000', `server site 127.0.0.1:${site}`],
    ])
    : replaced(text, [['PORT', port], ['GATEWAY', `127.0.0.1:${gateway}`], ['SITE', `127.0.0.1:${site}`]]);
  writeFileSync(join(folder, 'haproxy.cfg'), changed);
  return { command: 'haproxy', parameters: ['-db', '-f', `${folder}/haproxy.cfg`] };
}

function caddy({ text, port, gateway, folder }) {
  const { chain, key } = certificate(folder);
  const changed = replaced(text, [
    ['\n{\n', '\n{\n\tadmin off\n\tauto_https disable_redirects\n'],
    ['\nrt.example.com {\n', `\nhttps://127.0.0.1:${port} {\n\tbind 127.0.0.1\n\ttls ${chain} ${key}\n`],
    ['reverse_proxy 127.0.0.1:8080 {', `reverse_proxy 127.0.0.1:${gateway} {`],
    ['root * /var/www/html', `root * ${PAGES}`],
  ]);
  writeFileSync(join(folder, 'Caddyfile'), changed);
  mkdirSync(join(folder, 'home'));
  const env = { HOME: join(folder, 'home'), XDG_DATA_HOME: join(folder, 'home'), XDG_CONFIG_HOME: join(folder, 'home') };
  return { command: 'caddy', parameters: ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], env };
}

function squid({ text, port, folder }) {
  writeFileSync(join(folder, 'squid.conf'), replaced(text, [['PORT', port], ['FOLDER', folder]]));
  // Started as root it becomes somebody else.
  chmodSync(folder, 0o777);
  return { command: 'squid', parameters: ['-N', '-f', `${folder}/squid.conf`] };
}

/** What is to be replaced has to be there: so the test notices when it no longer runs what the file says. */
function replaced(text, pairs) {
  return pairs.reduce((so, [from, to]) => {
    assert.ok(so.includes(from), `the configuration no longer has ${JSON.stringify(from)}, which the test replaces`);
    return so.replaceAll(from, String(to));
  }, text);
}

/** A certificate for this machine, that nobody vouches for. */
function certificate(folder) {
  const files = { key: join(folder, 'key.pem'), chain: join(folder, 'chain.pem'), both: join(folder, 'both.pem') };
  if (!certificate.made.has(folder)) {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', files.key, '-out', files.chain],
    { stdio: 'pipe' });
    writeFileSync(files.both, readFileSync(files.chain, 'utf8') + readFileSync(files.key, 'utf8'));
    certificate.made.add(folder);
  }
  return files;
}
certificate.made = new Set();

// ---- Ports

async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
