// Shell <-> sealed frame, over one MessagePort handed over once. Both sides check every message (zod on the shell's side,
// where the sender is hostile; a switch over `type` in the frame, which loads nothing but this file's types).
import * as z from 'zod/mini'
import { EditorSettings } from './settings.ts'

const Id = z.int().check(z.gte(1))
const WebAddress = z.string().check(z.regex(/^(https?:\/\/|mailto:)/), z.maxLength(4096))
const Bytes = z.custom<ArrayBuffer>((value) => value instanceof ArrayBuffer)

/** What the frame page posts to its parent, once, when the bridge listens: the parent answers with Start and the port. */
export const FrameReady = z.strictObject({ type: z.literal('scrydon-frame-ready') })
export type FrameReady = z.infer<typeof FrameReady>

/** Posted to a frame that waits for the next notebook: marimo starts, as far as it comes without one. */
export type Prepare = {
  readonly type: 'scrydon-frame-prepare'
  readonly mode: 'edit' | 'run'
  readonly theme: 'light' | 'dark'
  readonly settings: EditorSettings // of the person, laid over marimo's neutral ones
}

/** Sent by window.postMessage with the port as its only transferable; everything later goes through the port. */
export type Start = {
  readonly type: 'scrydon-frame-start'
  readonly mode: 'edit' | 'run'
  readonly theme: 'light' | 'dark'
  readonly name: string // the notebook's name, for marimo's header and title
  readonly settings: EditorSettings // of the person, laid over marimo's neutral ones
}

/** Keys that are the shell's while the frame has the focus: its palette, out of the frame, the tab beside this one. */
export const SHORTCUTS = ['palette', 'cross', 'next', 'previous'] as const

/** What marimo offers that only the shell can do; the shell asks the person where it costs something. */
export const INTENTS = ['restart', 'shutdown', 'takeover'] as const
export type Intent = (typeof INTENTS)[number]

export const FromFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('socket-open'), socket: Id, path: z.string().check(z.maxLength(2048)) }),
  z.strictObject({ type: z.literal('socket-send'), socket: Id, data: z.union([z.string(), Bytes]) }),
  z.strictObject({ type: z.literal('socket-close'), socket: Id }),
  z.strictObject({ type: z.literal('socket-taken'), socket: Id, count: Id }), // so many messages are dealt with: send as many more
  z.strictObject({
    type: z.literal('fetch'),
    request: Id,
    method: z.enum(['GET', 'POST']),
    path: z.string().check(z.maxLength(2048)),
    contentType: z.optional(z.string().check(z.maxLength(200))),
    body: z.optional(Bytes),
  }),
  z.strictObject({ type: z.literal('rendered') }), // the first cell (edit) or output (run) is on the screen
  z.strictObject({ type: z.literal('unchanged') }), // asked to save: everything that is written is saved
  z.strictObject({ type: z.literal('shortcut'), key: z.enum(SHORTCUTS) }),
  z.strictObject({ type: z.literal('link'), url: WebAddress }), // followed only by the shell, after a question
  z.strictObject({ type: z.literal('intent'), intent: z.enum(INTENTS) }), // asked in marimo, done by the shell
  z.strictObject({ type: z.literal('settings'), change: EditorSettings }), // changed in marimo's settings, kept by the shell
  // what the page would have saved as a file; the shell knows what may leave
  z.strictObject({
    type: z.literal('download'),
    name: z.string().check(z.maxLength(1024)),
    contentType: z.string().check(z.maxLength(200)),
    body: Bytes,
  }),
])
export type FromFrame = z.infer<typeof FromFrame>

export type ToFrame =
  | { readonly type: 'socket-opened'; readonly socket: number }
  | { readonly type: 'socket-message'; readonly socket: number; readonly data: string | ArrayBuffer }
  | { readonly type: 'socket-closed'; readonly socket: number; readonly code: number; readonly reason: string }
  | {
      readonly type: 'answer'
      readonly request: number
      readonly status: number
      readonly contentType?: string | undefined
      readonly body: ArrayBuffer
    }
  | { readonly type: 'theme'; readonly theme: 'light' | 'dark' }
  | { readonly type: 'focus' }
  | { readonly type: 'save' } // what is written and not yet saved, now; answered by a save command or by `unchanged`
  | { readonly type: 'freeze' } // the kernel has ended: what is shown can be read and copied, not written
