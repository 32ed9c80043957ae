// What the application may give as the gateway's address, and the one form it is used in.

var PREFIX = '/everwire';
// The client's files as a gateway serves them: below its base, or below the version that they are of.
var FILE = /(^|\/)(\d+\.\d+\.\d+[^\/?#]*\/)?(client(\.modern)?(\.min)?\.m?js|io\.min\.js)([?#].*)?$/;

// The gateway's base, absolute and without a slash at its end: `http://host/everwire`. `src` is that of the script tag
// that loaded the client.
function resolve(url, location, src) {
  var here = location && location.href || '', origin = (/^https?:\/\/[^\/?#]+/.exec(here) || [''])[0], parts;
  if (!url && url !== 0) {
    url = src.replace(FILE, '');
    // Internet Explorer 6 and 7 tell the address of a script as it is written in the page.
    url = url === src ? PREFIX : /^(\w+:)?\//.test(url) ? url : here.replace(/[^\/]*([?#].*)?$/, '') + url;
  }
  parts = /^(https?|wss?):\/\/([^\/?#\s]+)(\/[^?#\s]*)?$/i.exec(
    String(url).replace(/^\/\//, (origin.split('/')[0] || 'http:') + '//').replace(/^\//, origin + '/')
  );
  if (!parts) {
    throw new TypeError('everwire: an url is "https://host/prefix", "//host/prefix", "/prefix", or nothing; not "' + url + '"');
  }
  return parts[1].toLowerCase().replace('ws', 'http') + '://' + parts[2] + ((parts[3] || '').replace(/\/+$/, '') || PREFIX);
}

module.exports = { resolve: resolve, FILE: FILE };
