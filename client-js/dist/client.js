/* Everwire's client: built by client-js, not written by hand. */
var everwire = {};
