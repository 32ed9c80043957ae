// The proof: numbered messages, and what is computed from the numbers that came. Nothing here asks the client whether
// all is well; a message that does not come, comes twice or comes late is seen by its number.

(function (page) {
  var MOST = 100000; // The longest run that is believed: anybody may say anything in a room.
  var RUNS = 24; // Runs of which every number is kept; what older ones proved is kept as sums.

  // Takes what came; knows for each run (of one sender) what is missing.
  page.checker = function () {
    var runs = [], folded = { came: 0, lost: 0, doubled: 0, disorder: 0, outstanding: 0 };

    function find(peer, id) {
      for (var i = 0; i < runs.length; i += 1) {
        if (runs[i].peer === peer && runs[i].id === id && !runs[i].parted) {
          return runs[i];
        }
      }
      return null;
    }

    function begin(peer, data, own) {
      var run = {
        peer: peer, id: data.run, nick: data.nick, own: own, of: data.of,
        base: own ? 1 : 0, most: 0, seen: {}, came: 0, doubled: 0, disorder: 0,
        published: 0, abandoned: false, parted: false, carriers: [], began: page.now(), last: page.now()
      };
      runs.push(run);
      if (runs.length > RUNS) {
        addUp(folded, runs.shift());
      }
      return run;
    }

    // `data` is {run, n, of, nick} as published. Answers the run it belongs to, or null where it is no such thing.
    function take(peer, data, carrier) {
      if (!data || !page.isWhole(data.n, 1, MOST) || !page.isWhole(data.of, data.n, MOST)) {
        return null;
      }
      data = { run: String(data.run).slice(0, 40), n: data.n, of: data.of, nick: String(data.nick).slice(0, 24) };
      var run = find(peer, data.run) || begin(peer, data, false);
      if (run.own) {
        passOver(run);
      }
      count(run, data.n);
      run.last = page.now();
      if (carrier && run.carriers[run.carriers.length - 1] !== carrier && run.carriers.length < 40) {
        run.carriers.push(carrier);
      }
      return run;
    }

    // One's own runs come in the order in which they were sent: what is still missing of an earlier one will not come.
    function passOver(run) {
      for (var i = 0; runs[i] !== run; i += 1) {
        runs[i].abandoned = runs[i].abandoned || runs[i].own && runs[i].came < runs[i].published;
      }
    }

    // A run of somebody else may have been under way when this page came: it counts from the first number heard.
    function count(run, n) {
      var key = 'n' + n;
      run.base = run.base ? Math.min(run.base, n) : n;
      if (run.seen[key]) {
        run.doubled += 1;
        return;
      }
      run.seen[key] = true;
      run.came += 1;
      run.disorder += n < run.most ? 1 : 0;
      run.most = Math.max(run.most, n);
    }

    return {
      take: take,
      // A run of this page's own, all of which must come back: {peer, run, of, nick}.
      expect: function (peer, data) {
        return begin(peer, data, true);
      },
      // The session is lost, and with it the answer to what of one's own messages is still to come.
      abandon: function () {
        page.each(runs, function (run) {
          run.abandoned = run.abandoned || run.own && run.came < run.published;
        });
      },
      // This page has left the room, or its session is over, and it was told so: what others say meanwhile is not for it.
      // Where it hears of their runs again, they count from there.
      part: function () {
        page.each(runs, function (run) {
          run.parted = run.parted || !run.own;
        });
      },
      runs: function () {
        return runs;
      },
      sums: function () {
        var sums = {};
        addUp(sums, null, folded);
        page.each(runs, function (run) {
          addUp(sums, run);
        });
        return sums;
      },
      anew: function () {
        runs = [];
        folded = { came: 0, lost: 0, doubled: 0, disorder: 0, outstanding: 0 };
      }
    };
  };

  // Lost is what was passed over: a higher number came, this one did not. What of one's own has not come at all is
  // outstanding as long as the session lives, and lost with it.
  page.judge = function (run) {
    var end = run.abandoned ? run.published : run.most;
    return {
      came: run.came,
      lost: run.base ? Math.max(0, end - run.base + 1 - run.came) : 0,
      doubled: run.doubled,
      disorder: run.disorder,
      outstanding: run.own && !run.abandoned ? Math.max(0, run.published - Math.max(run.most, 0)) : 0
    };
  };

  function addUp(sums, run, more) {
    var figures = more || page.judge(run);
    page.each(['came', 'lost', 'doubled', 'disorder', 'outstanding'], function (name) {
      sums[name] = (sums[name] || 0) + figures[name];
    });
  }

  // Publishes the numbers 1…of, at `pace` a second or, with 0, as fast as the client takes them. It counts by the clock, not by the
  // ticks: a page in the background is given few. It waits while the client has much to carry.
  page.burst = function (run, pace, wire, publish, done) {
    var began = page.now(), stopped = false;
    var ENOUGH = 262144; // bytes
    var AT_ONCE = 500; // messages in one tick, so that the page goes on moving

    function tick() {
      var due = pace ? Math.ceil((page.now() - began) / 1000 * pace) : run.of;
      var limit = run.published + AT_ONCE;
      while (!stopped && run.published < Math.min(due, limit, run.of) && !(wire.bufferedAmount > ENOUGH)) {
        run.published += 1;
        publish({ run: run.id, n: run.published, of: run.of, nick: run.nick });
      }
      if (stopped || run.published >= run.of) {
        done();
      } else {
        setTimeout(tick, 25);
      }
    }
    tick();
    return {
      stop: function () {
        stopped = true;
      }
    };
  };
})(playground);
