// Rows of the audit in words for a person. Total: a new kind of row does not compile until it has its words.
import { dominates } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import type { Grantee } from '#protocol/shares.ts'
import { sizeText } from '#protocol/size.ts'
import type {
  ARTEFACT_DENIALS,
  AuditEntry,
  DeployedChange,
  INFERENCE_DENIALS,
  MODEL_DENIALS,
  WRITE_DENIALS,
} from '../seams/audit.ts'
import type { Input } from '../seams/inputs.ts'
import { count, labelText } from '../text.ts'
import type { namesOf } from './catalogue.ts'
import type { Denial } from './ruling.ts'

export type Named = ReturnType<typeof namesOf>
export type Said = { readonly text: string; readonly details: readonly string[]; readonly allowed?: false }
type Asker = Extract<AuditEntry, { kind: 'read-decided' }>
type Words = { readonly [K in AuditEntry['kind']]: (entry: Extract<AuditEntry, { kind: K }>, named: Named) => Said }

export const inWords = (entry: AuditEntry, named: Named): Said =>
  (WORDS[entry.kind] as (entry: AuditEntry, named: Named) => Said)(entry, named)

const because = (version: number, reason: string) => [`Version ${version}`, `Reason: ${reason}`]
const list = (what: string, names: readonly string[]) => (names.length === 0 ? [] : [`${what}: ${names.join(', ')}`])

const inputText = ({ table, policy, label }: Input) => `${table} (policy version ${policy}, ${labelText(label)})`

function audience(to: Audience, named: Named): string {
  if (to.who === 'workspace') return 'the workspace'
  return to.who === 'group' ? `the group ${to.group}` : named(to.person).name
}

const grantee = (to: Grantee, named: Named) => (to === 'workspace' ? 'the workspace' : named(to).name)

const DENIED: Record<Denial, string> = {
  absent: 'there is no such table for them',
  ungranted: 'no grant',
  clearance: 'classified above their clearance',
  policy: 'a rule could not be judged',
  question: 'it asked for what the table has not',
  label: 'it would have lifted the kernel above their clearance',
  limit: 'larger than one read may be',
  stale: 'the policies had changed meanwhile',
  failed: 'it could not be made',
}

const ENDS = { complete: 'was complete', cut: 'was cut off', failed: 'failed' } as const

const UNWRITTEN: Record<(typeof WRITE_DENIALS)[number], string> = {
  absent: 'there is no such table for them',
  ungranted: 'no grant to read it',
  clearance: 'classified above their clearance',
  policy: 'a rule could not be judged',
  unwritable: 'no grant to write',
  label: 'the kernel had read what the table may not hold',
  masked: 'a column is masked for them',
  schema: 'it does not fit the table',
  taken: 'there is one of that name',
}
const UNASKED: Record<(typeof MODEL_DENIALS)[number], string> = {
  absent: 'there is no such model',
  closed: 'it is closed',
  readers: 'it is not open to readers',
  label: 'the kernel had read what the model may not get',
  tokens: 'more tokens than one answer may have',
  quota: 'the tokens of the day are used up',
  share: 'the tokens of the day for this model are used up',
}
const UNSCORED: Record<(typeof INFERENCE_DENIALS)[number], string> = {
  absent: 'there is no such model',
  closed: 'it is closed',
  ungranted: 'it is not open to them',
  readers: 'it is not open to readers',
  label: 'the kernel had read what the model may not get',
  clearance: 'what it says is classified above their clearance',
  inputs: 'the columns are not those that the model takes',
}
const DEPLOYED: Record<DeployedChange, string> = {
  added: 'Deployed the model',
  rules: 'Changed the rules of the model',
  file: 'Replaced the file of the model',
  removed: 'Took away the model',
}
const UNSAVED: Record<(typeof ARTEFACT_DENIALS)[number], string> = {
  members: 'they are not a member of this workspace',
  room: 'there was no room for it',
  content: 'it was too large, or not what was announced',
  revoked: 'policies had changed meanwhile',
  cut: 'it was cut before it was done',
  failed: 'it failed',
}
const MODES_IN_WORDS = { append: 'Append', replace: 'Replacement', create: 'New table' } as const
const WRITES_ENDED = { ...ENDS, refused: 'was refused when all was there' } as const

const from = ({ notebook, kernel, preview }: Pick<Asker, 'notebook' | 'kernel' | 'preview'>) => [
  ...(preview ? ['In a preview as a profile'] : []),
  `Notebook ${notebook}`,
  `Kernel ${kernel}`,
]

const WORDS: Words = {
  'read-decided': ({ decision, ...asker }) => {
    const where = from(asker)
    if (!decision.allowed) return { allowed: false, text: `Read refused: ${DENIED[decision.why]}`, details: where }
    const masks = decision.masks.map(({ column, kind }) => `${column} (${kind})`)
    const { columns, rules, policy, label } = decision
    return {
      text: `Read allowed: ${count(columns.length, 'column')}, counts as ${labelText(label)}`,
      details: [
        ...list('Columns', columns),
        ...list('Masked', masks),
        ...list('By', rules),
        `Policy version ${policy}`,
        ...where,
      ],
    }
  },
  'read-done': ({ of, rows, end }) => ({
    text: `Read ${ENDS[end]}: ${count(rows, 'row')} sent`,
    details: [`Decided in row ${of}`],
  }),
  'write-decided': ({ mode, decision, ...where }) => {
    const what = MODES_IN_WORDS[mode]
    if (!decision.allowed) return { allowed: false, text: `${what} refused: ${UNWRITTEN[decision.why]}`, details: from(where) }
    const { columns, rules, policy, label } = decision
    return {
      text: `${what} allowed: ${count(columns.length, 'column')}, the kernel counts as ${labelText(label)}`,
      details: [...list('Columns', columns), ...list('By', rules), `Policy version ${policy}`, ...from(where)],
    }
  },
  'write-done': ({ of, rows, end }) => ({
    text: `Write ${WRITES_ENDED[end]}: ${count(rows, 'row')} written`,
    details: [`Decided in row ${of}`],
  }),
  'search-sent': ({ label, ...where }) => ({
    text: `Sent a search to the endpoint of embeddings, counts as ${labelText(label)}`,
    details: from(where),
  }),
  'search-decided': ({ decision, ...where }) =>
    decision.allowed
      ? {
          text: `Searched the library: ${count(decision.passages, 'passage')} of ${count(decision.documents.length, 'document')}, counts as ${labelText(decision.label)}`,
          details: [...list('Documents', decision.documents), ...from(where)],
        }
      : { allowed: false, text: 'Search of the library refused', details: from(where) },
  'document-added': ({ document, label }) => ({
    text: `Added a document to the library, ${labelText(label)}`,
    details: [document],
  }),
  'document-sent': ({ document, label }) => ({
    text: `A document that they added was sent to the endpoint of embeddings, ${labelText(label)}`,
    details: [document],
  }),
  'document-removed': ({ document }) => ({ text: 'Removed a document from the library', details: [document] }),
  'model-decided': ({ model, decision, ...where }) => {
    const name = model === null ? 'a model' : `the model ${model}`
    if (!decision.allowed)
      return { allowed: false, text: `Asking ${name} refused: ${UNASKED[decision.why]}`, details: from(where) }
    return {
      text: `Asked ${name}: ${count(decision.characters, 'character')}, counts as ${labelText(decision.label)}`,
      details: [`${count(decision.tokens, 'token')} set aside`, ...from(where)],
    }
  },
  'model-done': ({ model, of, tokens, end }) => ({
    text: `The answer of ${model} ${ENDS[end]}: ${count(tokens, 'token')}`,
    details: [`Decided in row ${of}`],
  }),
  'call-barred': ({ call, ...where }) => ({
    allowed: false,
    text: `${where.preview ? 'A preview' : 'A kernel that reads its notebook, or is not trusted yet,'} asked for ${call}: refused`,
    details: from(where),
  }),
  'artefact-saved': ({ artefact, what, bytes, label, inputs, ...where }) => ({
    text: `Saved an artefact, a ${what} of ${sizeText(bytes)}, ${labelText(label)}`,
    details: [artefact, ...list('Made from', inputs.map(inputText)), ...from(where)],
  }),
  'artefact-refused': ({ what, why, ...where }) => ({
    allowed: false,
    text: `Saving an artefact, a ${what}, refused: ${UNSAVED[why]}`,
    details: from(where),
  }),
  'version-released': ({ notebook, version, label, to }, named) => ({
    text: `Released a version of a notebook, ${labelText(label)}, to ${to.map((one) => grantee(one, named)).join(', ')}`,
    details: [`Notebook ${notebook}`, `Version ${version}`],
  }),
  'preview-opened': ({ notebook, kernel, profile: { clearance, groups } }) => ({
    text: `Opened a preview of a notebook as a profile: ${labelText(clearance)}${groups.length === 0 ? ', in no group' : ''}`,
    details: [...list('Groups', groups), `Notebook ${notebook}`, `Kernel ${kernel}`],
  }),
  'artefact-opened': ({ artefact, label }) => ({ text: `Opened an artefact, ${labelText(label)}`, details: [artefact] }),
  'artefact-released': ({ artefact, to, version, reason }, named) => ({
    text:
      to.length === 0
        ? 'Took the release of an artefact back'
        : `Released an artefact to ${to.map((one) => audience(one, named)).join(', ')}`,
    details: [artefact, ...because(version, reason)],
  }),
  'artefact-relabelled': ({ artefact, before, label, version, reason }) => ({
    text: `${dominates(label, before) ? 'Raised' : 'Lowered'} an artefact from ${labelText(before)} to ${labelText(label)}`,
    details: [artefact, ...because(version, reason)],
  }),
  'artefact-removed': ({ artefact }) => ({ text: 'Removed an artefact', details: [artefact] }),
  'inference-decided': ({ model, decision, ...where }) => {
    const name = model ?? 'a deployed model'
    if (!decision.allowed)
      return { allowed: false, text: `Prediction of ${name} refused: ${UNSCORED[decision.why]}`, details: from(where) }
    return {
      text: `Prediction of ${name} allowed: ${count(decision.rows, 'row')}, counts as ${labelText(decision.counts)}`,
      details: [...list('Columns', decision.columns), `The kernel counted as ${labelText(decision.label)}`, ...from(where)],
    }
  },
  'inference-done': ({ model, of, rows, end }) => ({
    text: `The prediction of ${model} ${ENDS[end]}: ${count(rows, 'row')}`,
    details: [`Decided in row ${of}`],
  }),
  'notebook-shared': ({ notebook, author, with: to, right, expires }, named) => ({
    text: `Shared a notebook with ${grantee(to, named)}, to ${right}${expires === null ? '' : `, until ${new Date(expires).toISOString()}`}`,
    details: [`Notebook ${notebook}`, `Of ${named(author).name}`],
  }),
  'notebook-unshared': ({ notebook, author, with: to }, named) => ({
    text: `Stopped sharing a notebook with ${grantee(to, named)}`,
    details: [`Notebook ${notebook}`, `Of ${named(author).name}`],
  }),
  'access-asked': ({ request, notebook, policy }) => ({
    text: 'Asked its owner to read it',
    details: [`Request ${request}`, `Policy version ${policy}`, `Notebook ${notebook}`],
  }),
  'access-withdrawn': ({ request }) => ({ text: 'Took the request to read it back', details: [`Request ${request}`] }),
  'access-refused': ({ of, request }, named) => ({
    text: `Refused the request of ${named(of).name}`,
    details: [`Request ${request}`],
  }),
  'access-granted': ({ of, request }, named) => ({
    text: `Granted the request of ${named(of).name}`,
    details: [`Request ${request}`],
  }),
  'workspace-changed': ({ version, reason }) => ({
    text: 'Changed the label of the workspace, or who may make tables or lower labels in it',
    details: because(version, reason),
  }),
  'route-changed': ({ model, version, reason }) => ({
    text: `Changed the rules of the model ${model}`,
    details: because(version, reason),
  }),
  'deployed-changed': ({ model, what, digest, version, reason }) => ({
    text: `${DEPLOYED[what]} ${model}`,
    details: [`File ${digest}`, ...because(version, reason)],
  }),
  'policy-changed': ({ version, reason }) => ({ text: 'Changed the policy', details: because(version, reason) }),
  'subject-changed': ({ of, version, reason }, named) => ({
    text: `Changed the clearance, groups or attributes of ${named(of).name}`,
    details: because(version, reason),
  }),
  'table-added': () => ({ text: 'Added the table', details: [] }),
  'table-changed': ({ version, reason }) => ({ text: 'Changed the table', details: because(version, reason) }),
  'table-released': ({ to, version, reason }, named) => ({
    text:
      to.length === 0
        ? 'Took the release of the table back'
        : `Released the table to ${to.map((one) => audience(one, named)).join(', ')}`,
    details: because(version, reason),
  }),
  'table-relabelled': ({ labels, version, reason }) => ({
    text: labels.every(({ before, label }) => dominates(label, before)) ? 'Classified the table higher' : 'Lowered the table',
    details: [
      ...labels.map(({ column, before, label }) => `${column ?? 'The table'}: ${labelText(before)} → ${labelText(label)}`),
      ...because(version, reason),
    ],
  }),
}
