'use strict';

// That the fakes refuse what the real ones refuse: a client that breaks one of their rules fails. The rule is broken in the
// text of the client, and what is found is what the fake says of it.

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { start } = require('./support/binary');
const { visit, connect } = require('./support/old_session');

const TEXT = fs.readFileSync(path.join(__dirname, '../dist/client.js'), 'utf8');

let gateway;

test.before(async () => {
  gateway = await start();
});

test.after(() => gateway?.stop());

function broken(from, to) {
  assert.ok(from.test(TEXT), `the client has ${from}`);
  return TEXT.replace(from, to);
}

// Uses a carrier for a while, and leaves.
async function use(text, [browser, where, name]) {
  const page = visit(browser, where, gateway, { text });
  const session = connect(page, gateway, name ? { carriers: [name] } : {});
  // As applications do.
  session.client.on('n', () => page.document.body?.appendChild(page.document.createElement('div')));
  const isOver = () => page.faults.length > 0 || session.told.heard.length > 4;
  const begun = Date.now();
  session.client.emit('n', 1);
  while (!isOver() && Date.now() - begun < 1200) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    session.client.emit('n', 2);
  }
  page.net.cut(({ method }) => method === 'GET');
  await new Promise((resolve) => setTimeout(resolve, 700));
  session.client.reconnect();
  await new Promise((resolve) => setTimeout(resolve, 300));
  session.client.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const left = page.unload().filter((one) => !/jsonp$/.test(one));
  page.stop();
  return { faults: page.faults, errors: page.errors, left, heard: session.told.heard };
}

const XDR = ['ie9', 'other', 'long-poll'];
const XDR8 = ['ie8', 'other', 'stream'];
const MSXML = ['ie6', 'own', 'long-poll'];
const HTMLFILE = ['ie6', 'own', 'frame'];
const POSTED = ['ie8', 'other', 'frame'];
const JSONP = ['ie6', 'other', 'jsonp'];
const SSE = ['opera11', 'own', 'sse'];

test('a client that breaks no rule has no fault', async () => {
  for (const where of [XDR, XDR8, MSXML, HTMLFILE, POSTED, JSONP, SSE]) {
    const { faults, errors, left, heard } = await use(TEXT, where);
    assert.deepStrictEqual({ where, faults, errors, left }, { where, faults: [], errors: [], left: [] });
    assert.ok(heard.length > 4, `${where}`);
  }
});

// What is broken, where, how, and what the fake finds.
const RULES = [
  ['XDomainRequest without onprogress', XDR, /xdr\.onprogress = function/, 'xdr.other = function', /without onprogress/],
  ['XDomainRequest without ontimeout', XDR, /xdr\.ontimeout = function/, 'xdr.other = function', /without ontimeout/],
  ['XDomainRequest without onerror', XDR, /xdr\.onerror = function/, 'xdr.other = function', /without onerror/],
  ['XDomainRequest without a timeout', XDR, /xdr\.timeout = 0/, 'xdr.other = 0', /without a timeout/],
  ['XDomainRequest sent at once', XDR, /request\.sending = env\.setTimeout\(function \(\) \{ request\.send\(\); \}, 0\)/, 'request.send()', /the very code that made it/],
  ['XDomainRequest held by nothing', XDR8, /[\w$]+\.take\(this\.env\.root, xdr\)/, '0', /collected while it was at work/],
  ['XDomainRequest aborted with its handlers', XDR8, /xdr\.onload = xdr\.onerror = xdr\.ontimeout = xdr\.onprogress = [\w$.]+;/, '', /aborted with its handlers/],
  ['XDomainRequest read before anything came', XDR, /xdr\.timeout = 0;/, 'xdr.timeout = 0; xdr.responseText;', /read before anything/],
  ['XDomainRequest with a header', XDR, /xdr\.timeout = 0;/, 'xdr.timeout = 0; xdr.setRequestHeader("A", "b");', null],
  ['MSXML with a handler that is null', MSXML, /xhr\.onreadystatechange = nothing[\w$]*/, 'xhr.onreadystatechange = null', /no function/],
  ['a frame with an address before it is in the page', POSTED, /frame\.style\.display = 'none';/, 'frame.style.display = "none"; frame.src = "http://a.test/";', /a step in the history/],
  ['an htmlfile that nothing holds', HTMLFILE, /root\[this\.name\] = page;/, '', /htmlfile: collected/],
  ['an htmlfile whose garbage stays', HTMLFILE, /CollectGarbage\(\);/, '', /two connections for GET/],
  ['an htmlfile that is held to its end', HTMLFILE, /(delete frames\[this\.name\];\s*)root\[this\.name\] = [\w$.]+;/, '$1', /collected while it was held/],
  ['what a frame brings is heard in its script', HTMLFILE, /this\.timer = this\.timer \|\| this\.env\.setTimeout\(function \(\) \{ self\.drain\(\); \}, 0\);/, 'self.drain();', /changed by a frame's script/],
  ['what is posted is heard at once', POSTED, /this\.timer = this\.timer \|\| this\.env\.setTimeout\(function \(\) \{ self\.drain\(\); \}, 0\);/, 'self.drain();', /changed by a frame's script/],
  ['a form\'s frame that is named later', JSONP, /'<iframe name="' \+ name \+ '"'/, '\'<iframe\'', /a window opens/],
  ['a form in the page\'s charset', JSONP, / accept-charset="UTF-8"/, '', /charset of the page/],
  ['a form that is not in the page', JSONP, /env\.document\.body\.appendChild\(box\);/, 'env.document.createElement("div").appendChild(box);', /without being in the page|a window opens/],
  ['a callback that is gone when its script comes', JSONP, /root\[name\] = function \(\) \{ [\w$.]+\(root, name\); \};/, '$& if (!isCalled) { delete root[name]; }', /calls what is gone/],
  ['an EventSource closed while it tells', SSE, /if \(source && isTelling\)/, 'if (false)', /the browser crashed/],
  ['an EventSource whose failure is not heeded', SSE, /env\.setTimeout\(close[\w$]*, LATER[\w$]*\);\s*end\(''\);/, 'end(\'\');', /connects again by itself/],
  ['more than two connections', ['ie6', 'own', ''], /isScarce: typeof JSON === 'undefined'/, 'isScarce: false', /two connections for GET/]
];

for (const [what, where, from, to, fault] of RULES) {
  test(`it is found: ${what}`, async () => {
    const { faults, errors, left, heard } = await use(broken(from, to), where);
    if (fault) {
      assert.ok(faults.some((one) => fault.test(one)), JSON.stringify({ faults, left, heard: heard.length, errors: errors.map(String) }));
    } else {
      assert.ok(heard.length < 5 || errors.length > 0 || left.length > 0, JSON.stringify({ faults, left, heard: heard.length }));
    }
  });
}
