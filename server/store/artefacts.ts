import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod/mini'
import { ARTEFACT } from '#protocol/limits.ts'
import { Label } from '#protocol/policy/label.ts'
import { Audience } from '#protocol/policy/policy.ts'
import type { Artefacts, Change, Changed, NewArtefact, StoredArtefact } from '../seams/artefacts.ts'
import type { AuditEntry } from '../seams/audit.ts'
import { Inputs } from '../seams/inputs.ts'
import { type Append, appender } from './audit.ts'
import { transaction } from './database.ts'
import { json } from './json.ts'

const COLUMNS = 'id, kernel, save, notebook, maker, name, kind, bytes, digest, label, inputs, released, version, at'

const labelOf = json('label of the artefact', Label)
export const inputsOf = json('record of inputs of the artefact', Inputs)
const releasedOf = json<readonly Audience[]>('release of the artefact', z.readonly(z.array(Audience)))

export function artefacts(database: DatabaseSync): Artefacts {
  const append = appender(database)
  const all = database.prepare(`SELECT ${COLUMNS} FROM artefacts ORDER BY at DESC, id`)
  const one = database.prepare(`SELECT ${COLUMNS} FROM artefacts WHERE id = ?`)
  const saved = database.prepare(`SELECT ${COLUMNS} FROM artefacts WHERE kernel = ? AND save = ?`)
  const found = (row: unknown): StoredArtefact | null => (row ? read(row) : null)
  const get = (id: string) => found(one.get(id))
  const add = adder(database, append)
  const change = changer(database, append, get)
  const remove = database.prepare('DELETE FROM artefacts WHERE id = ?')
  return {
    add: async (artefact) => transaction(database, () => add(artefact)),
    saved: async (kernel, save) => found(saved.get(kernel, save)),
    get: async (id) => get(id),
    list: async () => all.all().map(read),
    release: async (id, to, edit) =>
      change(id, edit, (artefact) => [
        { ...artefact, released: to },
        { kind: 'artefact-released', ...about(artefact, edit), to },
      ]),
    relabel: async (id, label, edit) =>
      change(id, edit, (artefact) => [
        { ...artefact, label },
        { kind: 'artefact-relabelled', ...about(artefact, edit), before: artefact.label, label },
      ]),
    remove: async (id, by, at) =>
      transaction(database, () => {
        if (remove.run(id).changes === 0) return false
        append({ kind: 'artefact-removed', person: by, artefact: id }, at)
        return true
      }),
  }
}

function read(row: unknown): StoredArtefact {
  const found = row as StoredArtefact & { label: string; inputs: string; released: string }
  return {
    ...found,
    label: labelOf.read(found.label, found.id),
    inputs: inputsOf.read(found.inputs, found.id),
    released: releasedOf.read(found.released, found.id),
  }
}

function adder(database: DatabaseSync, append: Append) {
  const insert = database.prepare(`INSERT INTO artefacts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', 1, ?)`)
  const taken = database.prepare(
    `SELECT count(*) FILTER (WHERE maker = :maker) AS many, coalesce(sum(bytes) FILTER (WHERE maker = :maker), 0) AS mine,
     coalesce(sum(bytes), 0) AS whole FROM artefacts`,
  )
  const equal = database.prepare(
    `SELECT id FROM artefacts WHERE maker = ? AND name = ? AND notebook = ? AND kind = ? AND digest = ? AND label = ? AND inputs = ?
     ORDER BY at DESC LIMIT 1`,
  )
  const again = database.prepare('UPDATE artefacts SET kernel = ?, save = ?, at = ? WHERE id = ?')
  return (artefact: NewArtefact) => {
    const { id, kernel, save, notebook, maker, name, kind, bytes, digest, label, inputs, at } = artefact
    const [labelled, made] = [labelOf.write(label, id), inputsOf.write(inputs, id)]
    const record = (which: string) => {
      const where = { person: maker, notebook, version: null, kernel, artefact: which } as const
      append({ kind: 'artefact-saved', ...where, what: kind, bytes, digest, label, inputs: inputs.tables }, at)
    }
    const same = equal.get(maker, name, notebook, kind, digest, labelled, made) as { id: string } | undefined
    if (same) {
      again.run(kernel, save, at, same.id)
      record(same.id)
      return 'again'
    }
    const before = taken.get({ maker }) as { many: number; mine: number; whole: number }
    if (before.many >= ARTEFACT.perPerson) return 'too-many'
    if (before.mine + bytes > ARTEFACT.stored) return 'person-full'
    if (before.whole + bytes > ARTEFACT.all) return 'workspace-full'
    insert.run(id, kernel, save, notebook, maker, name, kind, bytes, digest, labelled, made, at)
    record(id)
    return 'added'
  }
}

const about = ({ id, version }: StoredArtefact, { by, reason }: Change) =>
  ({ person: by, artefact: id, version: version + 1, reason }) as const

type Next = readonly [artefact: StoredArtefact, entry: AuditEntry]

function changer(database: DatabaseSync, append: Append, get: (id: string) => StoredArtefact | null) {
  const update = database.prepare('UPDATE artefacts SET label = ?, released = ?, version = ? WHERE id = ?')
  return (id: string, { onto, at }: Change, next: (artefact: StoredArtefact) => Next): Changed =>
    transaction(database, () => {
      const artefact = get(id)
      if (artefact === null) return { ok: false, why: 'absent' }
      if (artefact.version !== onto) return { ok: false, why: 'stale' }
      const [changed, entry] = next(artefact)
      const version = onto + 1
      update.run(labelOf.write(changed.label, id), releasedOf.write(changed.released, id), version, id)
      append(entry, at)
      return { ok: true, version }
    })
}
