'use strict';

// A form, and what happens to what is written into it.

function Form(element) {
  const { page } = element;

  element.submit = () => {
    const fields = [];
    element.childNodes.forEach((child) => {
      if (child.name) {
        // A textarea makes line ends its own.
        fields.push([child.name, String(child.value ?? '').replace(/\r?\n/g, '\r\n')]);
      }
    });
    const frame = find(page, element.target);
    if (element.acceptCharset !== 'UTF-8') {
      page.fault('form: sent in the charset of the page');
    }
    if (!element.isThere) {
      page.fault('form: sent without being in the page');
    } else if (!frame) {
      page.fault(`form: no frame is called "${element.target}": a window opens`);
    } else if (element.method !== 'post' && element.method !== 'POST') {
      page.fault('form: sent by GET');
    } else {
      frame.load('POST', element.action, new URLSearchParams(fields).toString(), { 'Content-Type': 'application/x-www-form-urlencoded' });
    }
  };
}

// Below 8 Internet Explorer heeds no name that came after the frame.
function find(page, name) {
  let found = null;
  const look = (element) => {
    if (element.tagName === 'IFRAME' && element.name === name && (element.isParsed || !page.kind.isIe)) {
      found = element;
    }
    element.childNodes.forEach(look);
  };
  look(page.document.documentElement);
  return found;
}

module.exports = { Form };
