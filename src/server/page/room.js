// The room: what is said in it, and what happens to the session meanwhile.

(function (page) {
  var SHOWN = 200; // lines; older ones leave the page
  var SHOWN_RUNS = 3;
  var CLOSE = 2000; // ms between two moves that are told in one line
  var LONGEST = 4000; // characters of one message that are shown

  page.room = function (holder) {
    var bursts = {}; // the line of each run that is still shown
    var chain = { element: null, names: [], at: 0 }; // the line of the latest moves

    function add(element) {
      var below = holder.scrollHeight - holder.scrollTop - holder.clientHeight < 60;
      holder.appendChild(element);
      while (holder.childNodes.length > SHOWN) {
        holder.removeChild(holder.firstChild);
      }
      if (below) {
        holder.scrollTop = holder.scrollHeight;
      }
    }

    function note(text, kind) {
      var element = page.make('div', 'note' + (kind ? ' ' + kind : ''), text);
      add(element);
      return element;
    }

    // Who, what, and at the right its number and the carrier that brought it. Returns where the words stand.
    function line(said, number, carrier) {
      var element = page.make('div', 'line' + (said.own ? ' own' : ''));
      element.appendChild(page.make('span', 'meta', (number ? '#' + number + ' ' : '') + carrier + ' ' + page.clock(page.now())));
      element.appendChild(page.make('b', 'who ' + (said.peer ? page.peerClass(said.peer) : 'peer-none'), said.nick));
      element.appendChild(document.createTextNode(' '));
      element.appendChild(page.make('span', 'id', said.peer ? said.peer.slice(0, 4) : ''));
      element.appendChild(document.createTextNode(' '));
      var words = element.appendChild(page.make('span', 'text', said.text));
      add(element);
      return words;
    }

    return {
      // {nick, peer, own, text}, its number in the session, the carrier's name
      say: function (said, number, carrier) {
        said.text = said.text.length > LONGEST ? said.text.slice(0, LONGEST) + '\u2026' : said.text;
        line(said, number, carrier);
      },
      note: note,
      // Moves that follow each other closely take one line.
      move: function (name, why) {
        var time = page.now();
        if (holder.lastChild === chain.element && time - chain.at < CLOSE && chain.names.length < 6) {
          chain.names.push(name);
        } else {
          chain = { element: note('', 'move'), names: [name] };
        }
        chain.at = time;
        page.put(chain.element, 'Now over ' + chain.names.join(' \u2192 ') + (why ? ': ' + why : '.'));
      },
      // A run of numbered messages takes one line, however many they are.
      burst: function (run, number, carrier) {
        var key = run.peer + ' ' + run.id;
        var shown = bursts[key];
        if (!shown) {
          var said = { nick: run.nick, peer: run.peer, own: run.own, text: '' };
          shown = bursts[key] = { words: line(said, number, carrier), run: run };
          forgetBursts();
        }
        shown.changed = true;
      },
      // Done by the page's clock and not for each message: 2,000 of them must not cost 2,000 changes of the document.
      draw: function () {
        for (var key in bursts) {
          if (bursts.hasOwnProperty(key) && bursts[key].changed) {
            bursts[key].changed = false;
            page.put(bursts[key].words, burstWords(bursts[key].run));
          }
        }
      }
    };

    function forgetBursts() {
      for (var key in bursts) {
        if (bursts.hasOwnProperty(key) && bursts[key].words.parentNode.parentNode !== holder) {
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

  // The newest few runs, below the proof. Returns a function that draws them.
  page.runTable = function (holder) {
    var rows = [];

    function row() {
      var element = holder.appendChild(page.make('div', 'run'));
      var carried = element.appendChild(page.make('span', 'meta'));
      var who = element.appendChild(page.make('b'));
      element.appendChild(document.createTextNode(' '));
      return { element: element, carried: carried, who: who, words: element.appendChild(page.make('span')) };
    }

    return function (runs) {
      var newest = runs.slice(-SHOWN_RUNS).reverse();
      while (rows.length > newest.length) {
        holder.removeChild(rows.pop().element);
      }
      page.each(newest, function (run, i) {
        rows[i] = rows[i] || row();
        page.setClass(rows[i].who, 'who ' + page.peerClass(run.peer));
        page.put(rows[i].who, run.nick);
        page.put(rows[i].words, runWords(run));
        page.put(rows[i].carried, (run.carriers.length > 5 ? '\u2026 ' : '') + run.carriers.slice(-5).join(' \u2192 '));
      });
    };
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
    return words + (run.came ? ', in order' : '') + (run.came === run.of ? ', ' + Math.max(0.1, Math.round((run.last - run.began) / 100) / 10) + ' s' : '');
  }
})(playground);
