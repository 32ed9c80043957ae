// Names in the page: by which scripts of the gateway's call back, and which keep what is at work from being collected. They
// are no other script's, and no earlier page's whose answer a cache brings back. One that was used stays defined, since what
// comes late may still call it.

// In one piece this name makes some proxies and virus scanners strip the script that contains it.
var ACTIVE = ['Active', 'Object'].join('X');
var free = [];

function nothing() {}

function fresh() {
  return '_ew' + String(Math.random()).slice(2);
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

// Calls `fn` when a script or a frame has loaded or failed, as far as the browser tells; perhaps more than once.
function ended(node, fn) {
  node.onload = node.onerror = node.onreadystatechange = function () {
    if (!/loading|interactive/.test(node.readyState)) {
      fn();
    }
  };
}

// Takes it out of the page. (In Internet Explorer what knows it is kept by it, and keeps it.)
function remove(node) {
  node.onload = node.onerror = node.onreadystatechange = nothing;
  node.parentNode.removeChild(node);
}

module.exports = { ACTIVE: ACTIVE, nothing: nothing, fresh: fresh, take: take, give: give, ended: ended, remove: remove };
