// Who may do what to an artefact that somebody saved: every role with every act, over HTTP.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Label } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import { demoIdentity } from '../identity/demo.ts'
import type { NewArtefact } from '../seams/artefacts.ts'
import type { Store } from '../seams/store.ts'
import { type Client, stopGateway, type TestGateway, testGateway } from '../testing.ts'
import { CLEARED, CONFIDENTIAL, everybody, INTERNAL, PERSONAL, person, ROLES, type Role, WORKSPACE } from './testing/sharing.ts'

const EVERYBODY: readonly Audience[] = [{ who: 'workspace' }]

const edit = { by: 'p_demo-owner', at: 1, reason: 'a test' }

let gateway: TestGateway
let store: Store
let people: Record<Role, Client>
let made = 0
beforeEach(async () => {
  gateway = await testGateway({ identity: demoIdentity(2) })
  store = gateway.deps.desk.store
  people = await everybody(gateway)
  for (const role of [...CLEARED, 'below'] as const) {
    const clearance = role === 'below' ? INTERNAL : PERSONAL
    await store.governance.setSubject(person(role), { clearance, groups: [], attributes: {} }, edit)
  }
  await store.governance.setWorkspace(WORKSPACE, edit)
})
afterEach(() => stopGateway(gateway))

/** One more of the maker's, released to these. */
async function saved(to: readonly Audience[]): Promise<string> {
  made += 1
  const number = String(made)
  const id = `a_${number.padStart(8, '0')}`
  const whose = { kernel: 'k_00000001', save: `s_${number.padStart(20, '0')}`, notebook: 'n_00000001', maker: person('maker') }
  const what = { name: number, kind: 'file', bytes: 1, digest: 'ab'.repeat(32), label: CONFIDENTIAL, at: made } as const
  const artefact: NewArtefact = { id, ...whose, ...what, inputs: { tables: [], library: null } }
  await store.artefacts.add(artefact)
  await store.artefacts.release(id, to, { by: person('maker'), at: 1, onto: 1, reason: 'x' })
  return id
}

const ask = async (role: Role, call: string, body: object) => {
  const answer = await people[role].call(call, body)
  return (answer.body as { code?: string }).code ?? answer.status
}
const change = (role: Role, id: string, what: 'release' | 'label', body: object) =>
  ask(role, `PUT /api/artefacts/${id}/${what}`, { onto: 2, reason: 'as asked', ...body })
const relabel = (label: Label) => (role: Role, id: string) => change(role, id, 'label', { label })

const ACTS: Record<string, (role: Role, id: string) => Promise<string | number | boolean>> = {
  'sees it': async (role, id) => {
    const listed = (await people[role].call('GET /api/artefacts')).body as { id: string }[]
    return listed.some((card) => card.id === id)
  },
  'releases it': (role, id) => change(role, id, 'release', { to: EVERYBODY }),
  'takes the release back': (role, id) => change(role, id, 'release', { to: [] }),
  'is told what a release would give': (role, id) => ask(role, `POST /api/artefacts/${id}/release/preview`, { to: EVERYBODY }),
  'raises it': relabel(PERSONAL),
  'raises it above their clearance': relabel({ level: 'secret', markings: [] }),
  'lowers it': relabel(INTERNAL),
  'lowers it below the workspace': relabel({ level: 'public', markings: [] }),
  'lowers its level for a marking': relabel({ level: 'internal', markings: ['PII'] }),
  'removes it': (role, id) => ask(role, `DELETE /api/artefacts/${id}`, {}),
}
const nobody = Object.fromEntries(ROLES.map((role) => [role, 'not-found'])) as Record<Role, string | number | boolean>
const cleared = (answer: string | number) => ({ ...nobody, ...Object.fromEntries(CLEARED.map((role) => [role, answer])) })
const RELEASED: Record<keyof typeof ACTS, typeof nobody> = {
  'sees it': { maker: true, owner: true, declassifier: true, reader: true, below: false, auditor: false, outsider: false },
  'releases it': { ...cleared('not-your-artefact'), maker: 200 },
  'takes the release back': { ...cleared('not-your-artefact'), maker: 200 },
  'is told what a release would give': { ...cleared('not-your-artefact'), maker: 200 },
  'raises it': { ...cleared('not-your-artefact'), maker: 200 },
  'raises it above their clearance': cleared('label-above'),
  'lowers it': { ...cleared('not-declassifier'), declassifier: 200 },
  'lowers it below the workspace': cleared('label-below'),
  'lowers its level for a marking': { ...cleared('not-declassifier'), declassifier: 200 },
  'removes it': { ...cleared('not-your-artefact'), maker: 200, owner: 200 },
}
const alone = (answer: string | number) => ({ ...nobody, maker: answer })
const UNRELEASED: typeof RELEASED = {
  'sees it': { maker: true, owner: false, declassifier: false, reader: false, below: false, auditor: false, outsider: false },
  'releases it': alone(200),
  'takes the release back': alone(200),
  'is told what a release would give': alone(200),
  'raises it': alone(200),
  'raises it above their clearance': alone('label-above'),
  'lowers it': alone('not-declassifier'),
  'lowers it below the workspace': alone('label-below'),
  'lowers its level for a marking': alone('not-declassifier'),
  'removes it': alone(200),
}

describe.each([
  ['released to the workspace', EVERYBODY, RELEASED],
  ['its maker’s alone', [], UNRELEASED],
] as const)('an artefact, %s', (_, to, expected) => {
  test.each(Object.keys(ACTS))('who %s', async (act) => {
    const answers = await Promise.all(ROLES.map(async (role) => [role, await ACTS[act]?.(role, await saved(to))] as const))
    expect(Object.fromEntries(answers)).toEqual(expected[act])
  })
})
