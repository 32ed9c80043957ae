'use strict';

// A bad network between a client and the gateway, in virtual time: what the weather says happens to requests and
// WebSockets. `weather()` gives the present probabilities:
//   lost, unanswered   a request or its answer vanishes
//   refused            a request fails at once
//   proxied            something on the way answers instead (or throws the answer away)
//   doubled            a request arrives twice
//   late               an answer takes up to a minute
//   noSocket           how a WebSocket goes wrong: 0 not, else the probability
//   cut, starve        per second: a WebSocket or a stream is cut, or one direction of it dies
//   held               a stream is held back to its end

const { SocketLink } = require('./gateway_socket');

const PAGES = [
  [404, '<h1>Not Found</h1>'], [502, 'Bad Gateway'], [200, '<html>Please log in</html>'], [504, ''],
  [200, '{"logged_in":false}'], [403, '{"error":"blocked"}'], [407, '']
];

class Network {
  constructor(clock, random, gateway, weather) {
    Object.assign(this, { clock, random, gateway, weather });
    this.sockets = new Set();
    // Requests in flight, to see that there are never two with messages.
    this.posting = 0;
    this.most = 0;
  }

  chance(probability) {
    return probability > 0 && this.random() < probability;
  }

  delay() {
    return 5 + Math.floor(this.random() * 60);
  }

  later(ms, fn) {
    this.clock.setTimeout(fn, ms);
  }

  // The environment of a client.
  env() {
    const network = this;
    return {
      xhr: () => new Xhr(network),
      WebSocket: class extends FakeSocket {
        constructor(url) {
          super(network, url);
        }
      },
      setTimeout: (fn, ms) => this.clock.setTimeout(fn, ms),
      clearTimeout: (timer) => this.clock.clearTimeout(timer),
      now: () => this.clock.now(),
      random: this.random,
      sessionStorage: null,
      localStorage: null,
      fetch: null,
      document: null,
      location: null
    };
  }

  send(xhr) {
    const weather = this.weather();
    if (this.chance(weather.refused)) {
      this.later(this.delay(), () => xhr.end(0, ''));
    } else if (this.chance(weather.lost)) {
      this.vanish(xhr);
    } else if (this.chance(weather.proxied) && this.chance(0.5)) {
      this.proxy(xhr);
    } else {
      const times = this.chance(weather.doubled) ? 2 : 1;
      for (let time = 0; time < times; time++) {
        this.later(this.delay() + (time ? Math.floor(this.random() * 3000) : 0), () => this.arrive(xhr));
      }
    }
  }

  // Half of what vanishes ends with an error, half hangs.
  vanish(xhr) {
    if (this.chance(0.5)) {
      this.later(this.delay() + Math.floor(this.random() * 5000), () => xhr.end(0, ''));
    }
  }

  proxy(xhr) {
    const [status, text] = PAGES[Math.floor(this.random() * PAGES.length)];
    this.later(this.delay(), () => xhr.end(status, text));
  }

  arrive(xhr) {
    if (xhr.isOver && /stream$/.test(xhr.path)) {
      // Its connection is gone.
      return;
    }
    this.gateway.request(xhr, (status, body, headers) => {
      const weather = this.weather();
      if (this.chance(weather.unanswered)) {
        this.vanish(xhr);
      } else if (this.chance(weather.proxied)) {
        this.proxy(xhr);
      } else {
        const late = this.chance(weather.late) ? Math.floor(this.random() * 60000) : 0;
        this.later(this.delay() + late, () => xhr.end(status, JSON.stringify(body), headers));
      }
    }, new Pipe(this, xhr));
  }
}

// An answer that goes on: in order, in pieces that end anywhere.
class Pipe {
  constructor(network, xhr) {
    Object.assign(this, { network, xhr, at: 0, held: '', isMine: !xhr.pipe });
    this.isHeld = network.chance(network.weather().held);
    xhr.pipe = xhr.pipe || this;
  }

  travel(fn) {
    const { network } = this;
    this.at = Math.max(this.at, network.clock.time + network.delay());
    network.clock.setTimeout(() => this.isDead || fn(), this.at - network.clock.time);
  }

  write(text) {
    if (!this.isBegun) {
      this.isBegun = true;
      this.suffer();
    }
    const cut = this.network.chance(0.2) ? Math.floor(this.network.random() * text.length) : text.length;
    this.travel(() => this.pass(text.slice(0, cut)));
    this.travel(() => this.pass(text.slice(cut)));
  }

  // What comes second, where something on the way has repeated the request, is heard by nobody.
  pass(text) {
    if (this.isHeld) {
      this.held += text;
    } else if (this.isMine && text) {
      this.xhr.grow(text);
    }
  }

  end() {
    this.isEnded = true;
    this.travel(() => {
      if (this.isMine) {
        this.xhr.end(200, (this.xhr.text || '') + this.held);
      }
    });
  }

  // Once a second the weather may do something to it.
  suffer() {
    const { network } = this;
    if (this.isEnded || this.isDead) {
      return;
    }
    const weather = network.weather();
    if (network.chance(weather.cut)) {
      this.isDead = true;
      network.later(network.chance(0.7) ? 0 : 40000, () => this.onCut?.());
      if (this.isMine && network.chance(0.7)) {
        this.xhr.end(network.chance(0.5) ? 0 : 200, this.xhr.text || '');
      }
    } else if (network.chance(weather.starve)) {
      this.isDead = true;
    }
    network.later(1000, () => this.suffer());
  }

  // The browser has given it up.
  abort() {
    this.isDead = true;
    this.network.later(this.network.delay(), () => this.onCut?.());
  }
}

class Xhr {
  constructor(network) {
    this.network = network;
    this.readyState = 0;
    // Some engines tell only once that something has come.
    this.tellsOnce = network.chance(0.5);
  }

  grow(text) {
    if (!this.isOver) {
      this.text = (this.text || '') + text;
      if (this.readyState !== 3 || !this.tellsOnce) {
        this.readyState = 3;
        this.onreadystatechange?.();
      }
    }
  }

  open(method, url) {
    const { pathname, searchParams } = new URL(url);
    this.method = method;
    this.path = pathname.replace('/everwire', '');
    this.query = Object.fromEntries(searchParams);
  }

  setRequestHeader() {}

  send(body) {
    this.body = body;
    if (this.query.seq) {
      this.network.posting++;
      this.network.most = Math.max(this.network.most, this.network.posting);
    }
    this.network.send(this);
  }

  // Read only when it is over, as in Internet Explorer.
  get status() {
    return this.read('code');
  }

  get responseText() {
    return this.read('text');
  }

  read(name) {
    if (this.readyState !== 4 && !this.text) {
      throw new Error('c00c023f');
    }
    return this[name];
  }

  getResponseHeader(name) {
    return this.headers?.[name.toLowerCase()] ?? null;
  }

  end(code, text, headers) {
    if (this.isOver) {
      return;
    }
    this.over();
    Object.assign(this, { code, text, headers, readyState: 4 });
    this.onreadystatechange?.();
  }

  over() {
    this.isOver = true;
    if (this.query.seq) {
      this.network.posting--;
    }
  }

  abort() {
    if (!this.isOver) {
      this.over();
      this.pipe?.abort();
    }
  }
}

class FakeSocket {
  constructor(network, url) {
    Object.assign(this, { network, url, bufferedAmount: 0, readyState: 0 });
    this.up = this.down = 0;
    this.isDeaf = this.isDumb = false;
    const weather = network.weather();
    if (network.chance(weather.noSocket)) {
      this.goWrong(Math.floor(network.random() * 3));
    } else {
      network.later(network.delay(), () => this.established());
    }
  }

  // It hangs, is refused, or opens and starves.
  goWrong(how) {
    const { network } = this;
    if (how === 1) {
      network.later(network.delay(), () => this.ended(1006));
    } else if (how === 2) {
      this.isDeaf = network.chance(0.7);
      this.isDumb = !this.isDeaf || network.chance(0.5);
      network.later(network.delay(), () => this.established());
    }
  }

  established() {
    const { network } = this;
    if (this.readyState !== 0) {
      return;
    }
    this.readyState = 1;
    this.link = new SocketLink(network.gateway, (text) => this.travel('down', () => this.hear(text)),
      (code) => this.travel('down', () => this.ended(code)));
    network.sockets.add(this);
    this.suffer();
    this.onopen?.({});
  }

  // Once a second the weather may do something to it.
  suffer() {
    const { network } = this;
    if (this.readyState !== 1) {
      return;
    }
    const weather = network.weather();
    if (network.chance(weather.cut)) {
      this.link.cut();
      if (network.chance(0.7)) {
        this.ended(1006);
      } else {
        this.isDeaf = this.isDumb = true;
      }
    } else if (network.chance(weather.starve)) {
      this[network.chance(0.5) ? 'isDeaf' : 'isDumb'] = true;
    }
    network.later(1000, () => this.suffer());
  }

  // In order, in one direction.
  travel(way, fn) {
    const { network } = this;
    this[way] = Math.max(this[way], network.clock.time + network.delay());
    network.clock.setTimeout(() => {
      if (!(way === 'down' ? this.isDeaf : this.isDumb)) {
        fn();
      }
    }, this[way] - network.clock.time);
  }

  hear(data) {
    if (this.readyState === 1) {
      this.onmessage?.({ data });
    }
  }

  send(text) {
    if (this.readyState !== 1) {
      throw new Error('InvalidStateError');
    }
    this.travel('up', () => this.link.hear(text));
  }

  close() {
    if (this.readyState === 1) {
      this.travel('up', () => this.link.cut());
    }
    this.readyState = 3;
    this.network.sockets.delete(this);
  }

  ended(code) {
    if (this.readyState !== 3) {
      this.readyState = 3;
      this.network.sockets.delete(this);
      this.onclose?.({ code });
    }
  }
}

module.exports = { Network };
