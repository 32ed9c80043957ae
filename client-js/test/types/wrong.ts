// What users may not write: each line that is marked does not compile, which a mark without a fault does not either.

import everwire from 'everwire-client';
import modern from 'everwire-client/modern';
import io from 'everwire-client/io';

const w = everwire.connect<{ said: string }, { sum: (numbers: number[]) => number }>();

// @ts-expect-error no such event is known
w.on('sayd', () => {});
// @ts-expect-error the data is a text
w.on('said', (data: number) => data);
// @ts-expect-error an event of the client's own has its own arguments
w.on('rtt', (ms: string) => ms);
// @ts-expect-error not even where any event is known
everwire.connect().on('open', (info: number) => info);
// @ts-expect-error the handler is missing
w.on('said');
// @ts-expect-error the data is a list
w.emit('sum', 1);
// @ts-expect-error no such event may be said
w.emit('difference', [1]);
// @ts-expect-error several values go as a list
w.emit('sum', 1, 2);
w.emit('sum', [1], (error, sum) => {
  // @ts-expect-error the reply is a number
  sum.trim();
});
// @ts-expect-error no such carrier
w.use('websocket');
// @ts-expect-error no such option
everwire.connect('/', { carrier: 'ws' });
// @ts-expect-error the modern build has no such carrier
modern.connect('/', { carriers: 'jsonp' });
// @ts-expect-error the modern build does not outlive a reload
modern.connect('/', { remember: true });
// @ts-expect-error milliseconds are a number
everwire.connect('/', { timeout: '10s' });
// @ts-expect-error a position has an epoch
w.join('room', { since: { at: 1 } });
// @ts-expect-error to be read only
w.state = 'open';
// @ts-expect-error it is told a text
everwire.debug = (text: number) => text;

const socket = io<{ news: (text: string) => void }, { say: (text: string) => void }>();
// @ts-expect-error the argument is a text
socket.emit('say', 1);
// @ts-expect-error no such event is known
socket.on('nwes', () => {});
// @ts-expect-error a reason is one of a few
socket.on('disconnect', (reason) => reason === 'bored');
// @ts-expect-error with a time for the answer an error comes first
io<{}, { ask: (done: (answer: number) => void) => void }>().timeout(5).emit('ask', (answer: number) => answer);
