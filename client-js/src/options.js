// What may be asked for, and what is taken where nothing is asked. README.md gives the reasons.

var json = require('./json');
var transports = require('./transports');

// The carriers that were asked for; throws where there is none of that name.
function carriers(asked) {
  var known = [], name, i;
  for (name in transports) {
    known.push(name);
  }
  asked = asked === undefined ? known : typeof asked === 'string' ? [asked] : asked;
  for (i = json.is(asked, 'Array') && asked.length || -1; i-- > 0 && transports[asked[i]];) {
    // It is one.
  }
  if (i !== -1) {
    throw new TypeError('everwire: `carriers` is a list of ' + known + '; not ' + asked);
  }
  return asked.slice(0);
}

// Milliseconds or bytes.
function numbers(given, all) {
  var name, value;
  for (name in all) {
    value = given && given[name];
    if (value !== undefined) {
      if (typeof value !== 'number' || !(value >= 0) || !isFinite(value)) {
        throw new TypeError('everwire: `' + name + '` is a number, not ' + value);
      }
      all[name] = value;
    }
  }
  return all;
}

module.exports = {
  carriers: carriers,

  complete: function (given) {
    var all = numbers(given, {
      pollInterval: 2000, idleInterval: 10000, timeout: 10000, connectTimeout: 10000, maxQueue: 4194304
    });
    given = given || {};
    all.auth = given.auth;
    all.carriers = carriers(given.carriers);
    all.credentials = given.credentials;
    all.remember = given.remember;
    all.retry = numbers(given.retry, { min: 500, max: 30000 });
    return all;
  }
};
