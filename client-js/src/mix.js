// Gives `to` what `from` has.
module.exports = function (to, from) {
  var name;
  for (name in from) {
    if (Object.prototype.hasOwnProperty.call(from, name)) {
      to[name] = from[name];
    }
  }
};
