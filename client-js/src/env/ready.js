// Calls `fn` as soon as the page has a body and is loaded: what hangs before that keeps the page from ever being so. Not
// forever, because a picture may hang as well. Returns how to call it off.
module.exports = function (env, fn) {
  var page = env.document, looks = 0, timer;

  function look() {
    if (page.body && (!page.readyState || page.readyState === 'complete' || looks++ > 20)) {
      fn();
    } else {
      timer = env.setTimeout(look, 100);
    }
  }

  look();
  return function () { env.clearTimeout(timer); };
};
