// Types of the `io` face: the names that users of Socket.IO know. A page that loads `io.min.js` has it as the global `io`.

import everwire = require('./everwire');

export = io;
export as namespace io;

declare const io: io.Io;

declare namespace io {
  interface Io {
    /**
     * Connects to a namespace of a gateway: `io()`, `io('/chat')`, `io('https://rt.example/chat', options)`. Sockets of one
     * gateway share a session.
     */
    <In extends object = AnyEvents, Out extends object = AnyEvents>(url?: string | Options, options?: Options): Socket<In, Out>;
    readonly connect: Io;
    readonly io: Io;
    readonly Manager: new (uri?: string, options?: Options) => Manager;
    /** The client below. */
    readonly everwire: everwire.Everwire;
    readonly protocol: number;
  }

  /** For each event the function that handles it; where an answer is asked for, its last parameter is the callback. */
  type AnyEvents = { [event: string]: (...args: any[]) => void };

  type ArgsOf<T> = T extends (...args: infer A) => any ? A : any[];
  type Last<A extends any[]> = A extends [...any[], infer L] ? L : any;
  type Answer<A extends any[]> = Last<A> extends (...args: infer R) => any ? R[0] : any;
  type WithoutLast<A extends any[]> = A extends [...infer W, any] ? W : any[];
  /** With a time for the answer the callback is told first what went wrong, if it did. */
  type Timed<A extends any[]> = A extends [...infer W, (...args: infer R) => void] ? [...W, (error: Error | null, ...args: R) => void] : A;

  /** The client's own options, and Socket.IO's. */
  interface Options extends Omit<everwire.Options, 'auth' | 'timeout'> {
    /** The gateway's prefix; `/everwire`, by default. `/socket.io` counts as none. */
    path?: string;
    /** The credentials, or a function that hands them to its callback. */
    auth?: everwire.Auth | ((done: (data: everwire.Auth) => void) => void);
    /** `['polling', 'websocket']`, by default. */
    transports?: readonly ('polling' | 'websocket' | (string & {}))[];
    /** `false`: waits for `connect()`. */
    autoConnect?: boolean;
    /** A session of its own. */
    forceNew?: boolean;
    /** `false`: the same as `forceNew`. */
    multiplex?: boolean;
    /** Sends cookies to a gateway of another origin. */
    withCredentials?: boolean;
    /** For a carrier to show life, in ms. 20000, by default. */
    timeout?: number;
    /** `false`: a cut is the end. */
    reconnection?: boolean;
    /** In ms; 1000, by default. */
    reconnectionDelay?: number;
    /** In ms; 5000, by default. */
    reconnectionDelayMax?: number;
    [other: string]: any;
  }

  type DisconnectReason = 'io server disconnect' | 'io client disconnect' | 'ping timeout' | 'transport close' | 'parse error';

  interface OwnEvents {
    connect: () => void;
    connect_error: (error: Error & { data?: any }) => void;
    disconnect: (reason: DisconnectReason, description?: { code: number; reason: string }) => void;
  }

  interface ManagerEvents {
    reconnect_attempt: (attempt: number) => void;
    reconnect: (attempt: number) => void;
    reconnect_failed: () => void;
    error: (error: everwire.Failure) => void;
    ping: () => void;
  }

  interface Emitter<Events extends object> {
    on<K extends keyof Events & string>(event: K, fn: Events[K]): this;
    once<K extends keyof Events & string>(event: K, fn: Events[K]): this;
    off<K extends keyof Events & string>(event?: K, fn?: Events[K]): this;
    addListener<K extends keyof Events & string>(event: K, fn: Events[K]): this;
    addEventListener<K extends keyof Events & string>(event: K, fn: Events[K]): this;
    removeListener<K extends keyof Events & string>(event?: K, fn?: Events[K]): this;
    removeEventListener<K extends keyof Events & string>(event?: K, fn?: Events[K]): this;
    removeAllListeners<K extends keyof Events & string>(event?: K): this;
    listeners<K extends keyof Events & string>(event: K): Events[K][];
    hasListeners(event: keyof Events & string): boolean;
  }

  interface Speaker<Out extends object, This> {
    emit<K extends keyof Out & string>(event: K, ...args: ArgsOf<Out[K]>): This;
    /** A promise of the answer, where the browser has promises. */
    emitWithAck<K extends keyof Out & string>(event: K, ...args: WithoutLast<ArgsOf<Out[K]>>): Promise<Answer<ArgsOf<Out[K]>>>;
    send(...args: any[]): This;
    write(...args: any[]): This;
    compress(flag: boolean): Speaker<Out, This>;
    binary(flag: boolean): Speaker<Out, This>;
    /** What is said next may be dropped: where nothing carries it now. */
    readonly volatile: Speaker<Out, This>;
    /** The answer to what is said next has to come within so many ms. */
    timeout(ms: number): Speaker<{ [K in keyof Out]: (...args: Timed<ArgsOf<Out[K]>>) => void }, This>;
  }

  interface Socket<In extends object = AnyEvents, Out extends object = AnyEvents>
    extends Emitter<Omit<In, keyof OwnEvents> & OwnEvents>, Speaker<Out, Socket<In, Out>> {
    /** The connection below. */
    readonly io: Manager;
    readonly nsp: string;
    /** Public, and new with each session; `undefined` while not connected. */
    readonly id: string | undefined;
    readonly connected: boolean;
    readonly disconnected: boolean;
    /** Connected, or on the way there by itself. */
    readonly active: boolean;
    /** The session of the page before goes on. */
    readonly recovered: boolean;
    auth: Options['auth'];
    connect(): this;
    open(): this;
    disconnect(): this;
    close(): this;
    onAny(fn: (event: string, ...args: any[]) => void): this;
    offAny(fn?: (event: string, ...args: any[]) => void): this;
  }

  interface Manager extends Emitter<ManagerEvents> {
    readonly uri: string | undefined;
    readonly opts: Options;
    /** The client below; `null` before a socket connects. */
    readonly client: everwire.Client | null;
    readonly engine: { readonly transport: { readonly name: 'polling' | 'websocket' } };
    socket(nsp: string, options?: Options): Socket;
  }
}
