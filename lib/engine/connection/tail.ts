/** Characters that are kept of what a program says besides its answers. */
const most = 64 * 1024;

/** A program's messages so far with a new piece, without the beginning if they are long: a host may never stop talking. */
export const tail = (said: string, piece: Buffer): string => (said + piece.toString("utf8")).slice(-most);
