// Streaming: a GET whose answer grows by one line a packet. Only whole lines are read; what is left of one when the
// stream ends is discarded, and comes again on the next.

module.exports = function (client, url, hear, end) {
  var read = 0, isHeard = false;

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
  }

  return client.ask({ method: 'GET', url: url, timeout: 0, progress: progress }, function (answer) {
    if (answer.status === 200) {
      progress(answer.text);
    }
    end(answer.status === 200 && isHeard ? '' : answer.why, isHeard ? null : answer);
  });
};
