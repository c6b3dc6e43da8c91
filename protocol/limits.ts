// Every bound of the system, by name. Units are in the names or in the comment: bytes unless said otherwise.
// The design's table of limits is this file; a refusal names the limit, its value and what to do.
import { GiB, KiB, MiB } from './size.ts'

const second = 1000 // all times are milliseconds
const minute = 60 * second
const hour = 60 * minute

export const WIRE = {
  fragment: 64 * KiB, // the longest payload of one frame
  message: 16 * MiB, // one command or message, reassembled
  head: 16 * KiB, // the JSON head of a request or response
  window: 1 * MiB, // credit a receiver grants a channel at first: what one that stops reading costs
  frameCost: 16, // what a frame takes from the credit on top of its payload
  queue: 32 * MiB, // unsent on one channel; a producer stops at `window`, this ends the channel of one that does not
  channels: 64, // open on one socket
  runnerChannels: 4096, // open on the socket between gateway and runner
  refusals: 1024, // answers to refused commands waiting for a browser that gives no credit; one more ends its channel
  controls: 256, // control messages waiting for a peer that does not read
  helloBytes: 8 * KiB, // all that is accepted before sign-in
  helloDeadline: 5 * second, // absolute: traffic does not extend it
  heartbeat: 10 * second, // a ping each; a peer silent for twice that is gone
  unsentSocket: 256 * KiB, // a link hands no more than this to its socket at once
} as const

export const RING = {
  kernel: 8 * MiB,
  all: 256 * MiB,
  entry: 256, // what a message costs on top of its payload: one that says nothing takes memory too
} as const

export const KERNEL = {
  memory: 2 * GiB,
  processes: 256,
  cpuShare: 1, // cores
  files: 4096, // open file descriptors
  scratch: 2 * GiB,
  output: 8 * MiB,
  perPerson: 8,
  startDeadline: 60 * second,
  stopGrace: 1 * second,
  idleEdit: 60 * minute,
  idleRun: 10 * minute,
  idleWarning: 5 * minute,
  unattendedRun: 4 * hour, // a started edit run without an open view
  readerGrace: 60 * second, // a reader's kernel after its view closes
  reserve: 1 * GiB, // MemAvailable below this: "machine full"
} as const

export const NOTEBOOK = {
  source: 5 * MiB,
  name: 200, // characters
  upload: 64 * MiB, // one file
  uploads: 256 * MiB, // all files of a notebook
  perAuthor: 1000, // notebooks, the trash included
  stored: 4 * GiB, // of one author: versions, drafts and files, the trash included
  reserve: 1 * GiB, // of the disk, below which nothing is stored but saves
  versionEvery: 5 * minute, // saves within it are coalesced into one version
  trashDays: 30,
} as const

export const SHARE = {
  atOnce: 100, // people that a notebook is shared with by one press
} as const

export const RELEASE = {
  literals: 200, // of a version, that are shown before it is released
  literal: 80, // characters of one of them
} as const

export const READ = {
  rows: 5_000_000, // of a read without a limit of its own
  bytes: 1 * GiB,
  seconds: 120, // that a read may run
  planLife: 5, // seconds in which a plan must be presented
  burst: 600, // reads of one person at once, whatever kernels of theirs ask
  perSecond: 20, // reads that they may go on with
} as const

export const WRITE = {
  rows: 5_000_000,
  bytes: 512 * MiB, // as they are handed over, in the docstring of tables.write too
  seconds: 120, // that handing over may take
  commit: 60, // seconds in which it must be in the table
  perPerson: 2, // writes of one person at once
  wait: 20 * second, // that a question for its end is held
} as const

export const DOCUMENTS = {
  file: 8 * MiB, // one file that is added to the library
  text: 1 * MiB, // the text of one, in UTF-8
  all: 1000, // documents in a workspace's library
  passages: 100_000, // of all documents together
  passage: 1000, // characters, the heading above it not counted
  overlap: 150, // characters that a passage repeats of the one before
  query: 10_000, // characters of what is searched for
  words: 64, // different ones that a search looks for; more are left out
  results: 100, // of one search
  reading: 20 * second, // until a PDF has been read
  readingMemory: 512 * MiB, // of the process that reads it
} as const

export const ARTEFACT = {
  bytes: 64 * MiB, // of one, as it is handed over, in the docstring of artifacts.save too
  rows: 5_000_000, // of a table
  pixels: 16 * MiB, // of a picture
  perPerson: 1000, // artefacts
  stored: 1 * GiB, // of one person
  all: 16 * GiB, // of a workspace
  seconds: 60, // that handing over may take
  keep: 30 * second, // until it must be on the disk
  atOnce: 2, // saves of one person
  wait: 20 * second, // that a question for its end is held
  readers: 50, // people, groups or workspaces that one is released to
} as const

export const MODEL = {
  messages: 200, // of one prompt
  tokens: 131_072, // of one answer, the most that a model may be set up with
  running: 4, // answers under way in one kernel
  kept: 16, // answers of one kernel that can be asked for again
  unread: 64 * KiB, // characters that wait for a kernel; the endpoint is read no further
  answer: 512 * KiB, // characters of one answer
  line: 256 * KiB, // characters of one line of the endpoint
  wire: 64 * MiB, // what the endpoint may send for one answer
  poll: 20 * second, // until a kernel that asks for more is told that there is none yet
  idle: 60 * second, // an answer that nobody asks for is cancelled
  silence: 60 * second, // of the endpoint, before its answer or amid it
  whole: 10 * minute, // one answer
  perDay: 1_000_000, // tokens of one person, where CORTEX_TOKENS says nothing else
} as const

export const INFERENCE = {
  inputs: 256, // columns that a model takes
  outputs: 256, // columns that it may make
  rows: 10_000, // of one batch
  answer: 3 * MiB, // of one batch, as JSON
  seconds: 15 * second, // until a batch is scored
  loading: 12 * second, // until a model file is loaded; with a batch it stays within the time for an answer
  file: 64 * MiB, // one model file
  models: 200, // that are listed, and that owners may deploy
  pending: hour, // an uploaded file that is no model's is kept
  memory: 2 * GiB, // of address space of the process that a model file is opened in
  processor: 10 * minute, // of one such process, in all
  waiting: 8, // batches of one kernel for one model file, the one at work included; the next is told that it is busy
  processes: 4, // of model files at once; the one that was idle longest makes room
  idle: 30 * second, // until such a process ends
  burst: 300, // batches of one person at once; then `perSecond` come back
  perSecond: 5,
} as const

export const EMBEDDING = {
  batch: 16, // passages that are asked for at once
  dimensions: 4096, // of a vector
  answer: 4 * MiB, // what the endpoint may send for one question
  within: 30 * second, // of its answer to a batch
  question: 5 * second, // of its answer to a question of a person, who waits
  running: 4, // questions of one person at once; more are searched by their words
  rest: 10 * second, // in which it is not asked again after it failed a question
  retry: 1 * second, // until it is asked again for passages, doubled with each failure
  retryMost: 5 * minute,
  look: 5 * second, // between two looks for passages that have no vectors
} as const

export const REQUEST = {
  words: 300, // characters of the sentence beside it, and of the answer
  open: 10, // of one person, unanswered
  perDay: 30, // of one person, those that were taken back included
} as const

export const LEASE = { silence: 30 * second, ask: 15 * second } as const
export const SIGN_IN = {
  bearer: 5 * minute,
  session: 12 * hour,
  remembered: 720 * hour, // a session that ran out, not one that was signed out of: kernels of its time may go on
} as const
