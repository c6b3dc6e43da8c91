// What the library in a kernel (python/scrydon) may ask of the gateway, over the kernel's control socket: one JSON line each way.
// The socket is the identity: no call names a person, a kernel or a right.
import * as z from 'zod/mini'
import { ErrorId, KernelId } from './ids.ts'
import { ARTEFACT_CALLS } from './library/artefacts.ts'
import { INFERENCE_CALLS } from './library/inference.ts'
import { KB_CALLS } from './library/kb.ts'
import { LLM_CALLS } from './library/llm.ts'
import { TABLES_CALLS } from './library/tables.ts'
import { WRITES_CALLS } from './library/writes.ts'
import { KiB, MiB } from './size.ts'

export const LIBRARY = {
  ask: 256 * KiB, // one request line
  answer: 4 * MiB, // one answer line
  connections: 16, // of one kernel at once; the next is closed
  deadline: 30_000, // ms until an answer
} as const

/** By name; each area of the library has a file of its own. */
export const LIBRARY_CALLS = {
  ...TABLES_CALLS,
  ...WRITES_CALLS,
  ...KB_CALLS,
  ...LLM_CALLS,
  ...INFERENCE_CALLS,
  ...ARTEFACT_CALLS,
} as const
export type LibraryCall = keyof typeof LIBRARY_CALLS
export type Asked<C extends LibraryCall> = z.infer<(typeof LIBRARY_CALLS)[C]['ask']>
export type Answered<C extends LibraryCall> = z.infer<(typeof LIBRARY_CALLS)[C]['answer']>

/** `message`: one sentence for the person, with whom to ask. Never a value of data. */
export const LibraryRefusal = z.strictObject({ code: z.string(), message: z.string(), id: z.optional(ErrorId) })
export type LibraryRefusal = z.infer<typeof LibraryRefusal>

/** Between runner and gateway, on the `library` channel: a line of a kernel, and its answer. */
export const RelayedAsk = z.strictObject({ call: z.int(), kernel: KernelId, line: z.string() })
export const RelayedAnswer = z.strictObject({ call: z.int(), line: z.string() })

export const LibraryAsk = z.strictObject({ call: z.string(), body: z.unknown() })
