// Names in the page: by which scripts of the gateway's call back, and which keep what is at work from being collected. They
// are no other script's here, and no earlier page's whose answer a cache brings back. One that was used stays defined, since
// what comes late may still call it.

// In one piece this name makes some proxies and virus scanners strip the script that contains it.
var ACTIVE = ['Active', 'Object'].join('X');

var own = '_ew' + Math.random().toString(36).slice(2), count = 0, free = [];

function nothing() {}

function fresh() {
  return own + '_' + count++;
}

// Puts `value` under a name of `root`.
function take(root, value) {
  var name = free.pop() || fresh();
  root[name] = value;
  return name;
}

// Nobody calls it any more: another may have it.
function give(root, name) {
  root[name] = nothing;
  free.push(name);
}

module.exports = { ACTIVE: ACTIVE, nothing: nothing, fresh: fresh, take: take, give: give };
