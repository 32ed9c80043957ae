// What users may write: all of it compiles.

import everwire, { codes, connect, version, type Callback, type Client, type Options } from 'everwire-client';
import modern from 'everwire-client/modern';
import io, { type Socket } from 'everwire-client/io';

interface Incoming {
  said: string;
  progress: { done: number };
  'are you there?': (since: number) => boolean;
}

interface Outgoing {
  sum: (numbers: number[]) => number;
  typing: () => void;
  said: string;
}

const options: Options = {
  auth: () => ({ token: 'x' }), carriers: ['ws', 'sse', 'jsonp'], retry: { min: 1 }, remember: true,
  env: { WebSocket: null, xhr: null, setTimeout: (fn, ms) => setTimeout(fn, ms), sessionStorage: null }
};
const w: Client<Incoming, Outgoing> = everwire.connect<Incoming, Outgoing>('https://rt.example', options);

w.on('said', (line, message) => line.toUpperCase() + message.peer + message.seq)
  .on('progress', ({ done }) => done.toFixed())
  .on('are you there?', (since, { reply }) => reply && reply(since > 0))
  .on('open', ({ peer, session }) => peer + (session === 'resumed'))
  .on('reset', ({ undelivered, uncertain }) => uncertain.length + (undelivered ?? 0))
  .on('carrier', (name, { before }) => name === 'ws' && before === '')
  .on('*', (event, data, message) => [event.length, data, message.event])
  .once('close', ({ code, reason }) => codes[code].words + reason)
  .off('said');
const told: boolean = w.emit('sum', [1, 2], (error, sum) => (error ? error.code === 'timeout' : sum.toFixed()));
w.emit('typing');
w.emit('typing', (error) => error?.message);
w.to('lobby').emit('said', 'hello');
w.join('lobby', { since: { epoch: 'e', at: 17 } }, (error, reply) => reply.recovered);
w.join('lobby', () => {});
w.volatile('said', 'now');
w.use('long-poll').use(w.carriers()).close(4100, 'enough');
w.leave('lobby');
const seen: [number | null, string, 'open' | 'closed' | 'connecting' | 'reconnecting'] = [w.rtt, w.carrier, w.state];
const hear: Callback<number> = (error, reply) => error || reply.toFixed();

const plain = connect();
plain.on('anything', (data) => data.whatever).emit('anything', { else: 1 }, (error, reply) => reply.more);
modern.connect(null, { carriers: ['stream', 'ws'], retry: { max: 1 } }).send(new Uint8Array(1));
everwire.debug = (text) => text.length;
everwire.debug = null;

const socket: Socket<{ news: (text: string, count: number) => void }, { sum: (a: number, b: number, done: (sum: number) => void) => void }> =
  io.connect('/chat', { auth: (done) => done({ token: 1 }), transports: ['websocket'] });
socket.on('news', (text, count) => text.repeat(count)).on('disconnect', (reason) => reason === 'ping timeout').onAny((event) => event);
socket.emit('sum', 1, 2, (sum) => sum.toFixed());
socket.timeout(10).emit('sum', 1, 2, (error, sum) => (error ? error.message : sum.toFixed()));
socket.emitWithAck('sum', 1, 2).then((sum) => sum.toFixed());
socket.volatile.timeout(5);
socket.io.on('reconnect', (count) => count.toFixed());
new io.Manager('https://rt.example').socket('/').emit('x', 1, 2, 3);

export { told, seen, hear, version };
