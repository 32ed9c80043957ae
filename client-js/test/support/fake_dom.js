'use strict';

// As much of a document as carriers need: boxes, and what loads something: scripts, frames, forms.

const { Frame } = require('./fake_frame');
const { Script } = require('./fake_script');
const { Form } = require('./fake_form');

class Element {
  constructor(page, tag, owner) {
    Object.assign(this, { page, tagName: tag.toUpperCase(), owner, style: {}, childNodes: [], parentNode: null });
  }

  get firstChild() {
    return this.childNodes[0] ?? null;
  }

  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }

  // It is in a document.
  get isThere() {
    return this.isRoot || !!this.parentNode?.isThere;
  }

  appendChild(child) {
    return this.insertBefore(child, null);
  }

  insertBefore(child, next) {
    if (this.page.inFrame) {
      this.page.fault(`the page was changed by a frame's script (${child.tagName})`);
    }
    const at = next ? this.childNodes.indexOf(next) : this.childNodes.length;
    this.childNodes.splice(at, 0, child);
    child.parentNode = this;
    walk(child, (one) => one.isThere && one.inserted?.());
    return child;
  }

  removeChild(child) {
    const at = this.childNodes.indexOf(child);
    if (at < 0) {
      throw new Error('NOT_FOUND_ERR');
    }
    if (this.page.inFrame) {
      this.page.fault(`the page was changed by a frame's script (${child.tagName} removed)`);
    }
    this.childNodes.splice(at, 1);
    child.parentNode = null;
    walk(child, (one) => one.removed?.());
    return child;
  }

  // Only what carriers write.
  set innerHTML(text) {
    let into = this;
    for (const [, isEnd, tag, attributes] of text.matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
      if (isEnd) {
        into = into.parentNode;
      } else {
        const child = makeElement(this.page, tag, this.owner);
        child.isParsed = true;
        for (const [, name, value] of attributes.matchAll(/([\w-]+)="([^"]*)"/g)) {
          child.attribute(name, value);
        }
        into.appendChild(child);
        into = tag === 'input' ? into : child;
      }
    }
  }

  attribute(name, value) {
    this[{ 'accept-charset': 'acceptCharset' }[name] ?? name] = value;
  }
}

function walk(element, fn) {
  fn(element);
  element.childNodes.forEach((child) => walk(child, fn));
}

const KINDS = { IFRAME: Frame, SCRIPT: Script, FORM: Form };

function makeElement(page, tag, owner) {
  // Internet Explorer below 8 takes a whole tag, and a name in no other way.
  const whole = /^<(\w+) name="?([^">]*)"?>$/.exec(tag);
  if (whole && !page.kind.isIe) {
    throw new Error('INVALID_CHARACTER_ERR');
  }
  const element = new Element(page, whole ? whole[1] : tag, owner);
  const behaviour = KINDS[element.tagName];
  if (behaviour) {
    behaviour(element);
  }
  if (whole) {
    element.isParsed = true;
    element.name = whole[2];
  }
  return element;
}

function makeDocument(page, { domain, body }) {
  const document = { readyState: body ? 'complete' : 'loading', domain: domain ?? new URL(page.url).hostname };
  const html = makeElement(page, 'html', document);
  const head = makeElement(page, 'head', document);
  html.isRoot = true;
  html.appendChild(head);
  Object.assign(document, {
    documentElement: html,
    compatMode: page.isQuirks ? 'BackCompat' : 'CSS1Compat',
    createElement: (tag) => makeElement(page, tag, document),
    getElementsByTagName: (tag) => (tag === 'head' ? [head] : []),
    // The rest of the page comes.
    load: () => {
      document.body = html.appendChild(makeElement(page, 'body', document));
      document.readyState = 'complete';
    }
  });
  Object.assign(document, page.events(document, page.kind.events));
  if (body) {
    document.load();
  }
  return document;
}

module.exports = { makeDocument, makeElement };
