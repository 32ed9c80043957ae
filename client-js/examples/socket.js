'use strict';

const io = require('everwire-client/io');
const WebSocket = require('ws');

const socket = io(process.argv[2] || 'http://127.0.0.1:8080', { env: { WebSocket }, transports: ['websocket'] });

socket.on('connect', () => {
  socket.send('welcome');
  socket.timeout(5000).emit('sum', 1, 2, (error, ...sum) => console.log(error || sum));
});
socket.on('message', (text) => console.log(text));
