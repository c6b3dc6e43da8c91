// Writes docs/protocol.md and docs/errors.md from the code: the pages cannot say anything else. `npm run docs`; the test beside
// this file fails while one is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import * as access from '#protocol/access.ts'
import * as api from '#protocol/api.ts'
import * as artefacts from '#protocol/artefacts.ts'
import { CALLS } from '#protocol/calls.ts'
import * as channel from '#protocol/channel.ts'
import { CLOSE, CLOSE_NAMES } from '#protocol/close.ts'
import { DEATHS, PAGE_ERRORS, RUNNER_ANSWERS, RUNNER_REFUSALS } from '#protocol/errors.ts'
import { KIND, KINDS } from '#protocol/frame.ts'
import * as ids from '#protocol/ids.ts'
import * as limits from '#protocol/limits.ts'
import * as managed from '#protocol/managed.ts'
import * as models from '#protocol/models.ts'
import { DeployedModel, DeployedRules, FileDigest, ModelFile, Tensor } from '#protocol/policy/deployed.ts'
import { Standing } from '#protocol/policy/edit.ts'
import { Expr } from '#protocol/policy/expr.ts'
import { Label } from '#protocol/policy/label.ts'
import { Mask } from '#protocol/policy/mask.ts'
import { Policy, Table } from '#protocol/policy/policy.ts'
import { RouteRules } from '#protocol/policy/route.ts'
import { Workspace } from '#protocol/policy/workspace.ts'
import { MAY_SEND, RESOURCES, ROLES } from '#protocol/roles.ts'
import * as runner from '#protocol/runner.ts'
import * as shares from '#protocol/shares.ts'
import * as sight from '#protocol/sight.ts'
import { ERRORS } from '../server/errors.ts'

const PAGES = { protocol: '../docs/protocol.md', errors: '../docs/errors.md' }
const source = (name: string): string => readFileSync(new URL(`../protocol/${name}`, import.meta.url), 'utf8')

/** The comment a file begins with. */
function head(name: string): string {
  const lines = source(name).split('\n')
  const end = lines.findIndex((line) => !line.startsWith('//'))
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n')
}

// --- shapes: zod → JSON schema → one line of text, with the names the schemas are exported by ---

type Json = {
  readonly $ref?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly anyOf?: readonly Json[]
  readonly oneOf?: readonly Json[]
  readonly items?: Json
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
  readonly maxLength?: number
}

const PAGES_OF_SHELL = { ...managed, ...access, ...artefacts, ...models, ...sight, ...shares }
const WRITTEN = {
  DeployedModel,
  DeployedRules,
  FileDigest,
  Label,
  Mask,
  ModelFile,
  Policy,
  RouteRules,
  Standing,
  Table,
  Tensor,
  Workspace,
}
const names = z.registry<{ id: string }>()
for (const [name, value] of Object.entries({ ...ids, ...channel, ...runner, ...api, ...WRITTEN, Expr, ...PAGES_OF_SHELL })) {
  if (isSchema(value)) names.add(value, { id: name })
}

function isSchema(value: unknown): value is z.ZodMiniType {
  return typeof value === 'object' && value !== null && '_zod' in value
}

/** A schema's own members, other named schemas by their name. */
function shape(schema: z.ZodMiniType): Json {
  const {
    $defs,
    $schema: _,
    ...own
  } = z.toJSONSchema(schema, { metadata: names }) as Json & { $defs?: Record<string, Json>; $schema?: string }
  const name = names.get(schema)?.id
  const self = name === undefined ? undefined : $defs?.[name]
  return own.$ref !== undefined && self !== undefined ? self : own
}

function text(json: Json): string {
  if (json.$ref !== undefined) return json.$ref.replace(/^.*\//, '')
  if ('const' in json) return JSON.stringify(json.const)
  if (json.enum) return json.enum.length > 12 ? 'close name' : json.enum.map((value) => JSON.stringify(value)).join(' | ')
  const either = json.anyOf ?? json.oneOf
  if (either) return either.map(text).join(' | ')
  if (json.type === 'array') return `[${json.items ? text(json.items) : ''}]`
  if (json.type === 'object') return members(json)
  const type = [json.type ?? 'any'].flat().join(' | ')
  return json.maxLength === undefined ? type : `${type} ≤ ${json.maxLength}`
}

function members(json: Json): string {
  const required = new Set(json.required)
  const all = Object.entries(json.properties ?? {}).map(
    ([name, member]) => `${name}${required.has(name) ? '' : '?'}: ${text(member)}`,
  )
  return all.length === 0 ? '{}' : `{ ${all.join(', ')} }`
}

const byName = (one: readonly [string, unknown], other: readonly [string, unknown]): number => (one[0] < other[0] ? -1 : 1)
const named = (schema: z.ZodMiniType): string => names.get(schema)?.id ?? text(shape(schema))
const options = (schema: z.ZodMiniType): readonly Json[] => {
  const json = shape(schema)
  return json.oneOf ?? json.anyOf ?? [json]
}

// --- tables ---

const cell = (value: string): string => value.replaceAll('|', '\\|').replaceAll('\n', ' ')
const code = (value: string): string => (value === '' ? '' : `\`${value}\``)

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(titles), `|${titles.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

const union = (schema: z.ZodMiniType): string =>
  options(schema)
    .map((option) => `- ${code(text(option))}`)
    .join('\n')

/** Numbers as people write them. Times are milliseconds, sizes bytes; limits.ts says which by its own expression. */
function limitRows(): string[][] {
  const lines = source('limits.ts').split('\n')
  const comment = (group: string, name: string): string => {
    const at = lines.findIndex((line) => line.startsWith(`export const ${group} `))
    const line = lines.slice(at).find((candidate) => new RegExp(`\\b${name}: `).test(candidate)) ?? ''
    return line.includes('//') ? line.replace(/^.*\/\/ /, '') : ''
  }
  const written = (group: string, name: string): string => {
    const at = lines.findIndex((line) => line.startsWith(`export const ${group} `))
    const rest = lines.slice(at).join('\n')
    const value = new RegExp(`\\b${name}: ([^,}\\n]+)`).exec(rest)?.[1] ?? ''
    return value.replace(' * ', ' ').replace('second', 's').replace('minute', 'min').replace('hour', 'h').trim()
  }
  return Object.entries(limits)
    .sort(byName)
    .flatMap(([group, values]) =>
      Object.keys(values).map((name) => [code(`${group}.${name}`), written(group, name), comment(group, name)]),
    )
}

function closeTable(): string {
  const rows = CLOSE_NAMES.map((name) => [code(name), String(CLOSE[name].code), CLOSE[name].next, CLOSE[name].text])
  return table(['name', 'code', 'next', 'said to the person'], rows)
}

function maySendRows(): string[][] {
  return RESOURCES.flatMap((resource) =>
    ROLES.map((role) => [resource, role, ...KINDS.map((kind) => (MAY_SEND[resource][role][kind] ? '●' : ''))]),
  )
}

function definitions(module: Readonly<Record<string, unknown>>): string {
  return Object.entries(module)
    .filter((entry): entry is [string, z.ZodMiniType] => isSchema(entry[1]))
    .sort(byName)
    .map(([name, schema]) => `- **${name}**: ${code(text(shape(schema)))}`)
    .join('\n')
}

const fenced = (words: string): string => `\`\`\`\n${words}\n\`\`\``

function frames(): string {
  const kinds = KINDS.map((kind) => [kind, String(KIND[kind])])
  return `## Frames

${fenced(head('frame.ts'))}

${table(['kind', 'number'], kinds)}`
}

function channels(): string {
  const { Resource, ResumePoint, RequestHead, ResponseHead } = channel
  return `## Links and channels

${fenced(head('channel.ts'))}

From the opener (browser to gateway, gateway to runner):

${union(channel.FromOpener)}

From the server side:

${union(channel.FromServer)}

A closed channel is answered once: \`closed\` by \`close\`, \`close\` by \`closed\`. Until the answer comes, frames of the channel are
dropped; after it they are a fault. A refused \`open\` is a \`closed\` that is not answered.

Heads and points:

${definitions({ Resource, ResumePoint, RequestHead, ResponseHead })}`
}

function rights(): string {
  return `## Who may send what

What the side that opened a channel may send on it.

${table(['resource', 'role', ...KINDS], maySendRows())}`
}

function closing(): string {
  return `## Close codes

\`next\`: what the peer may do about it. A WebSocket closes with the number, a channel with the name.

${closeTable()}`
}

function kernels(): string {
  const calls = Object.entries(runner.RUNNER_CALLS).map(([path, call]) => [
    code(path),
    code(named(call.body)),
    code(named(call.answer)),
  ])
  return `## Runner

${fenced(head('runner.ts'))}

${table(['call', 'body', 'answer'], calls)}

${definitions(runner)}`
}

function rest(): string {
  const calls = Object.entries(CALLS).map(([call, { who, body, answer }]) => [
    code(call),
    who,
    code(named(body)),
    code(named(answer)),
  ])
  return `## REST

${fenced(head('api.ts'))}

${table(['call', 'who', 'body', 'answer'], calls)}

${definitions(api)}

${fenced(head('managed.ts'))}

${definitions(managed)}

${fenced(head('artefacts.ts'))}

${definitions(artefacts)}

${fenced(head('access.ts'))}

${definitions(access)}

${fenced(head('sight.ts'))}

${definitions(sight)}

${fenced(head('shares.ts'))}

${definitions(shares)}
${definitions(WRITTEN)}
- **Expr**: a condition; its forms are in \`protocol/policy/expr.ts\`.`
}

export function render(): string {
  return `# The protocol

Generated from \`protocol/\` by \`npm run docs\`. Do not edit.

${frames()}

${channels()}

${rights()}

${closing()}

## Limits

${table(['limit', 'value', ''], limitRows())}

${kernels()}

${rest()}

## Identifiers

${fenced(head('ids.ts'))}
`
}

const meanings = (table: Readonly<Record<string, string>>) =>
  Object.entries(table).map(([name, meaning]) => [code(name), meaning])
const answers = (table: Readonly<Record<string, { readonly status: number; readonly text: string }>>) =>
  Object.entries(table).map(([name, { status, text: words }]) => [code(name), String(status), words])

export function renderErrors(): string {
  return `# Errors

Generated from \`server/errors.ts\` and \`protocol/errors.ts\` by \`npm run docs\`. Do not edit.

An answer that refuses is \`{code, message, id}\`. The id stands in a line of \`gateway.log\` together with the code; that of the
runner's own answers and of the page's does not. A channel that the gateway closes for good has an id too, which stands there
with the reason, the kernel and the person. Quote the id rather than what surrounds it.

## The gateway

${table(['code', 'status', 'message'], answers(ERRORS))}

\`{reason}\` is a sentence of the kernel runner's.

## The kernel runner, in answer to a notebook

${table(['code', 'status', 'message'], answers(RUNNER_ANSWERS))}

## Why no kernel is started

\`machine-full\`, \`single-person\` and \`zygote-down\` reach the person under these codes, the others as \`kernel-refused\`.

${table(['code', 'meaning'], meanings(RUNNER_REFUSALS))}

## Why a kernel has ended

${table(['cause', 'meaning'], meanings(DEATHS))}

## Why a connection or a channel has closed

${closeTable()}

## The page

Found without a server, so the id is \`e_noserver\`.

${table(['code', 'meaning'], meanings(PAGE_ERRORS))}

## Starting and setting up

These are sentences without a code; [operations.md](operations.md#when-something-is-wrong) says what to do. Exit code 78: a port, a variable or the state folder must be changed first.
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL(PAGES.protocol, import.meta.url), render())
  writeFileSync(new URL(PAGES.errors, import.meta.url), renderErrors())
}
