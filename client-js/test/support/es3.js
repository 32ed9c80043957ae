'use strict';

// What old engines can't parse.

const acorn = require('acorn');

// Throws where the text is not ES3, or has a reserved word as a name.
function parse(text) {
  return acorn.parse(text, { ecmaVersion: 3, allowReserved: 'never' });
}

module.exports = { parse };
