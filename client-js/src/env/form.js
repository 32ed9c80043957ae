// A POST by form, into a hidden frame: what is left where nothing else reaches another origin. How it was answered can't be
// seen, only that it was.

var names = require('./names');

// Milliseconds that the frame stays: Opera gives up what was posted with it.
var KEPT = 500;

// Posts `text` as the field `d`, and `seq` out of the query. `answered` is called when there is an answer, whatever it is, by
// browsers that tell. Returns what removes it, at once or (`isDone`) as soon as may be.
module.exports = function (env, url, text, answered) {
  var page = env.document, box = page.createElement('div'), name = names.fresh(), frame, form,
    seq = /seq=(\d+)&/.exec(url);
  // As text: Internet Explorer below 8 heeds neither the name that a frame is given later nor the type that a form is given
  // later. (The empty script keeps it from warning of a frame that is not encrypted.)
  box.innerHTML = '<iframe name="' + name + '"' + (env.root[names.ACTIVE] ? ' src="javascript:\'\'"' : '') +
    '></iframe><form method="post" accept-charset="UTF-8" target="' + name + '"><textarea name="d"></textarea>' +
    '<input name="seq" value="' + (seq ? seq[1] : 1) + '"></form>';
  box.style.display = 'none';
  frame = box.firstChild;
  form = box.lastChild;
  form.action = url.replace(seq && seq[0], '');
  form.firstChild.value = text;
  page.body.appendChild(box);
  names.ended(frame, answered);
  form.submit();
  return function (isDone) {
    env.setTimeout(function () { names.remove(box); }, isDone ? KEPT : 0);
  };
};
