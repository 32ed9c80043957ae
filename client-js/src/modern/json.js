// JSON, where there is one.

module.exports = {
  stringify: function (value) { return JSON.stringify(value); },
  parse: function (text) { return JSON.parse(text); },
  is: function (value, type) { return {}.toString.call(value) === '[object ' + type + ']'; }
};
