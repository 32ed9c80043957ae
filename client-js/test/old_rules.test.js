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
  const isThere = () => !name || session.client.carrier === name;
  const isOver = () => page.faults.length > 0 || (isThere() && session.told.heard.length > 4);
  const begun = Date.now();
  session.client.emit('n', 1);
  while (!isOver() && Date.now() - begun < 4000) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    session.client.emit('n', 2);
  }
  // (Of a script whose end is told only after a while there is no late answer to see.)
  page.net.cut(({ method }) => method === 'GET' && name !== 'jsonp');
  await new Promise((resolve) => setTimeout(resolve, 700));
  session.client.reconnect();
  for (let tries = 0; tries < 100 && !(tries > 14 && (page.faults.length || isThere())); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  session.client.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const left = page.unload().filter((one) => !/(jsonp|events)$/.test(one));
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
  ['XDomainRequest without ontimeout', XDR, /xdr\.onerror = xdr\.ontimeout = function/, 'xdr.onerror = function', /without ontimeout/],
  ['XDomainRequest without onerror', XDR, /xdr\.onerror = xdr\.ontimeout = function/, 'xdr.ontimeout = function', /without onerror/],
  ['XDomainRequest without a timeout', XDR, /xdr\.timeout = 0/, 'xdr.other = 0', /without a timeout/],
  ['XDomainRequest sent at once', XDR, /sending = env\.setTimeout\((function \(\) \{[^]*?\n  \}), 0\);/, '($1)();', /the very code that made it/],
  ['XDomainRequest held by nothing', XDR8, /[\w$]+\.take\(root, xdr\)/, '0', /collected while it was at work/],
  ['XDomainRequest aborted with its handlers', XDR8, /xdr\.onload = xdr\.onerror = xdr\.ontimeout = xdr\.onprogress = [\w$.]+;/, '', /aborted with its handlers/],
  ['XDomainRequest read before anything came', XDR, /xdr\.timeout = 0;/, 'xdr.timeout = 0; xdr.responseText;', /read before anything/],
  ['XDomainRequest with a header', XDR, /xdr\.timeout = 0;/, 'xdr.timeout = 0; xdr.setRequestHeader("A", "b");', null],
  ['MSXML with a handler that is null', MSXML, /xhr\.onreadystatechange = nothing[\w$]*/, 'xhr.onreadystatechange = null', /no function/],
  ['a frame with an address before it is in the page', POSTED, /page\.body\.appendChild\(frame\);/, 'frame.src = url; page.body.appendChild(frame);', /a step in the history/],
  ['an htmlfile that nothing holds', HTMLFILE, /[\w$.]+take\(env\.root, page \|\| call[\w$]*\)/, '"_ew1"', /htmlfile: collected/],
  ['an htmlfile whose garbage stays', HTMLFILE, /CollectGarbage\(\);/, '', /two connections for GET/],
  ['an htmlfile that is held to its end', HTMLFILE, /root\[name\] = [\w$.]+;(\s*delete hearers)/, '$1', /collected while it was held/],
  ['what a frame brings is heard in its script', HTMLFILE, /timer = timer \|\| env\.setTimeout\(drain[\w$]*, 0\);/, 'drain();', /changed by a frame's script/],
  ['what is posted is heard at once', POSTED, /timer = timer \|\| env\.setTimeout\(drain[\w$]*, 0\);/, 'drain();', /changed by a frame's script/],
  ['a form\'s frame that is named later', JSONP, /'<iframe name="' \+ name \+ '"'/, '\'<iframe\'', /a window opens/],
  ['a form in the page\'s charset', JSONP, / accept-charset="UTF-8"/, '', /charset of the page/],
  ['a form that is not in the page', JSONP, /page\.body\.appendChild\(box\);/, 'page.createElement("div").appendChild(box);', /without being in the page|a window opens/],
  ['a callback that is gone when its script comes', JSONP, /root\[name\] = free[\w$]*;/, '$& if (!isCalled) { delete root[name]; }', /calls what is gone/],
  ['an EventSource closed while it tells', SSE, /env\.setTimeout\((function \(\) \{ source\.close\(\); \}), LATER[\w$]*\);/, '($1)();', /the browser crashed/],
  ['an EventSource whose failure is not heeded', SSE, /stop[\w$]*\(\);\s*end\(''\);/, 'end(\'\');', /connects again by itself/],
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
