// The page: one client, what the buttons do with it, and what is shown of it. In the console it is `wire`.

(function (page) {
  var AUTO = page.carrierNames;
  var LAMPS = { open: 'lamp good', connecting: 'lamp wait', reconnecting: 'lamp wait', closed: 'lamp bad' };
  var ECHO_EVERY = 4000; // ms between two echoes asked for while somebody looks
  var DRAW_EVERY = 120; // ms
  var NICKS = ['Ada', 'Alan', 'Barbara', 'Edith', 'Emile', 'Frances', 'Grace', 'Hedy', 'Heinrich', 'Jean',
    'Joan', 'Karen', 'Mary', 'Paul', 'Radia', 'Samuel', 'Sophie', 'Vint', 'Werner'];
  var byId = page.byId, put = page.put, listen = page.listen;

  var wire = null, checker = page.checker(), generator = null, dirty = true;
  var room = { name: '', log: page.room(byId('log')) };
  var nick = '';
  var carried = '', trouble = '', askedAt = 0; // the carrier that is shown, and what may have led to the next move
  var given = 0; // messages that the client was given in this session; it may not have handed all of them to a carrier
  var waiting = false, echoAt = 0, runNumber = 0;
  var outCells = page.cells(byId('out-cells')), inCells = page.cells(byId('in-cells'));
  var spark = page.sparkline(byId('spark')), strip = page.strip(byId('strip'), byId('moves'));
  var drawRuns = page.runTable(byId('runs'));
  var ladder = page.ladder(byId), mode = 'auto';
  var faults = page.faults(function () {
    dirty = true;
  });

  // The session.

  function connect() {
    given = 0;
    waiting = false;
    wire = window.wire = window.everwire.connect(undefined, { env: faults.env });
    wire.on('open', opened);
    wire.on('state', function (state, words) {
      page.setClass(byId('lamp'), LAMPS[state] || 'lamp wait');
      put(byId('state'), words || state);
      trouble = state === 'reconnecting' ? cause(words) : trouble;
      page.setClass(byId('again'), state === 'closed' ? 'primary' : 'primary gone');
      // No carrier at all is a move as well; the client tells of it by its state alone.
      setTimeout(function () {
        if ((wire.carrier || '') !== carried) {
          moved(wire.carrier || '', {});
        }
      }, 0);
      dirty = true;
    });
    wire.on('carrier', moved);
    wire.on('rtt', function (ms) {
      spark(ms);
      put(byId('rtt'), Math.round(ms));
    });
    wire.on('reset', reset);
    wire.on('lost', function (what) {
      room.log.note('The history of ' + what.room + ' does not cover what was missed.', 'bad');
    });
    wire.on('error', function (error) {
      given -= error.code === 'queue_full' ? 1 : 0;
      room.log.note('Refused: ' + error.message, 'bad');
    });
    wire.on('close', closed);
    wire.on('ack', function () {
      dirty = true;
    });
    wire.on('*', heard);
  }

  function opened(info) {
    room.log.note('A session is open; you are ' + (info && info.peer ? info.peer.slice(0, 4) : 'here') + '.');
    join();
  }

  function join() {
    var name = room.name;
    given += 1;
    wire.join(name, function (error) {
      room.log.note(error ? name + ' can\'t be entered: ' + error.message : 'You are in ' + name + '.', error ? 'bad' : '');
    });
  }

  function moved(name, how) {
    var why = how && how.why || (name ? reason(name) : trouble);
    carried = name;
    strip.move(name, why);
    page.setClass(byId('carrier-words'), 'figure ' + (name || 'none'));
    put(byId('carrier-words'), page.carrierWords(name));
    put(byId('carrier'), name || 'none');
    if (name) {
      room.log.move(page.carrierWords(name), why);
    }
    dirty = true;
  }

  // Why the delivery moved, as far as can be told from here: somebody asked, the client spoke of trouble just before, or
  // something better answered.
  function reason(name) {
    var why = page.now() - askedAt < 3000 ? 'you asked for it' : trouble;
    trouble = '';
    askedAt = 0;
    return why || (carried && rank(name) < rank(carried) ? 'the better one answered' : '');
  }

  function rank(name) {
    var place = AUTO.length;
    page.each(AUTO, function (other, i) {
      place = other === name ? i : place;
    });
    return place;
  }

  // The client's sentence has it in brackets: "The connection was cut (nothing was acknowledged for too long); …".
  function cause(words) {
    var inside = /\(([^)]*)\)/.exec(words || '');
    return inside ? inside[1] : words || '';
  }

  function reset(info) {
    abandon();
    checker.part();
    given = 0;
    var uncertain = info && info.uncertain ? info.uncertain.length : 0;
    room.log.note('The session was lost (' + info.code + ' ' + info.reason + '); a new one begins. ' +
      uncertain + ' of your messages are uncertain.', 'bad');
  }

  function closed(info) {
    abandon();
    room.log.note('The session is over: ' + info.code + ' ' + info.reason, 'bad');
  }

  function abandon() {
    if (generator) {
      generator.stop();
    }
    checker.abandon();
    dirty = true;
  }

  // What is heard. Anybody may say anything in a room, so nothing is taken for granted.

  function heard(event, data, message) {
    var peer = message && message.peer || '';
    dirty = true;
    if (event === 'burst') {
      var run = checker.take(peer, data, wire.carrier);
      if (run) {
        room.log.burst(run, message.seq, wire.carrier);
      }
    } else if (event === 'chat' && data && typeof data.text === 'string') {
      say(peer, String(data.nick || 'nameless').slice(0, 24), data.text, message);
    } else if (event === 'message') {
      say(peer, 'terminal', words(data), message);
    } else {
      say(peer, String(event), words(data), message);
    }
  }

  function say(peer, name, text, message) {
    room.log.say({ peer: peer, nick: name, own: peer === wire.peer, text: text }, message && message.seq, wire.carrier);
  }

  function words(data) {
    if (typeof data === 'string') {
      return data;
    }
    if (data && data.byteLength !== undefined) {
      return data.byteLength + ' bytes';
    }
    return window.JSON && JSON.stringify ? JSON.stringify(data) || '' : String(data);
  }

  // What is said.

  function publish(event, data) {
    given += 1;
    wire.to(room.name).emit(event, data);
    dirty = true;
  }

  function burst(count) {
    var pace = Number(byId('pace').value), run;
    if (generator || wire.state === 'closed') {
      return;
    }
    runNumber += 1;
    run = checker.expect(wire.peer, { run: runNumber + '-' + page.now().toString(36), of: count, nick: nick });
    pressBursts(true);
    generator = page.burst(run, pace, wire, function (data) {
      publish('burst', data);
    }, function () {
      generator = null;
      pressBursts(false);
    });
  }

  function pressBursts(busy) {
    page.each([20, 200, 2000], function (count) {
      byId('burst-' + count).disabled = busy;
    });
  }

  function enter(name) {
    name = name.replace(/^\s+|\s+$/g, '') || 'lobby';
    byId('room').value = name;
    if (name === room.name) {
      return;
    }
    if (generator) {
      generator.stop();
    }
    if (wire && room.name) {
      given += 1;
      // The answer comes behind everything that was said in the room before.
      wire.leave(room.name, checker.part);
    }
    room.name = name;
    if (named() !== name) {
      location.hash = encodeURIComponent(name);
    }
    terminalLines();
    if (wire && wire.state !== 'connecting' && wire.state !== 'closed') {
      join();
    }
  }

  // The room that the address names.
  function named() {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch (malformed) {
      return '';
    }
  }

  function rename(name) {
    nick = name.replace(/^\s+|\s+$/g, '').slice(0, 24) || NICKS[Math.floor(Math.random() * NICKS.length)];
    byId('nick').value = nick;
    page.remember('nick', nick);
  }

  // What is shown.

  function draw() {
    var sums, sent = wire.sent || 0, backlog;
    if (!dirty) {
      return;
    }
    dirty = false;
    sums = checker.sums();
    page.each(['sent', 'acked', 'received'], function (name) {
      put(byId(name), wire[name] || 0);
    });
    put(byId('buffered'), wire.bufferedAmount || 0);
    backlog = Math.max(given - (wire.acked || 0), sums.outstanding);
    drawWays(sent, sums.outstanding, page.unitFor(backlog));
    drawProof(sums);
    room.log.draw();
    ladder.draw(wire, mode);
    put(byId('harm'), page.harmWords(faults.status(), wire.carrier));
    byId('heal').disabled = !faults.status().starving && !faults.status().waiting;
  }

  function drawWays(sent, outstanding, unit) {
    var received = wire.received || 0;
    outCells(wire.acked || 0, sent, Math.max(sent, given), unit);
    inCells(received, received, received + outstanding, unit);
    put(byId('scale'), unit > 1 ? ', ' + unit + ' messages a square' : '');
  }

  function drawProof(sums) {
    var runs = checker.runs(), run = runs[runs.length - 1], bad = sums.lost + sums.doubled + sums.disorder > 0;
    page.each(['lost', 'doubled', 'disorder', 'came', 'outstanding'], function (name) {
      put(byId(name), sums[name]);
    });
    page.setClass(byId('verdict'), bad ? 'bad' : 'good');
    byId('progress').style.width = (run ? Math.floor(run.came / run.of * 1000) / 10 : 0) + '%';
    page.setClass(byId('progress'), bad ? 'bad' : 'good');
    drawRuns(runs);
    put(byId('proof-words'), bad ? 'The promise was broken.' :
      run && run.came === run.of ? 'All ' + run.of + ' of the last run came, once and in order.' : '');
  }

  function terminalLines() {
    var base = location.href.replace(/[?#].*$/, '').replace(/\/[^\/]*$/, '');
    var text = page.lines.replace(/http:\/\/localhost:8080/g, base);
    text = text.replace(/raw\/lobby/g, 'raw/' + encodeURIComponent(room.name).replace(/'/g, '%27'));
    put(byId('lines'), text.replace(/"lobby"/g, function () {
      return '"' + room.name.replace(/[\\"]/g, '\\$&').replace(/'/g, '\'\\\'\'') + '"';
    }));
  }

  function visible() {
    return !document.hidden;
  }

  function askForEcho() {
    if (visible() && wire.state === 'open' && !waiting && page.now() - echoAt >= ECHO_EVERY) {
      echoAt = page.now();
      waiting = true;
      given += 1;
      wire.emit('echo', 0, function () {
        waiting = false;
      });
    }
  }

  // The controls.

  function controls() {
    page.each(['auto'].concat(AUTO), function (name) {
      listen(byId('use-' + name), 'click', function () {
        use(name);
        askedAt = page.now();
        ladder.forgive();
        wire.use(name === 'auto' ? AUTO : name);
      });
    });
    page.each([20, 200, 2000], function (count) {
      listen(byId('burst-' + count), 'click', function () {
        burst(count);
      });
    });
    page.each(['cut', 'starve', 'heal'], function (name) {
      listen(byId(name), 'click', function () {
        if (name !== 'heal') {
          room.log.note(name === 'cut' ? 'You cut the connection.' : 'You starve the connection.', 'move');
        }
        faults[name]();
      });
    });
    listen(byId('impatient'), 'click', function () {
      wire.reconnect();
    });
    listen(byId('anew'), 'click', function () {
      checker.anew();
      dirty = true;
    });
    listen(byId('again'), 'click', connect);
    forms();
  }

  function use(name) {
    mode = name;
    page.each(['auto'].concat(AUTO), function (other) {
      page.press(byId('use-' + other), other === name);
    });
  }

  function forms() {
    var text = byId('text');
    listen(byId('say-form'), 'submit', function () {
      if (text.value) {
        publish('chat', { nick: nick, text: text.value });
        text.value = '';
      }
      return false;
    });
    function entered() {
      rename(byId('nick').value);
      enter(byId('room').value);
      return false;
    }
    listen(byId('names'), 'submit', entered);
    listen(byId('nick'), 'change', entered);
    listen(byId('room'), 'change', entered);
    listen(window, 'hashchange', function () {
      enter(named());
    });
  }

  function start() {
    page.lines = byId('lines').firstChild.nodeValue;
    if (!window.everwire) {
      put(byId('state'), 'The client\'s script could not be loaded.');
      return;
    }
    rename(page.recall('nick'));
    enter(named());
    put(byId('version'), 'Everwire ' + (window.everwire.version || ''));
    window.everwire.debug = function (text) {
      ladder.hear(text);
      dirty = true;
    };
    use('auto');
    controls();
    connect();
    setInterval(draw, DRAW_EVERY);
    setInterval(function () {
      dirty = true;
      strip.draw();
      askForEcho();
    }, 1000);
    byId('text').focus();
  }

  start();
})(playground);
