// Cutting and starving, done honestly: between the client and the browser's own WebSocket and XMLHttpRequest, which the
// client is given wrapped. It is told nothing; it sees what it would see behind a pulled cable or a bad proxy.
//
// A starved connection holds back and does not throw away: so does TCP, which never loses a byte out of the middle. When it is
// healed, what was held goes on, in order; when the client leaves it, what was held is gone with it.

(function (page) {
  var DISCARDED_AFTER = 60000; // ms until a socket that was left starving is really closed: a dead wire doesn't tell its other end.

  page.faults = function (changed) {
    var open = []; // what is open now: {kind, starved, cut(), starve(), heal()}
    var next = ''; // what is done to the polls to come: 'cut' (to one), 'starve' (until a starved one was left), or ''
    var since = 0; // when starving began, 0 where nothing starves
    var left = 0; // how long the client took to leave what starved, in ms

    function add(connection) {
      open.push(connection);
    }

    function remove(connection) {
      for (var i = open.length - 1; i >= 0; i -= 1) {
        if (open[i] === connection) {
          open.splice(i, 1);
        }
      }
      if (connection.starved && since) {
        next = '';
        if (!starving()) {
          left = page.now() - since;
          since = 0;
        }
      }
      changed();
    }

    function starving() {
      var count = 0;
      page.each(open, function (connection) {
        count += connection.starved ? 1 : 0;
      });
      return count;
    }

    // Does it to all that is open. Short-polls are closed most of the time: where nothing is open, to the next one; and
    // while a poll starves, so do those that begin beside it, for they share its way.
    function harm(what) {
      var all = open.slice(0), polls = all.length === 0;
      page.each(all, function (connection) {
        polls = polls || what === 'starve' && connection.kind === 'poll';
        connection[what]();
      });
      next = polls ? what : '';
      changed();
    }

    function harmNext(connection) {
      var what = next;
      if (what === 'cut') {
        next = '';
      }
      if (what) {
        connection[what]();
      }
    }

    return {
      env: environment(add, remove, harmNext),
      cut: function () {
        since = left = 0;
        harm('cut');
      },
      starve: function () {
        left = 0;
        since = page.now();
        harm('starve');
      },
      heal: function () {
        since = left = 0;
        next = '';
        page.each(open.slice(0), function (connection) {
          connection.heal();
        });
        changed();
      },
      // {starving: connections, since: ms of the clock or 0, waiting: what is done to the polls to come, left: ms}
      status: function () {
        return { starving: starving(), since: since, waiting: next, left: left };
      }
    };
  };

  function environment(add, remove, harmNext) {
    var env = {
      xhr: function () {
        var real = nativeRequest();
        return real && wrapRequest(real, add, remove, harmNext);
      }
    };
    if (window.WebSocket && window.WebSocket.prototype && window.WebSocket.prototype.addEventListener) {
      env.WebSocket = wrapSocket(window.WebSocket, add, remove);
    }
    return env;
  }

  function nativeRequest() {
    if (window.XMLHttpRequest) {
      return new window.XMLHttpRequest();
    }
    var names = ['MSXML2.XMLHTTP.6.0', 'MSXML2.XMLHTTP.3.0', 'MSXML2.XMLHTTP', 'Microsoft.XMLHTTP'];
    for (var i = 0; i < names.length; i += 1) {
      try {
        return new window.ActiveXObject(names[i]);
      } catch (ignored) {}
    }
    return null;
  }

  // The browser's own object is handed out, with `send` and `close` covered and a listener in front of the client's.
  function wrapSocket(Native, add, remove) {
    function Socket(url, protocols) {
      var real = protocols === undefined ? new Native(url) : new Native(url, protocols);
      tapSocket(real, Native, add, remove);
      return real;
    }
    Socket.prototype = Native.prototype;
    Socket.CONNECTING = 0;
    Socket.OPEN = 1;
    Socket.CLOSING = 2;
    Socket.CLOSED = 3;
    return Socket;
  }

  function tapSocket(real, Native, add, remove) {
    var heldOut = [], heldIn = [], gone = false;
    var send = Native.prototype.send, close = Native.prototype.close;
    var connection = { kind: 'ws', starved: false };

    function end() {
      gone = true;
      heldOut = [];
      heldIn = [];
      remove(connection);
    }
    function hand(event) {
      var handler = real['on' + event.type];
      if (handler) {
        handler.call(real, event);
      }
    }
    page.each(['open', 'message', 'error', 'close'], function (type) {
      real.addEventListener(type, function (event) {
        if (gone || connection.starved) {
          event.stopImmediatePropagation();
          if (!gone) {
            heldIn.push(event);
          }
        } else if (type === 'close') {
          end();
        }
      }, false);
    });
    real.send = function (data) {
      if (connection.starved) {
        heldOut.push(data);
      } else if (!gone) {
        send.call(real, data);
      }
    };
    // A client that leaves a dead wire gets no answer to its goodbye, and the gateway does not hear it.
    real.close = function (code, reason) {
      var starved = connection.starved;
      if (gone) {
        return;
      }
      if (starved) {
        end();
        setTimeout(function () {
          close.call(real);
        }, DISCARDED_AFTER);
      } else if (code === undefined) {
        close.call(real);
      } else {
        close.call(real, code, reason);
      }
    };
    connection.cut = function () {
      end();
      close.call(real);
      hand({ type: 'error', target: real });
      hand({ type: 'close', target: real, code: 1006, reason: '', wasClean: false });
    };
    connection.starve = function () {
      connection.starved = true;
    };
    connection.heal = function () {
      var events = heldIn, out = heldOut;
      heldIn = [];
      heldOut = [];
      connection.starved = false;
      page.each(out, function (data) {
        real.send(data);
      });
      page.each(events, function (event) {
        if (!gone) {
          if (event.type === 'close') {
            end();
          }
          hand(event);
        }
      });
    };
    add(connection);
  }

  // An object of our own in front of the request, since MSXML's can't be changed. The client listens to readyState alone.
  function wrapRequest(real, add, remove, harmNext) {
    var self = { readyState: 0, status: 0, statusText: '', responseText: '', onreadystatechange: null };
    var connection = { kind: 'poll', starved: false };
    var state = { over: false, missed: false, body: undefined, held: false };

    function end() {
      state.over = true;
      real.onreadystatechange = function () {};
      remove(connection);
    }
    function show() {
      copy(real, self);
      if (self.readyState === 4) {
        end();
      }
      if (self.onreadystatechange) {
        self.onreadystatechange();
      }
    }
    function forward() {
      var body = state.body;
      state.held = false;
      real.onreadystatechange = function () {
        if (state.over || connection.starved) {
          state.missed = true;
        } else {
          show();
        }
      };
      real.send(body === undefined ? null : body);
    }
    requestMethods(self, real);
    self.send = function (body) {
      page.each(['timeout', 'withCredentials'], function (name) {
        if (self[name] !== undefined) {
          try {
            real[name] = self[name];
          } catch (old) {}
        }
      });
      state.body = body;
      add(connection);
      harmNext(connection);
      if (connection.starved) {
        state.held = true;
      } else if (!state.over) {
        forward();
      }
    };
    self.abort = function () {
      var was = state.over;
      end();
      if (!was && !state.held) {
        real.abort();
      }
    };
    connection.cut = function () {
      self.abort();
      self.readyState = 4;
      self.status = 0;
      self.responseText = '';
      // Never from within send(): a connection is cut after it was begun.
      setTimeout(function () {
        if (self.onreadystatechange) {
          self.onreadystatechange();
        }
      }, 0);
    };
    connection.starve = function () {
      connection.starved = true;
    };
    connection.heal = function () {
      connection.starved = false;
      if (state.held) {
        forward();
      } else if (state.missed) {
        show();
      }
    };
    return self;
  }

  function requestMethods(self, real) {
    self.open = function (method, url, async) {
      real.open(method, url, async);
      self.readyState = 1;
    };
    self.setRequestHeader = function (name, value) {
      real.setRequestHeader(name, value);
    };
    self.getResponseHeader = function (name) {
      return self.readyState < 2 ? null : real.getResponseHeader(name);
    };
    self.getAllResponseHeaders = function () {
      return self.readyState < 2 ? '' : real.getAllResponseHeaders();
    };
  }

  // MSXML throws where a value is asked for too early.
  function copy(real, self) {
    self.readyState = real.readyState;
    if (real.readyState < 2) {
      return;
    }
    page.each(['status', 'statusText', 'responseText'], function (name) {
      try {
        self[name] = real[name];
      } catch (early) {}
    });
  }
})(playground);
