'use strict';

// A script tag, and how browsers tell that it is over: by `events`, by `states` (Internet Explorer), all of it in a `muddle`
// (Internet Explorer 9), or not at all (`silent`: Konqueror, old Opera).

const vm = require('node:vm');

function Script(element) {
  const { page } = element;
  let src = '';
  let isInserted = false;

  element.inserted = () => {
    isInserted = true;
    begin();
  };
  Object.defineProperty(element, 'src', {
    get: () => src,
    set: (url) => {
      src = url;
      begin();
    }
  });

  const tell = (name) => element[name]?.({ type: name.slice(2) });
  const state = (name) => {
    element.readyState = name;
    tell('onreadystatechange');
  };

  // Taking the element out of the page stops nothing.
  function begin() {
    if (!src || !isInserted) {
      return;
    }
    let text = '';
    let isGood = true;
    page.net.request({ method: 'GET', url: new URL(src, page.url).href }, {
      head: (status, headers) => {
        isGood = status === 200 && !(/nosniff/.test(headers['x-content-type-options']) && !/javascript/.test(headers['content-type']));
      },
      data: (piece) => {
        text += piece;
      },
      end: () => END[page.kind.script](isGood, () => run(text)),
      error: () => END[page.kind.script](false, () => {})
    });
  }

  function run(text) {
    try {
      vm.runInContext(text, page.window);
    } catch (error) {
      // The page goes on; but what calls a name that is gone is our fault.
      if (error.name === 'ReferenceError') {
        page.fault(`a script calls what is gone: ${error.message}`);
      }
    }
  }

  const END = {
    events: (isGood, run) => {
      if (isGood) {
        run();
      }
      tell(isGood ? 'onload' : 'onerror');
    },
    states: (isGood, run) => {
      state('loaded');
      if (isGood) {
        run();
      }
      state('complete');
    },
    muddle: (isGood, run) => {
      tell('onload');
      state('loaded');
      page.timers.setTimeout(() => page.run(() => {
        if (isGood) {
          run();
        } else {
          tell('onerror');
        }
        state('complete');
      }), 50);
    },
    silent: (isGood, run) => isGood && run()
  };
}

module.exports = { Script };
