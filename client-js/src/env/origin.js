// Who may read what from whom.

var names = require('./names');

// `scheme://host[:port]` as browsers have it; '' where an address has none, as that of a file.
function of(url) {
  var parts = /^(https?):\/\/(\[[^\]]*\]|[^\/?#:]*)(:\d+)?/i.exec(url), scheme = parts && parts[1].toLowerCase();
  return !parts ? '' : scheme + '://' + parts[2].toLowerCase() +
    (!parts[3] || parts[3] === (scheme === 'http' ? ':80' : ':443') ? '' : parts[3]);
}

// What Internet Explorer below 10 goes by: it does not look at the port.
function bare(env, url) {
  url = of(url);
  return env.root[names.ACTIVE] && !env.WebSocket ? url.replace(/:\d+$/, '') : url;
}

// Whether the gateway is of another origin than the page, or the page has made itself one of a larger domain.
function isForeign(env, base) {
  var location = env.location, page = env.document, own = location && bare(env, location.href);
  return !!own && (own !== bare(env, base) || !!page && !!page.domain && page.domain !== location.hostname);
}

module.exports = { of: of, isForeign: isForeign };
