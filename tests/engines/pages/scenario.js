/* One session through everything: it opens, speaks and hears, moves to every carrier there is while messages are on their way,
   is cut on each, resumes, closes. It drives itself, in every engine from Internet Explorer 6 on, and in Wine's script host,
   which has no page: so it is written as the client is. harness/scenario.mjs is the other side, and the judge.

   Asked for by the query:
     gateway   the origin of the gateway; empty: the page's own
     room      where it talks
     count     how many numbered messages go each way
     expected  the carriers that this engine has to have, by commas; what the client offers beside them is tried as well.
               Empty where nothing carries: then it has to stay that way
   What it asks of the test, by GET:
     /test/speak?turn=T&count=N&cut=C   somebody else says so many numbers to the room; if C is 1, every connection is cut
                                        in the middle of that
     /test/report?part=P&of=Q&value=V   what came of it */
(function () {
  var FLOORS = ['long-poll', 'jsonp', 'short-poll'];
  var BATCH = 10, RHYTHM = 15, LOOK = 25;
  /* How long is waited for a carrier that has to come, and for one that need not, ms. */
  var PATIENCE = 60000, GLANCE = 3000;

  var query = {}, began = now(), wire, room, count, expected, tried = {}, troubles = [], story = [];
  /* What has come: the last number in order, and whatever was wrong. */
  var heard = { last: 0, wrong: [] }, own = { last: 0, wrong: [] };
  var said = 0, asked = 0, turns = 0, opened = [], requests = [];

  function now() { return new Date().getTime(); }

  function read(text) {
    var parts = text.replace(/^\?/, '').split('&'), i, at;
    for (i = 0; i < parts.length; i += 1) {
      at = parts[i].indexOf('=');
      query[parts[i].slice(0, at)] = decodeURIComponent(parts[i].slice(at + 1));
    }
  }

  /* In words, and when: what a failing test shows. Where a host wants it at once, it has a `noted`. */
  function note(text) {
    story.push((now() - began) + ' ' + text);
    if (story.length > 400) { story.splice(200, 1); }
    if (window.noted) { window.noted(text); }
  }

  /* ---- asking the test */

  /* What a cut has hit is asked once more; the test knows it again by its turn. */
  function isFine(request) {
    try { return request.status === 200; } catch (failed) { return false; }
  }

  /* By the whole address: what is no page has no other. Written out, because `location` has oddities in NetSurf. */
  function ask(path) {
    var request, script, address = /^[a-z]+:\/\/[^\/?#]*/.exec(location.href)[0] + path;
    try { request = window.XMLHttpRequest ? new XMLHttpRequest() : new ActiveXObject('Microsoft.XMLHTTP'); } catch (none) { }
    if (request) {
      /* MSXML dies of an answer to a request that nothing refers to any more. */
      requests.push(request);
      request.open('GET', address, true);
      request.onreadystatechange = function () {
        if (request.readyState === 4 && !isFine(request)) { setTimeout(function () { ask(path); }, 100); }
      };
      request.send(null);
      return;
    }
    script = document.createElement('script');
    script.src = address;
    document.getElementsByTagName('head')[0].appendChild(script);
  }

  /* Whether an outcome is one is what the harness says; here it is told, in pieces that any address has room for. */
  function report(outcome) {
    var text, parts = [], i;
    story = story.concat(troubles);
    text = encodeURIComponent(['outcome=' + outcome, 'peer=' + (wire ? wire.peer : ''), 'heard=' + heard.last, 'own=' + own.last,
      'wrong=' + heard.wrong.concat(own.wrong).join(', '), 'tried=' + words(tried), 'opened=' + opened.join(',')]
      .concat(story).join('\n').slice(0, 24000));
    while (text) {
      parts.push(whole(text));
      text = text.slice(parts[parts.length - 1].length);
    }
    for (i = 0; i < parts.length; i += 1) { ask('/test/report?part=' + i + '&of=' + parts.length + '&value=' + parts[i]); }
    if (typeof document !== 'undefined') { document.title = 'DONE'; }
  }

  /* As much as fits, and not into the middle of a character. */
  function whole(text) {
    var end = Math.min(1500, text.length);
    while (end < text.length && end > 1400) {
      try { decodeURIComponent(text.slice(0, end)); break; } catch (torn) { end -= 1; }
    }
    return text.slice(0, end);
  }

  function words(map) {
    var list = [], name;
    for (name in map) { if (map.hasOwnProperty(name)) { list.push(name + ' ' + map[name]); } }
    return list.join(', ');
  }

  /* ---- waiting */

  function until(look, limit, what, then, otherwise) {
    var end = now() + limit;
    function again() {
      if (look()) { return then(); }
      if (now() > end) {
        note('waited in vain: ' + what);
        return otherwise();
      }
      setTimeout(again, LOOK);
    }
    again();
  }

  function failed(what) {
    return function () {
      note('state ' + wire.state + ' over ' + wire.carrier + ', sent ' + wire.sent + ', acked ' + wire.acked + ', received ' +
        wire.received + '; heard ' + heard.last + ' of ' + asked + ', own ' + own.last + ' of ' + said);
      report('failed: ' + what);
    };
  }

  /* ---- talking */

  function take(ledger, number) {
    if (number !== ledger.last + 1 && ledger.wrong.length < 20) { ledger.wrong.push(number + ' behind ' + ledger.last); }
    ledger.last = number;
  }

  /* So many numbers each way, in a rhythm, so that there are always some on their way. */
  function talk(number, cut) {
    var last = said + number;
    asked += number;
    turns += 1;
    note('talks up to ' + last + (cut ? ', and is cut' : ''));
    ask('/test/speak?turn=' + turns + '&count=' + number + '&cut=' + cut);
    function speak() {
      var i;
      for (i = 0; i < BATCH && said < last; i += 1) {
        said += 1;
        wire.to(room).emit('said', said);
      }
      if (said < last) { setTimeout(speak, RHYTHM); }
    }
    speak();
    return last;
  }

  function settled(last) {
    return function () {
      return said === last && heard.last === asked && own.last === said && wire.acked === wire.sent && wire.state === 'open';
    };
  }

  /* ---- the way through the carriers */

  /* Alone where it has to come: then nothing else can have carried what came. Where it need not, with a floor below. */
  function listFor(name) {
    var list = [name], i;
    if (contains(expected, name)) { return list; }
    for (i = 0; i < FLOORS.length; i += 1) { if (FLOORS[i] !== name && contains(expected, FLOORS[i])) { list.push(FLOORS[i]); } }
    return list;
  }

  function contains(list, name) {
    var i;
    for (i = 0; i < list.length; i += 1) { if (list[i] === name) { return true; } }
    return false;
  }

  function stage(names, index) {
    var name = names[index], half = Math.ceil(count / names.length / 2), must;
    if (index === names.length) { return finish(); }
    must = contains(expected, name);
    talk(Math.min(half, count - said), 0);
    setTimeout(function () {
      note('use ' + listFor(name).join(','));
      wire.use(listFor(name));
      until(function () { return wire.carrier === name; }, must ? PATIENCE : GLANCE, 'the carrier is ' + name, function () {
        tried[name] = 'came';
        cut();
      }, function () {
        tried[name] = 'did not come';
        if (must) { return failed(name + ' did not come')(); }
        cut();
      });
    }, RHYTHM * 2);

    function cut() {
      until(function () { return said === asked; }, PATIENCE, 'all is said', function () {
        var last = talk(Math.min(half, count - said), 1);
        until(settled(last), PATIENCE, 'all has come over ' + name, function () { stage(names, index + 1); },
          failed('not all came over ' + name));
      }, failed('not all was said'));
    }
  }

  function finish() {
    note('closes');
    wire.close();
    until(function () { return wire.state === 'closed'; }, PATIENCE, 'it is closed', function () { report('done'); }, failed('it did not close'));
  }

  /* Where nothing carries, nothing may break either. */
  function unable() {
    var state = wire.state;
    wire.close();
    report('nothing carries: ' + state);
  }

  /* ---- the beginning */

  function list(text) { return text ? text.split(',') : []; }

  function union(one, other) {
    var all = one.slice(0), i;
    for (i = 0; i < other.length; i += 1) { if (!contains(all, other[i])) { all.push(other[i]); } }
    return all;
  }

  function begin() {
    var names;
    read(location.search || location.href.replace(/^[^?]*/, ''));
    room = query.room;
    count = Number(query.count);
    expected = list(query.expected);
    names = expected;
    everwire.debug = function (text) {
      troubles.push((now() - began) + '   ' + text);
      if (troubles.length > 150) { troubles.splice(50, 1); }
    };
    wire = everwire.connect(query.gateway ? query.gateway + '/everwire' : '/everwire', {
      /* As quick as a test wants to be. */
      pollInterval: 100,
      idleInterval: 500,
      retry: { min: 50, max: 1000 }
    });
    wire.on('open', function (info) { opened.push(info.session); });
    wire.on('state', function (state, sentence) { note('state ' + state + ': ' + sentence); });
    wire.on('carrier', function (name, info) { note('carrier ' + name + ', before ' + info.before + (info.why ? ', ' + info.why : '')); });
    wire.on('reset', function (why) { opened.push('reset'); note('RESET ' + why.code + ' ' + why.reason); });
    wire.on('error', function (error) { note('ERROR ' + error.code + ' ' + error.message); });
    wire.on('close', function (why) { note('CLOSE ' + why.code + ' ' + why.reason); });
    wire.on('said', function (number, message) { take(message.peer === wire.peer ? own : heard, number); });
    wire.join(room, function (error) {
      if (error) { return expected.length ? failed('could not join: ' + error.code)() : note('not joined: ' + error.code); }
      note('joined over ' + wire.carrier);
      if (wire.carriers) { names = union(names, wire.carriers()); }
      note('carriers ' + names.join(','));
      stage(names, 0);
    });
    until(function () { return opened.length; }, expected.length ? PATIENCE : GLANCE, 'it opens', function () {
      if (!expected.length) { report('opened all the same'); }
    }, expected.length ? failed('it did not open') : unable);
  }

  try { begin(); } catch (error) { report('failed: ' + (error.message || error) + ' ' + (error.stack || '')); }
}());
