// A dedicated, shared or service worker: one client for the pages that talk to it.

importScripts('/everwire/client.min.js');

var w = everwire.connect('/everwire');

w.on('*', function (event, data) {
  postMessage({ event: event, data: data });
});

onmessage = function (message) {
  w.emit(message.data.event, message.data.data);
};
