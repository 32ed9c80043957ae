// The gateway's address.

var FILE = /(\/\d+\.\d+\.\d+[^/?#]*)?\/(client(\.modern)?(\.min)?\.m?js|io\.min\.js)([?#].*)?$/;

module.exports = {
  FILE: FILE,
  // Throws where it is none.
  resolve: function (url, location, src) {
    url = new URL(url || src.replace(FILE, '') || '/', location ? location.href : undefined);
    return url.origin.replace(/^ws/, 'http') + (url.pathname.replace(/\/+$/, '') || '/everwire');
  }
};
