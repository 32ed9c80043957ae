/* Writes what this language is: what emulations.test.mjs expects of it. */
var request = new ActiveXObject('Microsoft.XMLHTTP'), facts, i;

function parsed(text) {
  try { eval(text); return 'parsed'; } catch (error) { return error.name; }
}

function looksEarly() {
  try { return String(request.status); } catch (error) { return 'throws'; }
}

facts = [
  typeof JSON, typeof [].indexOf, typeof Date.now, typeof (function () { }).bind, typeof 'abc'[1],
  parsed('({a: 1,})'), parsed('({}).catch'), parsed('(function inner() { }); inner') === 'parsed' ? 'leaks' : 'stays', looksEarly()
];
for (i = 0; i < facts.length; i += 1) { WScript.Echo('fact ' + facts[i]); }
