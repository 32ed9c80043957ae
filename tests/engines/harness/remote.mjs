// Commands for a page that can only fetch scripts. It asks `/remote/command?n=N`, and is answered with a script once there is
// a command; it says what came of it by `/remote/answer?n=N&part=P&of=Q&value=…`, in pieces that an address has room for.

const remotes = new Map();

/** The commands for the one page that a web server on this port shows. */
export function remoteAt(port) {
  const key = String(port);
  if (!remotes.has(key)) remotes.set(key, new Remote());
  return remotes.get(key);
}

class Remote {
  constructor() {
    this.commands = [];
    this.parts = [];
  }

  /** What evaluating the code comes to: `done VALUE` or `failed WHY`. */
  ask(code) {
    return new Promise((resolve) => {
      this.commands.push({ code, resolve });
      this.next();
    });
  }

  next() {
    if (!this.asking || !this.commands.length) return;
    const ask = this.asking;
    this.asking = undefined;
    this.current = this.commands.shift();
    this.parts = [];
    ask(`remote.obey(${JSON.stringify(this.current.code).replace(/[\u2028\u2029]/g, (it) => `\\u${it.charCodeAt(0).toString(16)}`)});`);
  }

  /** @param {URL} url @param {(script: string) => void} answer */
  serve(url, answer) {
    if (url.pathname === '/remote/command') {
      this.asking = answer;
      return this.next();
    }
    const { searchParams: given } = url;
    this.parts[Number(given.get('part'))] = given.get('value');
    answer('/**/');
    if (Object.keys(this.parts).length === Number(given.get('of'))) this.current.resolve(this.parts.join(''));
  }
}
