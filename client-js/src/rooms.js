// Rooms, and what may be lost. These are methods of the client.

module.exports = {
  // A room to publish to.
  to: function (room) {
    var self = this;
    return {
      emit: function (event, data, callback) {
        return self.say({ event: String(event), room: String(room) }, data, callback);
      }
    };
  },

  // Enters a room; `options.since` is a position `{epoch, at}` behind which it is to be heard.
  join: function (room, options, callback) {
    if (typeof options === 'function') {
      callback = options;
      options = 0;
    }
    return this.say({ join: { room: String(room), since: options ? options.since : undefined } }, undefined, callback);
  },

  leave: function (room, callback) {
    return this.say({ leave: { room: String(room) } }, undefined, callback);
  },

  // Says a message that is worth nothing later: false, and dropped, unless a carrier takes it now.
  'volatile': function (event, data) {
    var socket = this.socket, outbox = this.session.outbox, isFree;
    isFree = socket && socket.canSend ? !socket.busy && !socket.ws.bufferedAmount && outbox.next > outbox.last()
      : !this.posting && !this.postingLater && !outbox.queue.length && this.base();
    return !!(this.state === 'open' && isFree) && this.emit(event, data);
  }
};
