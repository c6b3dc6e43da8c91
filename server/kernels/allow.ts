// What becomes of a command: role x method x path x body -> passed, altered or refused. Pure and total: protocol/marimo.ts
// is the table, and a path that is not in it is refused like any other. Queries never pass: marimo takes a file name, a
// session or a token from them, and no command of its front end needs one.
import { APP_CONFIG, type BodyRule, FUNCTIONS, ROUTES, type Triage, USER_CONFIG } from '#protocol/marimo.ts'
import type { Role } from '#protocol/roles.ts'
import { look, type Members, member, replaced } from './json.ts'

/** The longest layout of a notebook, as JSON: sizes and positions, never an output. */
export const LAYOUT = 256 * 1024
export const SAVE_TAG = 'save'

export type Command = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly contentType: string | undefined
  readonly body: Uint8Array
}
/** What the rules need to know of the kernel. `file`: the notebook's path in the sandbox. */
export type Situation = { readonly role: Role; readonly autorun: boolean; readonly file: string }

export type RefusalCode = 'not-offered' | 'read-only-view' | 'use-the-shell' | 'bad-command'

export type Decision =
  | { readonly type: 'pass'; readonly path: string; readonly body: Uint8Array }
  | { readonly type: 'save'; readonly path: string; readonly body: Uint8Array; readonly layout: string | null | undefined }
  | { readonly type: 'refuse'; readonly code: RefusalCode }

type Judged = { readonly body: Uint8Array; readonly layout?: string | null; readonly saves?: true } | RefusalCode

const routes = new Map(Object.entries(ROUTES))
const functions = new Map(Object.entries(FUNCTIONS))

export function decide(command: Command, situation: Situation): Decision {
  const path = command.path.split('?', 1)[0] ?? ''
  const triage = routes.get(`${command.method} ${path}`)
  const refused = verdict(triage, situation.role)
  if (refused) return { type: 'refuse', code: refused }
  const judged = judge(command, situation, triage?.body)
  if (typeof judged === 'string') return { type: 'refuse', code: judged }
  return judged.saves
    ? { type: 'save', path, body: judged.body, layout: judged.layout }
    : { type: 'pass', path, body: judged.body }
}

function verdict(triage: Triage | undefined, role: Role): RefusalCode | null {
  if (triage === undefined) return 'not-offered'
  if (triage[role] === 'pass') return null
  if (triage[role] === 'shell') return 'use-the-shell'
  return role === 'run' && triage.edit === 'pass' ? 'read-only-view' : 'not-offered'
}

function judge(command: Command, situation: Situation, rule: BodyRule | undefined): Judged {
  if (command.method === 'GET') return command.body.length === 0 ? { body: command.body } : 'bad-command'
  if (command.contentType !== undefined && !/^application\/json(;|$)/i.test(command.contentType)) return 'bad-command'
  const looked = look(command.body)
  if (looked.type === 'bad') return 'bad-command'
  if (rule === undefined) return { body: command.body }
  return looked.type === 'object' ? RULES[rule](command.body, looked.members, situation) : 'bad-command'
}

type Rule = (body: Uint8Array, members: Members, situation: Situation) => Judged

const RULES: Record<BodyRule, Rule> = {
  functionCall(body, members, { role }) {
    const name = member(body, members, 'functionName')
    if (typeof name !== 'string') return 'bad-command'
    return verdict(functions.get(name), role) ?? { body }
  },

  /** Cells run at the opening only where the person wished it (KernelSpec.autorun), whatever the frame asks for. */
  instantiate(body, members, { autorun }) {
    return { body: replaced(body, members, new Map([['autoRun', String(autorun)]])) }
  },

  save(body, members, { file }) {
    const layout = layoutOf(body, members)
    if (layout === undefined) return 'bad-command'
    const put = new Map([
      ['filename', JSON.stringify(file)],
      ['persist', 'true'],
    ])
    return { body: replaced(body, members, put), layout, saves: true }
  },

  appConfig(body, members) {
    const config = filtered(member(body, members, 'config'), APP_CONFIG)
    return config ? { body: json({ config }), saves: true } : 'bad-command'
  },

  userConfig(body, members) {
    const given = member(body, members, 'config')
    if (!isRecord(given)) return 'bad-command'
    const tables = Object.entries(USER_CONFIG).flatMap(([table, keys]) => {
      const kept = Object.hasOwn(given, table) ? filtered(given[table], keys) : null
      return kept ? [[table, kept] as const] : []
    })
    return { body: json({ config: Object.fromEntries(tables) }) }
  },
}

/** Null: the notebook has none. Undefined: what was given is no layout. */
function layoutOf(body: Uint8Array, members: Members): string | null | undefined {
  const span = members.get('layout')
  if (span === undefined) return null
  if (span.end - span.start > LAYOUT) return undefined
  const layout = member(body, members, 'layout')
  if (layout === null) return null
  return isRecord(layout) && typeof layout.type === 'string' ? JSON.stringify(layout) : undefined
}

function filtered(given: unknown, keys: readonly string[]): Record<string, unknown> | null {
  if (!isRecord(given)) return null
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(given, key)).map((key) => [key, given[key]]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
