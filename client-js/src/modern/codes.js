// The codes of the protocol after which a new session is opened, and what to show people.

var codes = {};

[4003, 4004, 4006, 4008, 4009, 4011].forEach((code) => {
  codes[code] = { words: 'The session was lost; what is shown has to be loaded again.', over: false };
});
module.exports = codes;
