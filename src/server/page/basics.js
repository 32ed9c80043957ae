// The few tools that every part of the page uses, for browsers from IE6 on: ECMAScript 3, and either event model.
// The parts are concatenated into one file, /playground.js: basics, faults, proof, panel,
// ladder, room, playground.

var playground = {};

(function (page) {
  page.byId = function (id) {
    return document.getElementById(id);
  };

  page.listen = function (element, name, handler) {
    function heard(event) {
      event = event || window.event;
      if (handler.call(element, event) === false) {
        if (event.preventDefault) {
          event.preventDefault();
        }
        event.returnValue = false;
      }
    }
    if (element.addEventListener) {
      element.addEventListener(name, heard, false);
    } else {
      element.attachEvent('on' + name, heard);
    }
  };

  // Shows a text, always as a text: nothing that somebody says can become markup. Touches the document only for a change.
  page.put = function (element, text) {
    var node = element.firstChild;
    text = String(text);
    if (node && node.nodeType === 3 && !node.nextSibling) {
      if (node.nodeValue !== text) {
        node.nodeValue = text;
      }
      return;
    }
    while (element.firstChild) {
      element.removeChild(element.firstChild);
    }
    element.appendChild(document.createTextNode(text));
  };

  page.make = function (tag, className, text) {
    var element = document.createElement(tag);
    if (className) {
      element.className = className;
    }
    if (text !== undefined) {
      page.put(element, text);
    }
    return element;
  };

  page.setClass = function (element, className) {
    if (element.className !== className) {
      element.className = className;
    }
  };

  page.press = function (button, pressed) {
    page.setClass(button, pressed ? 'pressed' : '');
    button.setAttribute('aria-pressed', pressed ? 'true' : 'false');
  };

  page.each = function (list, act) {
    for (var i = 0; i < list.length; i += 1) {
      act(list[i], i);
    }
  };

  page.now = function () {
    return new Date().getTime();
  };

  page.clock = function (time) {
    var date = new Date(time);
    function two(number) {
      return (number < 10 ? '0' : '') + number;
    }
    return two(date.getHours()) + ':' + two(date.getMinutes()) + ':' + two(date.getSeconds());
  };

  page.isWhole = function (value, least, most) {
    return typeof value === 'number' && Math.floor(value) === value && value >= least && value <= most;
  };

  // What this browser keeps between visits; where it keeps nothing (old, or private), the page forgets and works on.
  page.remember = function (key, value) {
    try {
      window.localStorage.setItem('everwire.' + key, value);
    } catch (ignored) {}
  };

  page.recall = function (key) {
    try {
      return window.localStorage.getItem('everwire.' + key) || '';
    } catch (ignored) {
      return '';
    }
  };

  // One sentence's name for each carrier.
  page.carrierWords = function (name) {
    return { ws: 'WebSocket', sse: 'EventSource', jsonp: 'JSONP' }[name] || name || 'none';
  };

  // A colour of one's own for each peer, out of eight in the style sheet, in the order of appearance.
  var colours = {}, appeared = 0;
  page.peerClass = function (peer) {
    var key = 'p' + peer;
    if (colours[key] === undefined) {
      if (appeared >= 1000) {
        colours = {};
        appeared = 0;
      }
      colours[key] = appeared % 8;
      appeared += 1;
    }
    return 'peer-' + colours[key];
  };
})(playground);
