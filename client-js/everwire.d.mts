// The same types for who imports a module.

import everwire from './everwire.js';

export default everwire;
export declare const connect: everwire.Everwire['connect'];
export declare const version: everwire.Everwire['version'];
export declare const codes: everwire.Everwire['codes'];
export type {
  AnyEvents, Auth, Callback, Carrier, Client, DataOf, Env, Everwire, Failure, Handler, Joined, Message, Options,
  OwnEvents, Position, ReplyOf, State, Uncertain
} from './everwire.js';
