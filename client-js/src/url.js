// What the application may give as the gateway's address, and the one form it is used in.

var PREFIX = '/everwire';

// The gateway's base, absolute and without a slash at its end: `http://host/everwire`. `src` is that of the script tag
// that loaded the client.
module.exports = function (url, location, src) {
  var here = location && location.href || '', origin = (/^https?:\/\/[^\/?#]+/.exec(here) || [''])[0], path, parts;
  if (!url && url !== 0) {
    path = src.replace(/(\/\d+\.\d+\.\d[^\/]*)?\/?(client|io)(\.modern)?(\.min)?\.m?js([?#].*)?$/, '');
    // Internet Explorer 6 and 7 tell the address of a script as it is written in the page.
    url = path === src ? PREFIX : /^(\w+:)?\//.test(src) ? path : here.replace(/[?#].*/, '').replace(/[^\/]*$/, '') + path;
  }
  parts = String(url).replace(/^\s+|\s+$/g, '').replace(/^\/\//, (origin.split('/')[0] || 'http:') + '//').replace(/^\//, origin + '/');
  parts = /^(https?|wss?):\/\/([^\/?#\s]+)(\/[^?#\s]*)?$/i.exec(parts);
  if (!parts) {
    throw new TypeError('everwire.connect takes "https://host/prefix", "https://host", "//host/prefix", "/prefix", or nothing ' +
      '(in a page); not "' + url + '".');
  }
  return parts[1].toLowerCase().replace('ws', 'http') + '://' + parts[2] + ((parts[3] || '').replace(/\/+$/, '') || PREFIX);
};
