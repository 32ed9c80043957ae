/* Runs the scenario in Windows' script host, as Wine has it: the language of Internet Explorer 6 to 8, and MSXML's requests.

     cscript //nologo wine.js http://127.0.0.1:PORT QUERY

   There is no page, and there are no timers. WScript.Sleep does nothing in Wine; what lets requests go on is a request that is
   waited for. So the clock here is one: /test/sleep is answered when its time is over. */
var window = this;
var site = String(WScript.Arguments(0));
var location = {
  href: site + '/scenario.html' + WScript.Arguments(1), protocol: 'http:', host: site.slice(7), hostname: '127.0.0.1',
  port: site.replace(/^.*:/, ''), pathname: '/scenario.html', search: String(WScript.Arguments(1)), hash: ''
};
var navigator = { userAgent: 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)', onLine: true };

/* Wine calls back what it has thrown away: a request that was aborted, and that nothing refers to, ends the program. */
var kept = [], Plain = ActiveXObject;
ActiveXObject = function (id) {
  var made = new Plain(id);
  kept.push(made);
  if (kept.length > 500) { kept.shift(); }
  return made;
};

function noted(text) { WScript.Echo(text); }

var clock = { timers: [], count: 0, failures: 0 };

function setTimeout(run, ms) {
  clock.count += 1;
  clock.timers.push({ id: clock.count, run: run, at: new Date().getTime() + (Number(ms) || 0) });
  return clock.count;
}

function clearTimeout(id) {
  var i;
  for (i = 0; i < clock.timers.length; i += 1) {
    if (clock.timers[i].id === id) {
      clock.timers.splice(i, 1);
      return;
    }
  }
}

function fetched(path) {
  var request = new ActiveXObject('Microsoft.XMLHTTP');
  request.open('GET', site + path, false);
  request.send(null);
  return request.responseText;
}

/* The timer that is due for the longest. */
function due() {
  var time = new Date().getTime(), first = null, i;
  for (i = 0; i < clock.timers.length; i += 1) {
    if (clock.timers[i].at <= time && (!first || clock.timers[i].at < first.at)) { first = clock.timers[i]; }
  }
  return first;
}

eval(fetched('/everwire/client.min.js'));
eval(fetched('/scenario.js'));

/* The test cuts connections, this one too; where nobody answers any more, the test is over. */
function sleep() {
  try {
    fetched('/test/sleep?ms=10&unique=' + Math.random());
    clock.failures = 0;
  } catch (cut) {
    clock.failures += 1;
    if (clock.failures > 20) { WScript.Quit(1); }
  }
}

(function () {
  var timer;
  while (true) {
    timer = due();
    if (timer) {
      clearTimeout(timer.id);
      try {
        timer.run();
      } catch (error) {
        WScript.Echo('uncaught ' + error.name + ': ' + error.message);
      }
    } else {
      sleep();
    }
  }
}());
