// The room: what is said in it, and what happens to the session meanwhile.

(function (page) {
  var SHOWN = 200; // lines; older ones leave the page
  var LONGEST = 4000; // characters of one message that are shown

  page.room = function (holder) {
    var bursts = {}; // the line of each run that is still shown

    function add(line) {
      var below = holder.scrollHeight - holder.scrollTop - holder.clientHeight < 60;
      holder.appendChild(line);
      while (holder.childNodes.length > SHOWN) {
        holder.removeChild(holder.firstChild);
      }
      if (below) {
        holder.scrollTop = holder.scrollHeight;
      }
      return line;
    }

    // Who, what, and at the right its number and the carrier that brought it.
    function line(said, number, carrier) {
      var element = page.make('div', 'line' + (said.own ? ' own' : ''));
      element.appendChild(page.make('span', 'meta', (number ? '#' + number + ' ' : '') + carrier + ' ' + page.clock(page.now())));
      element.appendChild(page.make('b', 'who ' + (said.peer ? page.peerClass(said.peer) : 'peer-none'), said.nick));
      element.appendChild(document.createTextNode(' '));
      element.appendChild(page.make('span', 'id', said.peer ? said.peer.slice(0, 4) : ''));
      element.appendChild(document.createTextNode(' '));
      element.words = element.appendChild(page.make('span', 'text', said.text));
      return element;
    }

    return {
      // {nick, peer, own, text}, its number in the session, the carrier's name
      say: function (said, number, carrier) {
        said.text = said.text.length > LONGEST ? said.text.slice(0, LONGEST) + '\u2026' : said.text;
        add(line(said, number, carrier));
      },
      note: function (text, kind) {
        add(page.make('div', 'note' + (kind ? ' ' + kind : ''), text));
      },
      // A run of numbered messages takes one line, however many they are.
      burst: function (run, number, carrier) {
        var key = run.peer + ' ' + run.id;
        var shown = bursts[key];
        if (!shown) {
          var said = { nick: run.nick, peer: run.peer, own: run.own, text: '' };
          shown = bursts[key] = { line: add(line(said, number, carrier)), run: run };
          forgetBursts();
        }
        shown.changed = true;
      },
      // Done by the page's clock and not for each message: 2,000 of them must not cost 2,000 changes of the document.
      draw: function () {
        for (var key in bursts) {
          if (bursts.hasOwnProperty(key) && bursts[key].changed) {
            bursts[key].changed = false;
            page.put(bursts[key].line.words, burstWords(bursts[key].run));
          }
        }
      }
    };

    function forgetBursts() {
      for (var key in bursts) {
        if (bursts.hasOwnProperty(key) && bursts[key].line.parentNode !== holder) {
          delete bursts[key];
        }
      }
    }
  };

  function burstWords(run) {
    var figures = page.judge(run);
    var whole = run.came === run.of && !figures.doubled && !figures.disorder;
    return whole ? run.of + ' numbered messages, all of them once and in order' :
      'numbered messages: ' + run.came + ' of ' + run.of;
  }

  // The table of runs beside the proof: the newest few.
  page.drawRuns = function (holder, runs) {
    var newest = runs.slice(-3).reverse();
    while (holder.childNodes.length > newest.length) {
      holder.removeChild(holder.lastChild);
    }
    page.each(newest, function (run, i) {
      var row = holder.childNodes[i];
      if (!row) {
        row = holder.appendChild(page.make('div', 'run'));
        row.carried = row.appendChild(page.make('span', 'meta'));
        row.who = row.appendChild(page.make('b'));
        row.appendChild(document.createTextNode(' '));
        row.words = row.appendChild(page.make('span'));
      }
      page.setClass(row.who, 'who ' + page.peerClass(run.peer));
      page.put(row.who, run.nick);
      page.put(row.words, runWords(run));
      page.put(row.carried, run.carriers.slice(-5).join(' \u2192 '));
    });
  };

  function runWords(run) {
    var figures = page.judge(run);
    var words = run.came + ' of ' + run.of + (run.base > 1 ? ', from ' + run.base + ' on' : '');
    var faults = [];
    page.each([['lost', 'lost'], ['doubled', 'doubled'], ['disorder', 'out of order']], function (pair) {
      if (figures[pair[0]]) {
        faults.push(figures[pair[0]] + ' ' + pair[1]);
      }
    });
    if (faults.length) {
      return words + ': ' + faults.join(', ');
    }
    return words + ', in order' + (run.came === run.of ? ', ' + Math.max(0.1, Math.round((run.last - run.began) / 100) / 10) + ' s' : '');
  }
})(playground);
