// What may be asked for, and what is taken where nothing is asked. README.md gives the reasons.

var has = require('./packet').has;
var json = require('./json');
var transports = require('./transports');

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST = 2147483647;

var DEFAULTS = { pollInterval: 2000, idleInterval: 10000, timeout: 10000, connectTimeout: 10000, maxQueue: 4194304 };

// The carriers that were asked for; throws where there is none of that name.
function carriers(asked) {
  var known = [], list, name, i;
  for (name in transports) {
    if (has(transports, name)) {
      known.push(name);
    }
  }
  list = asked === undefined ? known : typeof asked === 'string' ? [asked] : asked;
  if (!json.is(list, 'Array') || !list.length) {
    throw new TypeError('everwire: `carriers` is a list of ' + known.join(', ') + '.');
  }
  for (i = 0; i < list.length; i++) {
    if (!has(transports, list[i])) {
      throw new TypeError('everwire: there is no carrier "' + list[i] + '", but ' + known.join(', ') + '.');
    }
  }
  return list.slice(0);
}

function number(given, name, otherwise) {
  var value = has(given, name) && given[name] !== undefined ? given[name] : otherwise;
  if (typeof value !== 'number' || !(value >= 0) || !isFinite(value)) {
    throw new TypeError('everwire: `' + name + '` is a number, not ' + value + '.');
  }
  return name === 'maxQueue' ? value : Math.min(value, LONGEST);
}

function complete(given) {
  var all = {}, retry, name;
  given = given || {};
  retry = given.retry || {};
  for (name in DEFAULTS) {
    if (has(DEFAULTS, name)) {
      all[name] = number(given, name, DEFAULTS[name]);
    }
  }
  all.auth = given.auth;
  all.carriers = carriers(given.carriers);
  all.credentials = given.credentials;
  all.remember = given.remember;
  all.retry = { min: number(retry, 'min', 500), max: number(retry, 'max', 30000) };
  return all;
}

module.exports = { complete: complete, carriers: carriers };
