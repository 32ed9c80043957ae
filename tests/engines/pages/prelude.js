/* Put before all other scripts of a page where HtmlUnit stands for an old browser: takes away what its interpreter has and that
   browser never had, and makes its requests refuse what that browser refused. */
(function () {
  var agent = navigator.userAgent, explorer = Number((/MSIE (\d+)/.exec(agent) || [0, 0])[1]);
  var define = Object.defineProperty, origin = originOf(location.href);

  /* ---- the language: by Internet Explorer 6 to 8, and Firefox 3.6. JSON came with Internet Explorer 8. */

  var ES5 = {
    'Array': ['isArray'],
    'Object': ['keys', 'create', 'defineProperty', 'defineProperties', 'getPrototypeOf', 'freeze', 'seal', 'getOwnPropertyNames',
      'preventExtensions', 'isFrozen', 'isSealed', 'isExtensible', 'getOwnPropertyDescriptor'],
    'Function.prototype': ['bind']
  };
  var ES5_OF_FIREFOX = {
    'Array.prototype': ['indexOf', 'lastIndexOf', 'forEach', 'map', 'filter', 'some', 'every', 'reduce', 'reduceRight'],
    'Date': ['now'],
    'Date.prototype': ['toISOString', 'toJSON'],
    'String.prototype': ['trim', 'trimLeft', 'trimRight']
  };

  function forget(names) {
    var owner, i;
    for (owner in names) {
      for (i = 0; i < names[owner].length; i += 1) {
        try { delete eval(owner)[names[owner][i]]; } catch (kept) { }
      }
    }
  }

  function without(name) {
    try { delete window[name]; } catch (kept) { }
    if (typeof window[name] !== 'undefined') { window[name] = undefined; }
  }

  /* ---- requests of Internet Explorer up to 9: to the page's own origin only, and to be read at the end only */

  function originOf(url) {
    var found = /^([a-z]+:\/\/[^\/?#]*)/i.exec(url);
    return found ? found[1].toLowerCase() : origin;
  }

  function unreadable(request, name) {
    define(request, name, {
      get: function () {
        if (request.readyState < 4) { throw new Error('The data necessary to complete this operation is not yet available.'); }
        return request.native[name];
      }
    });
  }

  function requestsOf(make) {
    function Request() {
      var self = this;
      this.native = make();
      this.readyState = 0;
      this.onreadystatechange = null;
      unreadable(this, 'status');
      unreadable(this, 'statusText');
      unreadable(this, 'responseText');
      this.native.onreadystatechange = function () {
        self.readyState = self.native.readyState;
        if (self.onreadystatechange) { self.onreadystatechange(); }
      };
    }
    Request.prototype.open = function (method, url, later) {
      if (originOf(url) !== origin) { throw new Error('Access is denied.'); }
      this.native.open(method, url, later);
    };
    Request.prototype.send = function (body) { this.native.send(body); };
    Request.prototype.abort = function () { this.native.abort(); };
    Request.prototype.setRequestHeader = function (name, value) { this.native.setRequestHeader(name, value); };
    Request.prototype.getResponseHeader = function (name) { return this.native.getResponseHeader(name); };
    Request.prototype.getAllResponseHeaders = function () { return this.native.getAllResponseHeaders(); };
    return Request;
  }

  /* ---- XDomainRequest of Internet Explorer 8 and 9, which HtmlUnit hasn't */

  function Elsewhere() {
    this.onload = this.onerror = this.onprogress = this.ontimeout = null;
    this.timeout = 0;
    this.contentType = '';
    this.responseText = '';
  }

  function denied(method, url) {
    if (!/^(GET|POST)$/i.test(method)) { return 'Invalid argument.'; }
    if (originOf(url).split(':')[0] !== location.protocol.replace(':', '')) { return 'Access is denied.'; }
    return '';
  }

  Elsewhere.prototype.open = function (method, url) {
    var why = arguments.length < 2 ? 'Invalid argument.' : denied(method, url);
    if (why) { throw new Error(why); }
    this.native = nativeRequest();
    this.native.open(method, url, true);
    this.method = method;
  };

  Elsewhere.prototype.send = function (body) {
    var self = this, native = this.native, timer;
    if (!native) { throw new Error('Unspecified error.'); }
    /* Version 9 never ends a request that lacks a handler. */
    if (explorer === 9 && !(this.onload && this.onerror && this.onprogress && this.ontimeout)) { return; }
    native.setRequestHeader('Origin', origin);
    native.setRequestHeader('Content-Type', 'text/plain');
    native.onreadystatechange = function () {
      if (native.readyState === 4 && self.native === native) {
        clearTimeout(timer);
        self.native = null;
        self.end(native);
      }
    };
    if (this.timeout) {
      timer = setTimeout(function () {
        if (self.native === native) {
          self.abort();
          if (self.ontimeout) { self.ontimeout(); }
        }
      }, this.timeout);
    }
    native.send(this.method.toUpperCase() === 'POST' ? (body || '') : null);
  };

  /* Neither a status nor a header is shown to anybody. */
  Elsewhere.prototype.end = function (native) {
    var allowed = native.status === 200 && native.getResponseHeader('Access-Control-Allow-Origin');
    if (allowed !== '*' && allowed !== origin) {
      if (this.onerror) { this.onerror(); }
      return;
    }
    this.responseText = native.responseText;
    /* Below two kilobytes nothing is in progress. */
    if (this.responseText.length > 2048 && this.onprogress) { this.onprogress(); }
    if (this.onload) { this.onload(); }
  };

  /* Nobody is told. */
  Elsewhere.prototype.abort = function () {
    var native = this.native;
    this.native = null;
    if (native) { native.abort(); }
  };

  /* ---- which of it */

  var Native = window.XMLHttpRequest, Active = window.ActiveXObject;

  function nativeRequest() { return Native ? new Native() : new Active('Microsoft.XMLHTTP'); }

  if (explorer && explorer < 10) {
    var Request = requestsOf(nativeRequest);
    if (Native) { window.XMLHttpRequest = Request; }
    window.ActiveXObject = function (id) { return /XMLHTTP/i.test(id) ? new Request() : new Active(id); };
  }
  if (explorer === 8 || explorer === 9) { window.XDomainRequest = Elsewhere; }
  if (explorer && explorer < 9) { forget(ES5_OF_FIREFOX); }
  if (explorer < 9) { forget(ES5); }
  if (explorer && explorer < 8) { without('JSON'); }
  if (/Firefox\/3\.6/.test(agent)) { without('WebSocket'); }
}());
