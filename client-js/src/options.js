// What may be asked for, and what is taken where nothing is asked. README.md gives the reasons.

var has = require('./packet').has;
var json = require('./json');
var transports = require('./transports');

// Milliseconds that browsers can wait: what is more is no wait at all there.
var LONGEST = 2147483647;

function names() {
  var list = [], i;
  for (i = 0; i < transports.length; i++) {
    list.push(transports[i].name);
  }
  return list;
}

// The carriers that were asked for; throws where there is none of that name.
function carriers(asked) {
  var known = names(), list = asked === undefined ? known : typeof asked === 'string' ? [asked] : asked, i;
  if (!json.is(list, 'Array') || !list.length) {
    throw new TypeError('everwire: `carriers` is a list of ' + known.join(', ') + '.');
  }
  for (i = 0; i < list.length; i++) {
    if ((',' + known.join(',') + ',').indexOf(',' + list[i] + ',') < 0) {
      throw new TypeError('everwire: there is no carrier "' + list[i] + '", but ' + known.join(', ') + '.');
    }
  }
  return list.slice(0);
}

function time(given, name, otherwise) {
  var value = has(given, name) && given[name] !== undefined ? given[name] : otherwise;
  if (typeof value !== 'number' || !(value >= 0) || !isFinite(value)) {
    throw new TypeError('everwire: `' + name + '` is a number, not ' + value + '.');
  }
  return name === 'maxQueue' ? value : Math.min(value, LONGEST);
}

function complete(given) {
  var retry;
  given = given || {};
  retry = given.retry || {};
  return {
    auth: given.auth,
    carriers: carriers(given.carriers),
    credentials: !!given.credentials,
    remember: !!given.remember,
    pollInterval: time(given, 'pollInterval', 2000),
    idleInterval: time(given, 'idleInterval', 10000),
    timeout: time(given, 'timeout', 10000),
    connectTimeout: time(given, 'connectTimeout', 10000),
    retry: { min: time(retry, 'min', 500), max: time(retry, 'max', 30000) },
    maxQueue: time(given, 'maxQueue', 4194304)
  };
}

module.exports = { complete: complete, carriers: carriers };
