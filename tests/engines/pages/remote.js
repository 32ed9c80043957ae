/* Put into every page where the engine can't be driven from outside (NetSurf): fetches one command after the other and
   says what came of it, all by scripts. The other end is harness/remote.mjs. */
var remote = (function () {
  var PART = 1000, count = 0;

  function fetch(path) {
    var script = document.createElement('script');
    count += 1;
    script.src = path + 'n=' + count;
    document.getElementsByTagName('head')[0].appendChild(script);
  }

  function obey(code) {
    var value, parts, part;
    try { value = 'done ' + window.eval(code); } catch (error) { value = 'failed ' + error; }
    value = encodeURIComponent(value);
    parts = [];
    while (value) {
      part = whole(value);
      parts.push(part);
      value = value.slice(part.length);
    }
    for (part = 0; part < parts.length; part += 1) {
      fetch('/remote/answer?part=' + part + '&of=' + parts.length + '&value=' + parts[part] + '&');
    }
    next();
  }

  /* As much as an address has room for, up to the end of a character. */
  function whole(value) {
    var end = Math.min(PART, value.length);
    while (end > 0) {
      try { decodeURIComponent(value.slice(0, end)); return value.slice(0, end); } catch (torn) { end -= 1; }
    }
    return value;
  }

  function next() { fetch('/remote/command?'); }

  /* The page's own scripts first. */
  setTimeout(next, 0);
  return { obey: obey };
}());
