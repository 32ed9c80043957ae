// Streaming: a GET whose answer grows by one line a packet. Only whole lines are read; what is left of one when the
// stream ends is discarded, and comes again on the next.

// Bytes after which it is ended here, beside two of the largest packets: the gateway's own ends long before.
var MOST = 1048576;

module.exports = function (client, url, hear, end) {
  var read = 0, isHeard = false, stop;

  function progress(text) {
    var next, line;
    while ((next = text.indexOf('\n', read)) >= 0) {
      line = text.slice(read, next);
      read = next + 1;
      if (/\S/.test(line)) {
        isHeard = true;
        hear(line);
      }
    }
    if (stop && text.length > MOST + 2 * (client.session.terms.max || 0)) {
      stop();
      end(isHeard && text.length < 2 * read ? '' : 'it does not end');
    }
  }

  stop = client.ask({ method: 'GET', url: url, timeout: 0, progress: progress }, function (answer) {
    if (answer.status === 200) {
      progress(answer.text);
    }
    end(answer.status === 200 && isHeard ? '' : answer.why, isHeard ? null : answer);
  });
  return stop;
};
