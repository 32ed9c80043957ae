'use strict';

// What a context is made old with: nothing of ES5, no JSON, no typed arrays, no WebSocket.

const STRIP = `
delete this.JSON; delete this.WebSocket; delete this.Uint8Array; delete this.ArrayBuffer; delete this.Map; delete this.Set;
delete this.Promise; delete this.Symbol; delete this.globalThis; delete this.Reflect; delete this.Proxy;
(function () {
  function strip(object, keep) {
    var names = Object.getOwnPropertyNames(object), i;
    for (i = 0; i < names.length; i++) {
      if ((' ' + keep + ' ').indexOf(' ' + names[i] + ' ') < 0) {
        delete object[names[i]];
      }
    }
  }
  var common = 'constructor toString valueOf length ';
  strip(String.prototype, common + 'charAt charCodeAt concat indexOf lastIndexOf match replace search slice split substr substring toLowerCase toUpperCase');
  strip(Array.prototype, common + 'concat join pop push reverse shift slice sort splice unshift');
  strip(Function.prototype, common + 'apply call');
  strip(Date, 'prototype parse UTC length name');
  delete Date.prototype.toISOString; delete Date.prototype.toJSON; delete Array.isArray; delete String.prototype.at;
  strip(Object, 'prototype length name');
})();`;

module.exports = { STRIP };
