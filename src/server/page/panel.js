// The wire, drawn: which carrier and since when, its round trips, the numbers, and what of them is acknowledged.

(function (page) {
  var CELLS = 40; // squares in a row
  var UNITS = [1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000]; // messages a square may stand for
  var SPARKS = 28; // bars of the sparkline
  var MOVES = 4; // moves told in words
  var SPAN = 120000; // ms that the strip of carriers shows

  function fill(holder, count, className) {
    var parts = [];
    for (var i = 0; i < count; i += 1) {
      parts.push(holder.appendChild(page.make('i', className)));
    }
    return parts;
  }

  // A row of squares, the newest at its right end: settled up to `settled`, under way up to `underway`, awaited up to `all`.
  page.cells = function (holder) {
    var cells = fill(holder, CELLS, 'cell');
    return function (settled, underway, all, unit) {
      var first = Math.max(0, Math.ceil(all / unit) - CELLS);
      page.each(cells, function (cell, i) {
        var low = (first + i) * unit + 1, high = Math.min((first + i + 1) * unit, all);
        page.setClass(cell, low > all ? 'cell' : high <= settled ? 'cell done' : low <= underway ? 'cell flight' : 'cell waiting');
      });
    };
  };

  // The least unit with which what is not settled takes no more than three quarters of a row.
  page.unitFor = function (backlog) {
    for (var i = 0; i < UNITS.length; i += 1) {
      if (backlog / UNITS[i] <= CELLS * 3 / 4) {
        return UNITS[i];
      }
    }
    return UNITS[UNITS.length - 1];
  };

  page.sparkline = function (holder) {
    var values = [], bars = fill(holder, SPARKS, 'spark');
    return function (value) {
      values.push(value);
      if (values.length > SPARKS) {
        values.shift();
      }
      var most = Math.max.apply(Math, values.concat([1]));
      page.each(bars, function (bar, i) {
        var index = i - SPARKS + values.length;
        // Square roots, so that a slow poll doesn't press all the others flat.
        bar.style.height = index < 0 ? '1px' : Math.max(2, Math.round(Math.sqrt(values[index] / most) * 26)) + 'px';
      });
    };
  };

  // The carriers of the last two minutes as a strip, and the latest moves in words: {move(name, why), draw()}.
  page.strip = function (holder, list) {
    var moves = [{ at: page.now(), name: '', why: '' }];

    function draw() {
      var end = page.now(), begin = end - SPAN, used = 0, pieces = [];
      while (moves.length > 1 && moves[1].at <= begin) {
        moves.shift();
      }
      page.each(moves, function (move, i) {
        var from = Math.max(move.at, begin), to = i + 1 < moves.length ? moves[i + 1].at : end;
        pieces.push({ name: move.name, why: move.why, share: Math.max(0, to - from) / SPAN });
      });
      pieces[0].share += Math.max(0, Math.min(moves[0].at - begin, SPAN) / SPAN);
      while (holder.childNodes.length > pieces.length) {
        holder.removeChild(holder.lastChild);
      }
      page.each(pieces, function (piece, i) {
        var part = holder.childNodes[i] || holder.appendChild(page.make('i'));
        // Rounded down and never past the whole: old browsers would wrap the last piece.
        var width = Math.max(0, Math.min(Math.floor(piece.share * 1000) / 10, 99.8 - used));
        used += width;
        part.style.width = width + '%';
        page.setClass(part, 'piece ' + (piece.name || 'none'));
        part.title = page.carrierWords(piece.name) + (piece.why ? ': ' + piece.why : '');
      });
    }

    function tell(name, why) {
      var line = page.make('div', '');
      line.appendChild(page.make('span', 'at', page.clock(page.now())));
      line.appendChild(page.make('b', '', ' ' + page.carrierWords(name)));
      line.appendChild(document.createTextNode(why ? ' \u2013 ' + why : ''));
      list.insertBefore(line, list.firstChild);
      while (list.childNodes.length > MOVES) {
        list.removeChild(list.lastChild);
      }
    }

    return {
      draw: draw,
      move: function (name, why) {
        moves.push({ at: page.now(), name: name, why: why || '' });
        if (moves.length > 200) {
          moves.shift();
        }
        if (name) {
          tell(name, why);
        }
        draw();
      }
    };
  };

  // What the buttons have done, in words that count along.
  page.harmWords = function (status, carrier) {
    var seconds = Math.round((page.now() - status.since) / 1000);
    if (status.starving) {
      return 'Starving for ' + seconds + ' s: open, and nothing gets through. The client notices after about 10 s without an acknowledgement, at the latest after 35 s of silence.';
    }
    if (status.waiting === 'starve') {
      return 'Nothing is open at this moment; the next ' + page.carrierWords(carrier) + ' will starve.';
    }
    if (status.waiting === 'cut') {
      return 'Nothing is open at this moment; the next ' + page.carrierWords(carrier) + ' will be cut.';
    }
    if (status.left) {
      return 'The client left the starved connection after ' + Math.round(status.left / 100) / 10 + ' s, and goes on over another.';
    }
    return 'Cut ends what is open, as a pulled cable does. Starve leaves it open and holds back every byte, either way, as a bad proxy does.';
  };
})(playground);
