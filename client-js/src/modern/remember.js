// Nothing is kept over a reload.

function nothing() {}

module.exports = { keep: nothing, forget: nothing, recall: nothing, isOurs: nothing };
