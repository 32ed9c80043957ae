// Types of the modern build (README.md says what it lacks).

import everwire = require('./everwire');

export = modern;

declare const modern: modern.Modern;

declare namespace modern {
  interface Modern {
    /** Opens a session with a gateway and keeps it; without an address it is `/everwire` of the page's origin. */
    connect<In extends object = everwire.AnyEvents, Out extends object = everwire.AnyEvents>(
      url?: string | null, options?: Options
    ): everwire.Client<In, Out>;
    readonly version: string;
  }

  type Carrier = 'ws' | 'stream' | 'long-poll';

  interface Options extends Omit<everwire.Options, 'carriers' | 'remember' | 'pollInterval' | 'idleInterval'> {
    /** Which carriers may be used, best first, or the one that may. All, by default. */
    carriers?: Carrier | readonly Carrier[];
  }
}
