// The runner's own bounds; what the browser or the gateway must know too stands in protocol/limits.ts.
const MiB = 1024 * 1024
const second = 1000

export const MARIMO = {
  /** A stream message above WIRE.message is replaced by a marker; one above this ends the stream, which is dialled anew:
   * what it has received of a message it holds until the end. */
  receive: 17 * MiB,
  sockets: 6, // HTTP connections to one kernel, and commands it is given at once
  idleSocket: 30 * second, // a kernel nobody works in keeps one connection, its stream
  commands: 64, // of one kernel under way before the next waits for its credit
  commandBytes: 1 * MiB, // the same in bytes
  backlog: 32 * MiB, // commands not done: a client that comes back again and again with more is cut off
  command: 30 * second,
  longCommand: 300 * second, // exports and what formats a whole notebook
  dial: 5 * second, // from the connect to the WebSocket's handshake
  redials: 3, // a lost stream of a living server is opened again this often before the kernel counts as crashed
  busyCells: 4096, // cells remembered as running: a kernel may name as many as it likes
} as const

export const WATCH = {
  sample: 2 * second,
  report: 10 * second, // a usage event at least this far apart unless something changed that a person sees
  turns: 250, // ms; a kernel that turns busy and idle is told of no more often
  inspect: 1 * second, // how long the provider may take to say why a stream ended
  end: 10 * second, // from the order to end a kernel to nothing of it left
  scratchEntries: 20_000, // files looked at in one walk of a scratch folder
} as const

export const START = {
  together: 4, // kernels in their start at once; the rest wait as `queued`
  waiting: 64,
  zygote: 30 * second, // a start waits this long for a zygote that died
} as const

/** How the last kernels ended, for a gateway that was away. */
export const ENDED = { count: 256, kept: 600 * second } as const

export const GATEWAY = { connections: 8 } as const
