/* Put before all other scripts of a page where the engine calls itself MSIE: takes away what HtmlUnit's interpreter has and
   Internet Explorer 6 to 8 never had. JSON came with 8. */
(function () {
  var newer = {
    'Array.prototype': ['indexOf', 'lastIndexOf', 'forEach', 'map', 'filter', 'some', 'every', 'reduce', 'reduceRight'],
    'Array': ['isArray'],
    'Object': ['keys', 'create', 'defineProperty', 'defineProperties', 'getPrototypeOf', 'freeze', 'seal', 'getOwnPropertyNames',
      'preventExtensions', 'isFrozen', 'isSealed', 'isExtensible', 'getOwnPropertyDescriptor'],
    'Date': ['now'],
    'Date.prototype': ['toISOString', 'toJSON'],
    'String.prototype': ['trim', 'trimLeft', 'trimRight'],
    'Function.prototype': ['bind']
  }, owner, i;
  for (owner in newer) {
    for (i = 0; i < newer[owner].length; i += 1) {
      try { delete eval(owner)[newer[owner][i]]; } catch (kept) { }
    }
  }
  if (/MSIE [67]/.test(navigator.userAgent)) {
    try { delete window.JSON; } catch (kept) { }
    if (typeof JSON !== 'undefined') { window.JSON = undefined; }
  }
}());
