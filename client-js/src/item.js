// One message on its way: composed when it is said, so that what the application changes later changes nothing.

var compose = require('./compose');
var json = require('./json');
var utf8 = require('./utf8');
var bytes = require('./bytes');

// `meaning` as compose.js takes it; `done` is called with an error where the message can't be sent.
function Item(meaning, done) {
  this.kind = meaning.kind;
  this.done = done || null;
  this.wantsReply = !!meaning.id;
  if (meaning.bytes) {
    meaning.bytes = bytes.copy(meaning.bytes);
    this.meaning = meaning;
  } else {
    this.said = compose.say(meaning);
  }
  // With the comma behind it, as it stands in a body: bytes of UTF-8.
  this.bytes = utf8.size(this.text()) + 1;
}

Item.prototype.text = function () {
  return this.said || compose.say(this.meaning);
};

// What a WebSocket sends.
Item.prototype.frame = function () {
  return this.said || compose.sayBinary(this.meaning);
};

// What the application is told of it when its fate is unknown. `isSent`: it was handed to a carrier, so that it may have
// arrived.
Item.prototype.describe = function (isSent) {
  var meaning = this.meaning || json.parse(this.said), told = { kind: this.kind, sent: isSent };
  if (this.kind === 'event') {
    told.event = this.meaning ? meaning.name : meaning.event;
    told.data = this.meaning ? bytes.give(meaning.bytes) : meaning.data;
    told.room = meaning.room;
  } else if (meaning[this.kind] && meaning[this.kind].room) {
    told.room = meaning[this.kind].room;
  }
  return told;
};

module.exports = Item;
