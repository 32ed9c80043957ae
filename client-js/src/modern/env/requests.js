// How requests are sent: by `fetch`.

var fetches = require('../../env/fetch');

module.exports = function () { return fetches; };
