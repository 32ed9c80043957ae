// The same types for who imports a module.

import modern from './modern.js';

export default modern;
export declare const connect: modern.Modern['connect'];
export declare const version: modern.Modern['version'];
export type { Carrier, Modern, Options } from './modern.js';
