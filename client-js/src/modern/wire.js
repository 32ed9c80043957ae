// What goes over the wire: messages as text and as frames, packets as they come, and what an HTTP answer means.

// The kinds of packets the gateway sends. A text is what the first has to be, an integer the next five, an object the rest.
const KINDS = 'event reply from ack ping pong error lost joined left disconnect open moved drain close'.split(' ');

const isNumber = Number.isInteger;
const utf8 = (text) => new TextEncoder().encode(text);

// A message, composed when it is said: what the application changes later changes nothing. Throws where it can't be JSON.
// `size` is that of its text, with the comma behind it.
function compose(packet, data) {
  // An ArrayBuffer may be of another window.
  const isBytes = ArrayBuffer.isView(data) || {}.toString.call(data) === '[object ArrayBuffer]';
  const bytes = isBytes && new Uint8Array(data.buffer || data, data.byteOffset, data.byteLength).slice();
  if (bytes && packet.reply) {
    throw new TypeError('a reply is JSON');
  }
  const head = JSON.stringify(bytes ? packet : Object.assign(packet, { data }));
  return { bytes, head, id: packet.id, size: utf8(head).length + (bytes ? bytes.length * 4 / 3 + 16 : 1) };
}

// As text: bytes are base64 there.
const asText = ({ head, bytes }) => bytes
  ? `${head.slice(0, -1)},"binary":"${btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''))}"}` : head;

// As a WebSocket takes it: bytes stand behind their header, and before that its length (LEB128).
function asFrame({ head, bytes }) {
  if (!bytes) {
    return head;
  }
  const header = utf8(head), prefix = [];
  let length = header.length;
  for (; length > 127; length >>= 7) {
    prefix.push(length & 127 | 128);
  }
  return new Uint8Array([...prefix, length, ...header, ...bytes]);
}

// Finds out what a packet is. Throws where it is none: whatever brought it is not to be relied on.
function read(packet) {
  const index = KINDS.findIndex((name) => name in packet), kind = packet.kind = KINDS[index], value = packet[kind];
  if (index > 5 ? Object(value) !== value : index ? !isNumber(value) : typeof value !== 'string') {
    throw 0;
  }
  if ('binary' in packet) {
    packet.data = Uint8Array.from(atob(packet.binary), (letter) => letter.charCodeAt()).buffer;
  }
  return packet;
}

// The same for what a WebSocket or a line of a stream brings.
function parse(data) {
  let length = 0, at = 0;
  if (typeof data === 'string') {
    return read(JSON.parse(data));
  }
  const bytes = new Uint8Array(data);
  do {
    length |= (bytes[at] & 127) << 7 * at;
  } while (bytes[at++] > 127);
  length += at;
  return Object.assign(read(JSON.parse(new TextDecoder().decode(bytes.subarray(at, length)))), { data: data.slice(length) });
}

// What an HTTP answer means: `code` is 'ok' (the body is still to be looked at), 'close', that of a refusal, or something
// else for a broken way. A status counts only with a body of the protocol: a login page is no verdict on the session.
function interpret(status, text, seconds) {
  let body;
  try {
    body = JSON.parse(text);
  } catch (e) {
    // It is none.
  }
  const { error, close } = body = Object(body);
  return {
    body, status, retry: seconds * 1000 || 1000, why: error && error.message || `status ${status}`,
    code: close ? isNumber(close.code) && 'close' : error ? error.code : (status === 200 || status === 201) && 'ok'
  };
}

module.exports = { compose, asText, asFrame, read, parse, interpret, isNumber };
