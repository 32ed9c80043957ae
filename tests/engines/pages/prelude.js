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

  /* It does not look at the port. */
  function siteOf(url) { return originOf(url).replace(/:\d+$/, ''); }

  function originOf(url) {
    var found = /^([a-z]+:\/\/[^\/?#]*)/i.exec(url);
    return found ? found[1].toLowerCase() : origin;
  }

  function unreadable(request, name) {
    define(request, name, {
      get: function () {
        if (request.readyState < 4) { throw new Error('The data necessary to complete this operation is not yet available.'); }
        return request.real[name];
      }
    });
  }

  function requestsOf(make) {
    function Request() {
      var self = this;
      this.real = make();
      this.readyState = 0;
      this.onreadystatechange = null;
      unreadable(this, 'status');
      unreadable(this, 'statusText');
      unreadable(this, 'responseText');
      this.real.onreadystatechange = function () {
        self.readyState = self.real.readyState;
        if (self.onreadystatechange) { self.onreadystatechange(); }
      };
    }
    Request.prototype.open = function (method, url, later) {
      if (siteOf(url) !== siteOf(origin)) { throw new Error('Access is denied.'); }
      this.real.open(method, url, later);
    };
    Request.prototype.send = function (body) { this.real.send(body); };
    Request.prototype.abort = function () { this.real.abort(); };
    Request.prototype.setRequestHeader = function (name, value) { this.real.setRequestHeader(name, value); };
    Request.prototype.getResponseHeader = function (name) { return this.real.getResponseHeader(name); };
    Request.prototype.getAllResponseHeaders = function () { return this.real.getAllResponseHeaders(); };
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
    this.real = realRequest();
    this.real.open(method, url, true);
    this.method = method;
  };

  Elsewhere.prototype.send = function (body) {
    var self = this, real = this.real, timer;
    if (!real) { throw new Error('Unspecified error.'); }
    /* Version 9 never ends a request that lacks a handler. */
    if (explorer === 9 && !(this.onload && this.onerror && this.onprogress && this.ontimeout)) { return; }
    real.setRequestHeader('Origin', origin);
    real.setRequestHeader('Content-Type', 'text/plain');
    real.onreadystatechange = function () {
      if (real.readyState === 4 && self.real === real) {
        clearTimeout(timer);
        self.real = null;
        self.end(real);
      }
    };
    if (this.timeout) {
      timer = setTimeout(function () {
        if (self.real === real) {
          self.abort();
          if (self.ontimeout) { self.ontimeout(); }
        }
      }, this.timeout);
    }
    real.send(this.method.toUpperCase() === 'POST' ? (body || '') : null);
  };

  /* Neither a status nor a header is shown to anybody. */
  Elsewhere.prototype.end = function (real) {
    var allowed = real.status === 200 && real.getResponseHeader('Access-Control-Allow-Origin');
    if (allowed !== '*' && allowed !== origin) {
      if (this.onerror) { this.onerror(); }
      return;
    }
    this.responseText = real.responseText;
    /* Below two kilobytes nothing is in progress. */
    if (this.responseText.length > 2048 && this.onprogress) { this.onprogress(); }
    if (this.onload) { this.onload(); }
  };

  /* Nobody is told. */
  Elsewhere.prototype.abort = function () {
    var real = this.real;
    this.real = null;
    if (real) { real.abort(); }
  };

  /* ---- which of it */

  var Plain = window.XMLHttpRequest, Active = window.ActiveXObject;

  function realRequest() { return Plain ? new Plain() : new Active('Microsoft.XMLHTTP'); }

  if (explorer && explorer < 10) {
    var Request = requestsOf(realRequest);
    if (Plain) { window.XMLHttpRequest = Request; }
    window.ActiveXObject = function (id) { return /XMLHTTP/i.test(id) ? new Request() : new Active(id); };
  }
  if (explorer === 8 || explorer === 9) { window.XDomainRequest = Elsewhere; }
  if (explorer && explorer < 9) { forget(ES5_OF_FIREFOX); }
  if (explorer < 9) { forget(ES5); }
  if (explorer && explorer < 8) { without('JSON'); }
  if (/Firefox\/3\.6/.test(agent)) { without('WebSocket'); }
}());
