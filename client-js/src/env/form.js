// A POST by form, into a hidden frame: what is left where nothing else reaches another origin. How it was answered can't be
// seen, only that it was.

var names = require('./names');

// Milliseconds that the frame stays: Opera gives up what was posted with it.
var KEPT = 500;

// Posts `text` as the field `d`, and `seq` where there is one. `answered` is called when there is an answer, whatever it is, by
// browsers that tell. Returns what removes it, at once or (`isDone`) as soon as may be.
module.exports = function (env, url, text, seq, answered) {
  var page = env.document, box = page.createElement('div'), name = names.fresh(), frame, form;
  // As text: Internet Explorer below 8 heeds neither the name that a frame is given later nor the type that a form is given
  // later. (The empty script keeps it from warning of a frame that is not encrypted.)
  box.innerHTML = '<iframe name="' + name + '"' + (env.root[names.ACTIVE] ? ' src="javascript:\'\'"' : '') +
    '></iframe><form method="post" accept-charset="UTF-8" target="' + name + '"><textarea name="d"></textarea>' +
    (seq ? '<input type="hidden" name="seq" value="' + seq + '">' : '') + '</form>';
  box.style.display = 'none';
  frame = box.firstChild;
  form = box.lastChild;
  form.action = url;
  form.firstChild.value = text;
  page.body.appendChild(box);
  frame.onload = frame.onreadystatechange = function () {
    if (!frame.readyState || frame.readyState === 'complete') {
      answered();
    }
  };
  form.submit();
  return function (isDone) {
    env.setTimeout(function () { box.parentNode.removeChild(box); }, isDone ? KEPT : 0);
  };
};
