// What the application may give as the gateway's address, and the one form it is used in.

var PREFIX = '/everwire';
var ACCEPTED = 'everwire.connect takes "https://host/prefix", "https://host", "//host/prefix", "/prefix", or nothing; not ';

// `scheme://host` of the page; '' where there is none, as in node or from a file.
function origin(location) {
  var parts = location ? /^(https?:)\/\/([^\/?#]+)/.exec(location.href || '') : null;
  return parts ? parts[1] + '//' + parts[2] : '';
}

function script(src, location) {
  var whole = src ? beside(src, location) : '';
  var base = whole.replace(/(\/\d+\.\d+\.\d+[^\/]*)?\/(client|io)(\.modern)?(\.min)?\.m?js([?#].*)?$/, '');
  return base !== whole ? absolute(base, location) : '';
}

// Internet Explorer 6 and 7 tell the address of a script as it is written in the page.
function beside(src, location) {
  var path, before;
  if (!location || /^([a-z][a-z0-9+.-]*:|\/)/i.test(src)) {
    return src;
  }
  path = (location.pathname || '/').replace(/[^\/]*$/, '') + src;
  do {
    before = path;
    path = path.replace(/\/\.\//, '/').replace(/\/(?!\.\.\/)[^\/?#]+\/\.\.\//, '/').replace(/^\/\.\.\//, '/');
  } while (path !== before);
  return path;
}

function absolute(url, location) {
  var page = origin(location);
  if (/^\/\//.test(url)) {
    return (page ? page.split('//')[0] : 'http:') + url;
  }
  return /^\//.test(url) ? page && page + url : url;
}

// The gateway's base, absolute and without a slash at its end: `http://host/everwire`. `src` is that of the script tag
// that loaded the client.
function resolve(url, location, src) {
  var page = origin(location), parts;
  if (url === undefined || url === null || url === '') {
    url = script(src, location) || (page && page + PREFIX);
    if (!url) {
      throw new TypeError('everwire.connect needs an address here: there is no page whose origin could be meant.');
    }
  }
  parts = /^(https?|wss?):\/\/([^\/?#\s]+)(\/[^?#\s]*)?$/i.exec(
    typeof url === 'string' ? absolute(url.replace(/^\s+|\s+$/g, ''), location) : ''
  );
  if (!parts) {
    throw new TypeError(ACCEPTED + (typeof url === 'string' ? '"' + url + '"' : typeof url) + '.');
  }
  return parts[1].toLowerCase().replace('ws', 'http') + '://' + parts[2] +
    ((parts[3] || '').replace(/\/+$/, '') || PREFIX);
}

module.exports = resolve;
