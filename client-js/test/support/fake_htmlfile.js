'use strict';

// ActiveXObject('htmlfile'): a document that no window shows. It lives as long as something global holds it, and its
// connections until the garbage is collected.

const dom = require('./fake_dom');

function make(page) {
  return class Htmlfile {
    constructor() {
      this.isOpen = this.isMade = false;
    }

    open() {
      this.isOpen = true;
    }

    write(text) {
      if (!this.isOpen || !/<body>/.test(text)) {
        throw new Error('htmlfile: nothing to write to, or no body');
      }
    }

    close() {
      this.parentWindow = page.context();
      this.body = dom.makeElement(page, 'body', this);
      this.body.isRoot = true;
      // Asked for at each piece that comes.
      this.isHeld = () => page.holds(this);
    }

    createElement(tag) {
      if (!this.body) {
        throw new Error('htmlfile: it was never closed');
      }
      return dom.makeElement(page, tag, this);
    }
  };
}

// What was removed gives its connection back only now, and only if nothing holds its document.
function collect(page) {
  for (const frame of page.removed ?? []) {
    if (page.holds(frame.owner)) {
      page.fault('htmlfile: collected while it was held: its connection stays');
    } else {
      frame.abort();
    }
  }
  page.removed = [];
}

module.exports = { make, collect };
