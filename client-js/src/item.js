// One message on its way: composed when it is said, so that what the application changes later changes nothing.

var compose = require('./compose');
var json = require('./json');
var utf8 = require('./utf8');
var bytes = require('./bytes');
var has = require('./packet').has;

var KINDS = { event: 1, reply: 1, join: 1, leave: 1 };

// `meaning` as compose.js takes it.
function Item(meaning) {
  this.kind = meaning.kind;
  // Who waits for its reply. (The `id` of a reply is the gateway's, and nobody's here.)
  this.id = meaning.kind === 'reply' ? undefined : meaning.id;
  if (meaning.bytes) {
    meaning.bytes = bytes.copy(meaning.bytes);
    this.meaning = meaning;
  } else {
    this.said = compose.say(meaning);
  }
  // With the comma behind it, as it stands in a body: bytes of UTF-8.
  this.bytes = utf8.size(this.text()) + 1;
}

var proto = Item.prototype;

// An item of the packet that a page before this one has composed.
Item.revive = function (text) {
  var packet = json.parse(text), item = new Item({ kind: 'ack', number: 0 }), kind;
  for (kind in KINDS) {
    if (has(KINDS, kind) && has(packet, kind)) {
      item.kind = kind;
    }
  }
  item.said = text;
  item.bytes = utf8.size(text) + 1;
  return item;
};

proto.text = function () {
  return this.said || compose.say(this.meaning);
};

// What a WebSocket sends; as a text where it can't send bytes.
proto.frame = function (isBinary) {
  return isBinary && this.meaning ? compose.sayBinary(this.meaning) : this.text();
};

// What the application is told of it when its fate is unknown. `isSent`: it was handed to a carrier, so that it may have
// arrived.
proto.describe = function (isSent) {
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
