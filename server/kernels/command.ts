// A command on its way to a kernel: read, decided (allow.ts), passed on as it came, altered, or answered here.
import { RequestHead } from '#protocol/channel.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { ROUTES } from '#protocol/marimo.ts'
import type { Message } from '#protocol/reassemble.ts'
import { pass, type Verdict } from '#protocol/relay.ts'
import type { Role } from '#protocol/roles.ts'
import { type KernelSpec, NOTEBOOK_FILE } from '#protocol/runner.ts'
import { refusal } from '../errors.ts'
import { type Decision, decide, type RefusalCode, SAVE_TAG } from './allow.ts'

export type Judged = {
  readonly verdict: Verdict
  /** Of a save: undefined where the command says nothing about the layout. */
  readonly save?: { readonly layout: string | null | undefined }
  readonly refused?: CommandRefused
}

/** For the audit and the figures: names and ids, nothing that was sent. */
export type CommandRefused = {
  readonly mode: Role
  readonly code: RefusalCode
  readonly id: string
  readonly route: string // as marimo's table names it, or `unknown`
}

const MALFORMED: Judged = { verdict: { type: 'close', reason: 'badFrame' } }

export function judge(message: Message, spec: KernelSpec): Judged {
  const command = decodeCommand(message.payload)
  const read = RequestHead.safeParse(command?.head)
  if (!command || !read.success || read.data.tag !== undefined) return MALFORMED
  const { method, path, contentType } = read.data
  const decision = decide(
    { method, path, contentType, body: command.body },
    { role: spec.mode, autorun: spec.autorun, file: NOTEBOOK_FILE },
  )
  if (decision.type === 'refuse')
    return refused(message.sequence, { mode: spec.mode, code: decision.code, name: `${method} ${path.split('?', 1)[0]}` })
  const same = decision.type === 'pass' && decision.path === path && decision.body === command.body
  const verdict: Verdict = same
    ? pass()
    : { type: 'replace', payload: encodeCommand(altered(read.data, decision), decision.body) }
  return decision.type === 'save' ? { verdict, save: { layout: decision.layout } } : { verdict }
}

type Allowed = Exclude<Decision, { type: 'refuse' }>

function altered({ method, contentType }: RequestHead, decision: Allowed): RequestHead {
  return {
    method,
    path: decision.path,
    ...(contentType !== undefined && { contentType }),
    ...(decision.type === 'save' && { tag: SAVE_TAG }),
  }
}

type What = { readonly mode: Role; readonly code: RefusalCode; readonly name: string }

function refused(sequence: number, { mode, code, name }: What): Judged {
  const answer = refusal(code)
  const head = { request: sequence, status: 403, contentType: 'application/json' }
  const response = encodeCommand(head, Buffer.from(JSON.stringify(answer)))
  const route = Object.hasOwn(ROUTES, name) ? name : 'unknown'
  return { verdict: { type: 'refuse', response }, refused: { mode, code, id: answer.id, route } }
}
