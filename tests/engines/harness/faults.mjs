// What proxies do to what passes through them. Each is a plain object that harness/fault_proxy.mjs acts on; a proxy may have
// several, which all apply.
//
//   fits(request)        which requests it befalls; absent: all
//   hangs                the request is taken and never answered
//   answers              {status, headers, body}: in the gateway's place
//   swallows             the request's head passes, its body never arrives
//   buffers              the answer is passed on when it is complete
//   starves              {up, down}: behind the handshake of an upgrade nothing passes, in these directions
//   strips               {request, answer}: names of headers that are taken out
//   holds                ms that an answer comes late

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const page = (text) => `<!DOCTYPE html><html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`;

export const isUpgrade = (request) => /websocket/i.test(request.headers.upgrade ?? '');
const isOurs = (request) => /\/everwire\/(session|ws)|\/socket\.io\/|\/sockjs\//.test(request.url);
const isPost = (request) => request.method === 'POST' && isOurs(request);
const isGet = (request) => request.method === 'GET' && isOurs(request) && !isUpgrade(request);

export const upgradeHangs = () => ({ fits: isUpgrade, hangs: true });

/** An upgrade is met with a page of HTML. */
export const upgradeAnswered = (status) => ({ fits: isUpgrade, answers: { status, headers: HTML, body: page(`Answer ${status}`) } });

/** A WebSocket opens, and then nothing passes on it. */
export const framesDropped = (starves) => ({ fits: isUpgrade, starves });

/** Every answer to a GET without Content-Length is kept to its end: whoever waits for its beginning waits for its end. */
export const streamsBuffered = () => ({ fits: (request) => isGet(request), buffers: (answer) => answer.headers['content-length'] === undefined });

export const everythingBuffered = () => ({ fits: (request) => isOurs(request) && !isUpgrade(request), buffers: () => true });

export const postsSwallowed = () => ({ fits: isPost, swallows: true });

/** A page that asks for a name and a password, with status 200, in the place of so many answers, or of those that fit. */
export function loginPage({ fits = () => true, times = Infinity } = {}) {
  let left = times;
  return {
    fits: (request) => isOurs(request) && fits(request) && left > 0 && (left -= 1) >= 0,
    answers: { status: 200, headers: HTML, body: page('Please log in') },
  };
}

/** Each so-manieth request is met with it. */
export function loginPageNowAndThen(every) {
  let count = 0;
  return loginPage({ fits: (request) => !isUpgrade(request) && (count += 1) % every === 0 });
}

export const stripped = (strips) => ({ fits: isOurs, strips });

export const answersHeld = (ms) => ({ fits: (request) => isOurs(request) && !isUpgrade(request), holds: ms });
