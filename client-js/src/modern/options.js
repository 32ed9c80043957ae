// What is taken where nothing is asked. README.md gives the reasons.

var transports = require('../transports');

module.exports = {
  carriers: function (names) {
    return [].concat(names || Object.keys(transports)).filter((name) => transports[name]);
  },
  complete: function (given) {
    given = Object.assign({
      pollInterval: 2000, idleInterval: 10000, timeout: 10000, connectTimeout: 10000, maxQueue: 4194304
    }, given);
    given.retry = Object.assign({ min: 500, max: 30000 }, given.retry);
    given.carriers = module.exports.carriers(given.carriers);
    return given;
  }
};
