// What goes over the wire: messages as text and as frames, packets as they come, and what an HTTP answer means.

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
  const header = utf8(head), frame = [];
  let length = header.length;
  for (; length > 127; length >>= 7) {
    frame.push(length & 127 | 128);
  }
  return new Uint8Array([...frame, length, ...header, ...bytes]);
}

// Reads a packet: a text, a binary frame, or what is parsed already. Throws where it is none.
function parse(data) {
  let packet = data, length = 0, at = 0;
  if (data.byteLength) {
    const bytes = new Uint8Array(data);
    do {
      length |= (bytes[at] & 127) << 7 * at;
    } while (bytes[at++] > 127);
    packet = JSON.parse(new TextDecoder().decode(bytes.subarray(at, length += at)));
    packet.data = data.slice(length);
  } else if (data.trim) {
    packet = JSON.parse(data);
  }
  if (packet.binary) {
    packet.data = Uint8Array.from(atob(packet.binary), (letter) => letter.charCodeAt()).buffer;
  }
  return packet;
}

// What an HTTP answer means: `code` is 'ok' (the body is still to be looked at), 'close', that of a refusal, or something
// else for a broken way. A status counts only with a body of the protocol: a login page is no verdict on the session.
function interpret(status = 0, text, seconds) {
  let body;
  try {
    body = JSON.parse(text);
  } catch (e) {
    // It is none.
  }
  const { error, close } = body = Object(body);
  return {
    body, status, retry: seconds * 1000 || 1000, why: error && error.message || 'status ' + status,
    code: close ? isNumber(close.code) && 'close' : error ? error.code : status > 0 && status < 202 && 'ok'
  };
}

module.exports = { compose, asText, asFrame, parse, interpret, isNumber };
