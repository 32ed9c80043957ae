// The ladder of carriers: which can be used here, which is tried, which failed and why, and which carries.

(function (page) {
  var NAMES = ['ws', 'stream', 'sse', 'frame', 'long-poll', 'jsonp', 'short-poll'];
  var STREAMS = { stream: 1, sse: 1, frame: 1 };

  // Best first.
  page.carrierNames = NAMES;

  page.ladder = function (byId) {
    var usable = null; // by name, as far as it is known
    var found = {}; // by name: {good} or {why}, as the client told it

    // The one that is tried beside what carries: the client tries the best that has not failed, if it is better.
    function tried(carrying) {
      for (var i = 0; i < NAMES.length && NAMES[i] !== carrying; i += 1) {
        if (usable[NAMES[i]] && (NAMES[i] === 'ws' || STREAMS[NAMES[i]]) && !found[NAMES[i]]) {
          return NAMES[i];
        }
      }
      return '';
    }

    function words(name, carrying, trying) {
      var told = found[name];
      if (name === carrying) {
        return 'carries';
      }
      if (usable && !usable[name]) {
        return 'not in this browser';
      }
      if (told && told.why) {
        return 'failed: ' + told.why;
      }
      return name === trying ? 'is tried' : told ? 'flows' : usable ? 'usable' : '';
    }

    return {
      // What the client says of itself (`everwire.debug`).
      hear: function (text) {
        var parts = /^([a-z-]+) (flows$|is no good: |failed: )(.*)$/.exec(text);
        if (parts) {
          found[parts[1]] = parts[2] === 'flows' ? { good: true } : { why: parts[3] };
        }
      },
      // Somebody asked for a carrier: what failed is tried again.
      forgive: function () {
        found = {};
      },
      // Shows it: `wire` is the client, `mode` the name that was asked for, or `auto`.
      draw: function (wire, mode) {
        var isAuto = mode === 'auto', trying;
        if (wire.state === 'open' && isAuto) {
          usable = {};
          page.each(wire.carriers(), function (name) {
            usable[name] = true;
          });
        }
        trying = wire.state !== 'open' ? '' : isAuto ? tried(wire.carrier) : wire.carrier !== mode && usable && usable[mode] ? mode : '';
        page.each(NAMES, function (name) {
          var said = words(name, wire.carrier, trying);
          page.setClass(byId('rung-' + name), 'rung ' + (said === 'carries' ? 'on' : said === 'is tried' ? 'tried' : ''));
          byId('rung-' + name).title = said.length > 30 ? said : '';
          page.put(byId('told-' + name), said);
        });
      }
    };
  };
})(playground);
