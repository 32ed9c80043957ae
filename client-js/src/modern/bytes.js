// Binary data.

module.exports = {
  of: function (data) {
    return data instanceof ArrayBuffer ? new Uint8Array(data.slice(0))
      : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() : null;
  },
  give: function (bytes) { return bytes.slice().buffer; }
};
