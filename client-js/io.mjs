// The io face for who imports a module.

import io from './dist/io.min.js';

export default io;
export { io };
export const { connect, Manager, everwire, protocol } = io;
