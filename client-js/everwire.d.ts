// Types of the Everwire client (README.md says more). A page that loads the script has them as the global `everwire`.

export = everwire;
export as namespace everwire;

declare const everwire: everwire.Everwire;

declare namespace everwire {
  /** What the script `client.js` makes, and what `require` gives. */
  interface Everwire {
    /**
     * Opens a session with a gateway and keeps it, whatever happens on the way. Returns at once.
     *
     * `In` are the messages that the gateway sends, `Out` those that it takes: for each name the type of its data, or, where
     * a reply is asked for, a function from the data to the reply: `{ said: string; sum: (numbers: number[]) => number }`.
     *
     * @param url the gateway's base, like `https://rt.example/everwire`; without one it is where the script came from, else
     * `/everwire` of the page's origin. What can be no address throws a `TypeError`.
     */
    connect<In extends object = AnyEvents, Out extends object = AnyEvents>(url?: string | null, options?: Options): Client<In, Out>;
    /** The client's version. */
    readonly version: string;
    /** The codes of the protocol: a sentence to show, and whether the session is over for good. */
    readonly codes: { readonly [code: number]: { readonly words: string; readonly over: boolean } };
    /** A function here hears in words what all clients do. */
    debug: ((text: string) => void) | null;
  }

  /** Events of any name and any data: what a client has where nothing is said about them. */
  type AnyEvents = { [name: string]: any };

  /** The data of a message. */
  type DataOf<T> = T extends (...data: infer D) => any ? (D extends [] ? undefined : D[0]) : T;
  /** The reply to a message. */
  type ReplyOf<T> = 0 extends 1 & T ? any : T extends (...data: any[]) => infer R ? R : any;

  /** The ways on which a session can be carried. */
  type Carrier = 'ws' | 'stream' | 'sse' | 'frame' | 'long-poll' | 'jsonp' | 'short-poll';

  /** Credentials: any JSON value. */
  type Auth = string | number | boolean | object | null;

  interface Options {
    /** The credentials, sent with the opening; a function is asked anew for each new session. */
    auth?: Auth | (() => Auth | undefined);
    /** Which carriers may be used, best first, or the one that may. All, by default. */
    carriers?: Carrier | readonly Carrier[];
    /** Sends cookies to a gateway of another origin. `false`, by default. */
    credentials?: boolean;
    /** How often short-poll asks while something comes or goes, in ms. 2000, by default. */
    pollInterval?: number;
    /** What that slows to while nothing does, in ms. 10000, by default. */
    idleInterval?: number;
    /** For a reply, in ms. 10000, by default. */
    timeout?: number;
    /** For a carrier to show life, in ms. 10000, by default. */
    connectTimeout?: number;
    /** The bounds of the back-off, in ms. `{min: 500, max: 30000}`, by default. */
    retry?: { min?: number; max?: number };
    /** Bytes of messages that the gateway does not have yet. 4194304, by default. */
    maxQueue?: number;
    /** Keeps the session over a reload. `false`, by default. */
    remember?: boolean;
    /** The seam to the world, for node, workers and tests. */
    env?: Env;
  }

  /** What stands for the browser's own things. */
  interface Env {
    /** A constructor of WebSockets; `null`: there is none. */
    WebSocket?: (new (url: string) => any) | null;
    /** Makes an XMLHttpRequest, or what is like one; `null`: there is none. */
    xhr?: (() => any) | null;
    /** Asks where there is no `xhr`. */
    fetch?: ((url: string, options?: any) => Promise<any>) | null;
    /** Of another type than the browser's, because node's returns an object. */
    setTimeout?: (fn: () => void, ms: number) => any;
    clearTimeout?: (timer: any) => void;
    /** Milliseconds since any moment. */
    now?: () => number;
    /** A number from 0 up to 1. */
    random?: () => number;
    sessionStorage?: Storage | null;
    localStorage?: Storage | null;
    document?: object | null;
    location?: { href: string } | null;
    [other: string]: any;
  }

  /** What a web storage has to be able to do. */
  interface Storage {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  }

  type State = 'connecting' | 'open' | 'reconnecting' | 'closed';

  /** Why something was refused, by whoever did. */
  interface Failure {
    /** A code of the gateway's, of its application's, or of the client's own. */
    code: 'timeout' | 'uncertain' | 'closed' | 'queue_full' | 'too_large' | 4002 | (string & {}) | (number & {});
    message: string;
  }

  /** Hears the reply; `error` is `null` where there is one. */
  type Callback<Reply = any> = (error: Failure | null, reply: Reply) => void;

  /** A message as its handler gets it. */
  interface Message<T = any> {
    event: string;
    data: DataOf<T>;
    /** The room it came from, where it came from one. */
    room?: string;
    /** Who published it, where somebody did. */
    peer?: string;
    /** Its position in the room's history, where that is kept. */
    at?: number;
    /** Its number in the session. */
    seq: number;
    /** Replies, where the gateway asked for it; `false`: it could not be sent any more, or was too large. */
    reply: ((data?: ReplyOf<T>) => boolean) | null;
    /** Replies that it failed, where the gateway asked for a reply. */
    fail: ((code: string | number, text?: string) => boolean) | null;
  }

  /** A message of one's own whose fate is unknown. With `sent: false` it is certain that it did not arrive. */
  interface Uncertain {
    kind: string;
    event?: string;
    data?: any;
    room?: string;
    sent: boolean;
  }

  /** The client's own events, by their handlers. */
  interface OwnEvents {
    /** Once for each session: the first, and after each `reset`. */
    open: (info: { peer: string; session: 'new' | 'resumed'; carrier: Carrier }) => void;
    /** Every change, with a sentence for people. */
    state: (state: State, sentence: string) => void;
    /** The delivery moved. */
    carrier: (name: Carrier, info: { before: Carrier | ''; why?: string }) => void;
    /** The session was lost, and a new one is being opened: load your state anew. */
    reset: (info: { code: number; reason: string; undelivered: number | null; uncertain: Uncertain[] }) => void;
    /** A room's history did not cover a gap: load its state anew. */
    lost: (info: { room: string }) => void;
    /** Something that had no callback was refused. */
    error: (failure: Failure) => void;
    /** The end, for good. */
    close: (info: { code: number; reason: string; uncertain: Uncertain[] }) => void;
    /** `acked` rose. */
    ack: (number: number) => void;
    /** `rtt` was measured. */
    rtt: (ms: number) => void;
    /** Every message. */
    '*': (event: string, data: any, message: Message) => void;
  }

  /** A name that is not one of the client's own events. */
  type Name<K> = K extends keyof OwnEvents ? never : K;

  type Handler<T> = (data: DataOf<T>, message: Message<T>) => void;

  /** Handlers of messages; `this` is returned, for the next call. */
  interface Listening<In extends object> {
    on<K extends keyof OwnEvents>(name: K, fn: OwnEvents[K]): this;
    on<K extends keyof In & string>(name: Name<K>, fn: Handler<In[K]>): this;
    once<K extends keyof OwnEvents>(name: K, fn: OwnEvents[K]): this;
    once<K extends keyof In & string>(name: Name<K>, fn: Handler<In[K]>): this;
    /** Takes a handler out, or all of that name. */
    off(name: (keyof In & string) | keyof OwnEvents, fn?: (...args: any[]) => void): this;
  }

  /** `false`: it was refused, which the callback is told, or else the event `error`. */
  interface Speaking<Out extends object> {
    emit<K extends keyof Out & string>(event: K, callback?: Callback<ReplyOf<Out[K]>>): boolean;
    emit<K extends keyof Out & string>(event: K, data: DataOf<Out[K]>, callback?: Callback<ReplyOf<Out[K]>>): boolean;
  }

  /** Where a room's history was read up to: what the reply to `join` and the messages told. */
  interface Position {
    epoch: string | number;
    at: number;
  }

  /** What `join` is answered by a gateway that keeps the room's history. */
  interface Joined extends Partial<Position> {
    /** Whether everything since the position that was asked for follows. */
    recovered?: boolean;
  }

  /** Rooms; they belong to the session, so join in the handler of `open`. */
  interface Rooms<Out extends object> {
    /** A room to publish to, where the gateway permits it. */
    to(room: string): Speaking<Out>;
    join(room: string, callback?: Callback<Joined>): boolean;
    /** With what was said there since `position`, as far as it is kept. */
    join(room: string, position: { since: Position }, callback?: Callback<Joined>): boolean;
    leave(room: string, callback?: Callback): boolean;
  }

  interface Client<In extends object = AnyEvents, Out extends object = AnyEvents> extends Listening<In>, Speaking<Out>, Rooms<Out> {
    /** The gateway's base. */
    readonly url: string;
    readonly state: State;
    /** What carries the session now; `''`: nothing does. */
    readonly carrier: Carrier | '';
    /** What others may know this client by; new with each session. */
    readonly peer: string;
    /** Milliseconds, smoothed; `null` until measured. */
    readonly rtt: number | null;
    /** The number of the last message that was given one. */
    readonly sent: number;
    /** The number of the last message that the gateway has taken. */
    readonly acked: number;
    /** The number of the last message taken from the gateway. */
    readonly received: number;
    /** Bytes said that the gateway has not acknowledged. */
    readonly bufferedAmount: number;
    /** Says a message of the event `message`. */
    send(data: any): boolean;
    /** Says a message if a carrier takes it now; else it is dropped, and `false` returned. */
    volatile<K extends keyof Out & string>(event: K, data?: DataOf<Out[K]>): boolean;
    /** The carriers that can be used here, best first. */
    carriers(): Carrier[];
    /** Moves to this carrier now, or to the best of these. */
    use(names: Carrier | readonly Carrier[]): this;
    /** Drops the carrier and attaches anew at once. */
    reconnect(): void;
    /** Ends the session, behind what was said before: 4000, or a code of the application's own, 4100 to 4999. */
    close(code?: number, reason?: string): void;
  }
}
