// Streaming: a GET whose answer grows by one line a packet. Only whole lines are read; what is left of one when the
// stream ends is discarded, and comes again on the next.

module.exports = function (client, url, hear, end) {
  var read = 0, isOver = false;

  // What is heard may stop it.
  function progress(text) {
    var line, next;
    while (!isOver && (next = text.indexOf('\n', read)) >= 0) {
      line = text.slice(read, next);
      read = next + 1;
      if (/\S/.test(line)) {
        hear(line);
      }
    }
  }

  var giveUp = client.env.request.send(client.env, {
    method: 'GET', url: url, timeout: 0, credentials: client.given.credentials, progress: progress
  }, function (answer) {
    var isWhole = answer.status === 200;
    if (isWhole) {
      progress(answer.text);
    }
    if (!isOver) {
      end(isWhole ? '' : 'it was cut', answer);
    }
  });
  return function () {
    isOver = true;
    giveUp();
  };
};
