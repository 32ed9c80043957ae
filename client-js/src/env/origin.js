// Who may read what from whom.

var names = require('./names');

// `scheme://host[:port]` as browsers have it; '' where an address has none, as that of a file.
function of(url) {
  var parts = /^https?:\/\/[^\/?#]+/i.exec(url);
  return parts ? parts[0].toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2') : '';
}

// Whether the gateway is of another origin than the page, or the page has made itself one of a larger domain. Internet
// Explorer below 10 does not look at the port.
function isForeign(env, base) {
  var location = env.location, domain = (env.document || {}).domain, own = location && of(location.href), other = of(base);
  if (env.root[names.ACTIVE] && !env.WebSocket) {
    own = own.replace(/:\d+$/, '');
    other = other.replace(/:\d+$/, '');
  }
  return own && (own !== other || domain && domain !== location.hostname);
}

module.exports = { of: of, isForeign: isForeign };
