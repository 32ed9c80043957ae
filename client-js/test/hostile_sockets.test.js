'use strict';

// What only a real socket can do to a client in node: headers that never end, a body that never ends, redirections in a circle,
// an answer that is no HTTP. Each is given up in time, and nothing piles up.

const test = require('node:test');
const assert = require('node:assert');
const net = require('node:net');
const everwire = require('../src/index');

const PAGE = '<html>Please log in</html>';
const page = (head) => `HTTP/1.1 ${head}\r\nContent-Type: text/html\r\nContent-Length: ${PAGE.length}\r\n\r\n${PAGE}`;

// What is written to each request's socket; a function is called again and again for more of it.
const ANSWERS = {
  'headers that never end': ['HTTP/1.1 200 OK\r\n', () => `X-More-${Math.random()}: and more\r\n`],
  'a header that never ends': ['HTTP/1.1 200 OK\r\nX-Long: ', () => 'x'.repeat(1024)],
  'a body that never ends': ['HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n', () => `400\r\n${'x'.repeat(1024)}\r\n`],
  'an answer that is no HTTP': ['220 mail.example ESMTP\r\n'],
  'a redirection to itself': [(request) => page(`302 Found\r\nLocation: ${request.split(' ')[1]}`)],
  'a redirection to a login page': [(request) => (/login/.test(request) ? page('200 OK') : page('302 Found\r\nLocation: /login'))],
  'half an answer, and then the end': ['HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"open":{', null],
  'silence': ['']
};

test('real sockets', { concurrency: true }, async (t) => {
  await Promise.all(Object.entries(ANSWERS).map(([what, answer]) => t.test(what, () => bears(answer))));
});

async function bears(answer) {
  const { server, live, told } = await serve(answer);
  const states = [];
  const client = everwire.connect(`http://127.0.0.1:${server.address().port}`, {
    carriers: ['long-poll'], connectTimeout: 400, retry: { min: 100, max: 400 }, env: { WebSocket: null, xhr: null }
  });
  client.on('state', (state, sentence) => states.push(`${state}: ${sentence}`));
  client.emit('m', 1);
  try {
    await tries(told, states);
    assert.strictEqual(client.state, 'connecting');
    assert.match(states.at(-1), /reconnecting/);
  } finally {
    client.close();
    // There is no gateway to say goodbye to.
    client.end({ code: 4000 });
    live.forEach((socket) => socket.destroy());
    server.close();
  }
}

async function tries(told, states) {
  const end = Date.now() + 20000;
  while (told.requests < 4 || !states.length) {
    assert.ok(Date.now() < end, `it tries again: ${told.requests} requests; ${states}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(told.most <= 3, `${told.most} connections at once`);
}

function serve([first, ...rest]) {
  const live = new Set();
  const told = { requests: 0, most: 0 };
  const server = net.createServer((socket) => {
    let drip;
    live.add(socket);
    told.most = Math.max(told.most, live.size);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(drip);
      live.delete(socket);
    });
    socket.on('data', (bytes) => {
      const request = bytes.toString('latin1');
      if (!/^(GET|POST) /.test(request)) {
        return;
      }
      told.requests++;
      socket.write(typeof first === 'function' ? first(request) : first);
      if (rest[0] === null) {
        socket.end();
      } else if (rest[0]) {
        drip = drip ?? setInterval(() => socket.write(rest[0]()), 5);
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, live, told }));
  });
}
