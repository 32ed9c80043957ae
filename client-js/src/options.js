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
  for (i = json.is(asked, 'Array') ? asked.length : 0; i-- && transports[asked[i]];) {
    // It is one.
  }
  if (i !== -1 || !asked.length) {
    throw new TypeError('everwire: `carriers` is a list of ' + known.join(', ') + '; not ' + asked);
  }
  return asked.slice(0);
}

function number(given, name, otherwise) {
  var value = given && given[name] !== undefined ? given[name] : otherwise;
  if (typeof value !== 'number' || !(value >= 0) || !isFinite(value)) {
    throw new TypeError('everwire: `' + name + '` is a number, not ' + value);
  }
  return value;
}

module.exports = {
  carriers: carriers,

  complete: function (given) {
    given = given || {};
    return {
      auth: given.auth,
      carriers: carriers(given.carriers),
      credentials: given.credentials,
      remember: given.remember,
      pollInterval: number(given, 'pollInterval', 2000),
      idleInterval: number(given, 'idleInterval', 10000),
      timeout: number(given, 'timeout', 10000),
      connectTimeout: number(given, 'connectTimeout', 10000),
      retry: { min: number(given.retry, 'min', 500), max: number(given.retry, 'max', 30000) },
      maxQueue: number(given, 'maxQueue', 4194304)
    };
  }
};
