/* What a test asks of a session in a page, for every engine from Internet Explorer 6 on: so it is written as the client is.
   All answers are texts. A room brings everybody what they said themselves, too: `own`; `heard` is what others said. */
var session = (function () {
  var wire, opened = [], states = [], carriers = [], heard = [], own = [], replies = [], troubles = [];

  everwire.debug = function (text) {
    troubles.push(text);
    if (troubles.length > 60) { troubles.shift(); }
  };

  function connect(names, url, remember) {
    wire = everwire.connect(url || '/everwire', {
      carriers: names.split(','),
      remember: remember,
      // As quick as a test wants to be.
      pollInterval: 200,
      idleInterval: 1000,
      retry: { min: 50, max: 1000 }
    });
    wire.on('open', function (info) { opened.push(info.session); });
    wire.on('state', function (state) { states.push(state); });
    wire.on('carrier', function (name) { carriers.push(name); });
    wire.on('reset', function (why) { troubles.push('RESET ' + why.code + ' ' + why.reason); opened.push('reset'); });
    wire.on('error', function (error) { troubles.push('ERROR ' + error.code + ' ' + error.message); });
    wire.on('said', function (data, message) { (message.peer === wire.peer ? own : heard).push(data); });
    return 'connecting';
  }

  /* Says the numbers from `first` to `last` to the room, in an answerable way. */
  function say(room, first, last) {
    var number;
    for (number = first; number <= last; number += 1) { wire.to(room).emit('said', number); }
    return 'said';
  }

  function ask(event, data) {
    wire.emit(event, data, function (error, reply) {
      replies.push(error ? 'error ' + error.code : String(reply));
    });
    return 'asked';
  }

  function join(room) {
    wire.join(room, function (error) { replies.push(error ? 'error ' + error.code : 'joined'); });
    return 'joining';
  }

  return {
    connect: connect,
    say: say,
    ask: ask,
    join: join,
    close: function () { wire.close(); return 'closed'; },
    use: function (names) { wire.use(names); return 'moving'; },
    reconnect: function () { wire.reconnect(); return 'reconnecting'; },
    state: function () { return wire ? wire.state : 'none'; },
    carrier: function () { return wire ? wire.carrier : ''; },
    opened: function () { return opened.join(','); },
    states: function () { return states.join(','); },
    carriers: function () { return carriers.join(','); },
    heard: function () { return heard.join(','); },
    count: function () { return String(heard.length); },
    own: function () { return own.join(','); },
    replies: function () { return replies.join(','); },
    peer: function () { return wire.peer; },
    unacknowledged: function () { return String(wire.sent - wire.acked); },
    story: function () {
      return (wire ? wire.state + ' over ' + wire.carrier + ', sent ' + wire.sent + ', acked ' + wire.acked + ', received ' +
        wire.received : 'not connected') + '\n' + troubles.join('\n');
    }
  };
}());
