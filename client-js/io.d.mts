// The same types for who imports a module.

import io from './io.js';

export default io;
export { io };
export declare const connect: io.Io['connect'];
export declare const Manager: io.Io['Manager'];
export declare const everwire: io.Io['everwire'];
export declare const protocol: io.Io['protocol'];
export type { AnyEvents, Io, ManagerEvents, Options, OwnEvents, Socket, Speaker } from './io.js';
