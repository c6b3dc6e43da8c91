// The types that make the CALLS table the route table: one handler per call, each with its own body, parameters and answer.
import type { Readable } from 'node:stream'
import type * as z from 'zod/mini'
import { FileName } from '#protocol/api.ts'
import type { CALLS, Call } from '#protocol/calls.ts'
import { ArtefactId, DocumentId, KernelId, NotebookId, PersonId, RequestId, VersionId } from '#protocol/ids.ts'
import { Alias } from '#protocol/library/llm.ts'
import { TableName } from '#protocol/policy/policy.ts'
import { refuse } from '../errors.ts'
import type { Principal } from '../seams/identity.ts'

/** What stands behind a colon in a path, and how it is read. */
export const PARAMETERS = {
  id: NotebookId,
  kernel: KernelId,
  version: VersionId,
  document: DocumentId,
  artefact: ArtefactId,
  request: RequestId,
  name: FileName,
  table: TableName,
  person: PersonId,
  alias: Alias,
} as const
type Parameter = keyof typeof PARAMETERS

type Named<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? (Name & Parameter) | Named<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name & Parameter
    : never

export type Asked<C extends Call> = {
  /** Who asks; a call for anyone has nobody. */
  readonly who: (typeof CALLS)[C]['who'] extends 'anyone' ? null : Principal
  readonly body: z.infer<(typeof CALLS)[C]['body']>
  readonly params: Readonly<Record<Named<C>, string>>
  readonly query: Readonly<Record<string, string>>
  /** The raw body, where the call takes bytes. */
  readonly bytes: Readable
  readonly length: number
  readonly cookie: string | null
  setCookie(cookie: string): void
}

export type Handlers = { readonly [C in Call]: (asked: Asked<C>) => Promise<z.infer<(typeof CALLS)[C]['answer']>> }

/** An identifier that cannot exist is answered like one that does not. */
export function readParams(given: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(given)) {
    const schema = PARAMETERS[name as Parameter]
    if (!schema.safeParse(value).success) throw name === 'name' ? refuse('bad-request', { where: name }) : refuse('not-found')
  }
  return given
}

/** Names of what is wrong, never its value. */
export function read(schema: z.ZodMiniType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const path = result.error.issues[0]?.path.map(String).join('.') ?? ''
  throw refuse('bad-request', { where: path === '' ? where : `${where}: ${path.slice(0, 100)}` })
}
