// A POST by form, into a hidden frame: what is left where nothing else reaches another origin. How it was answered can't be
// seen, only that it was.

var names = require('./names');
var ready = require('./ready');

// Milliseconds that the frame stays: Opera gives up what was posted with it.
var KEPT = 500;

// Puts it into the page, as text: Internet Explorer below 8 heeds neither the name that a frame is given later nor the type
// that a form is given later. (The empty script keeps it from warning of a frame that is not encrypted.)
function build(env, url, text, seq) {
  var box = env.document.createElement('div'), name = names.fresh();
  box.style.display = 'none';
  box.innerHTML = '<iframe name="' + name + '"' + (env.root[names.ACTIVE] ? ' src="javascript:\'\'"' : '') +
    '></iframe><form method="post" accept-charset="UTF-8" target="' + name + '"><textarea name="d"></textarea>' +
    (seq ? '<input type="hidden" name="seq" value="' + seq + '">' : '') + '</form>';
  box.lastChild.action = url;
  box.lastChild.firstChild.value = text;
  env.document.body.appendChild(box);
  return box;
}

// Posts `text` as the field `d`, and `seq` where there is one. `loaded` is called when there is an answer, whatever it is, by
// browsers that tell. Returns how to call it off.
module.exports = function (env, url, text, seq, loaded) {
  var box, frame, cancel;

  function remove() {
    cancel();
    if (box) {
      box.parentNode.removeChild(box);
    }
    box = null;
  }

  function ended() {
    if (loaded && (!frame.readyState || frame.readyState === 'complete')) {
      env.setTimeout(remove, KEPT);
      loaded();
      loaded = null;
    }
  }

  cancel = names.nothing;
  cancel = ready(env, function () {
    box = build(env, url, text, seq);
    frame = box.firstChild;
    frame.onload = frame.onreadystatechange = ended;
    box.lastChild.submit();
  });
  return function () {
    if (loaded) {
      remove();
    }
  };
};
