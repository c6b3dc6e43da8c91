// States that an older version wrote, opened by this one.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import { openStore } from './sqlite.ts'

const MIGRATIONS = join(import.meta.dirname, 'migrations')
const INTERNAL: Label = { level: 'internal', markings: ['EU'] }

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scrydon-upgrade-'))
})
afterEach(() => rmSync(home, { recursive: true }))

/** A state before `file`, with one notebook of two versions and a draft. */
function before(file: string): DatabaseSync {
  const files = readdirSync(MIGRATIONS).sort()
  const seen = files.slice(0, files.indexOf(file))
  const database = new DatabaseSync(join(home, 'state.db'))
  for (const name of seen) database.exec(readFileSync(join(MIGRATIONS, name), 'utf8'))
  database.exec(`
    PRAGMA user_version = ${seen.length};
    INSERT INTO notebooks VALUES ('n_00000001', 'N', 'p_00000001', 1, 3, NULL, 1, 7, 0);
    INSERT INTO versions VALUES ('v_00000001', 'n_00000001', 1, NULL, 'p_00000001', 1, 1, 1, x'61', NULL);
    INSERT INTO versions VALUES ('v_00000002', 'n_00000001', 2, NULL, 'p_00000001', 2, 0, 1, x'62', NULL);
    INSERT INTO drafts VALUES ('v_00000003', 'n_00000001', 'p_00000001', 2, 1, x'63');`)
  return database
}

async function counted() {
  const store = openStore(home)
  const notebook = await store.notebooks.get('n_00000001')
  const versions = (await store.versions.list('n_00000001')).map(({ label, cells }) => [label, cells])
  const [draft] = await store.drafts.list('n_00000001', 'p_00000001')
  await store.close()
  return { notebook: notebook?.label, versions, draft: draft?.label }
}

test('what was written before versions had labels counts as the workspace does now', async () => {
  const database = before('013-labels.sql')
  const edit = database.prepare(
    "INSERT INTO edits (kind, name, version, value, person, at, reason) VALUES ('workspace', 'workspace', ?, ?, 'p_00000001', 1, 'x')",
  )
  edit.run(1, JSON.stringify({ label: { level: 'secret', markings: [] }, grants: [] }))
  edit.run(2, JSON.stringify({ label: INTERNAL, grants: [] }))
  database.close()
  const versions = [
    [INTERNAL, 7],
    [INTERNAL, null],
  ]
  expect(await counted()).toEqual({ notebook: INTERNAL, versions, draft: INTERNAL })
})

test('and as public where nothing was said of the workspace', async () => {
  before('013-labels.sql').close()
  const versions = [
    [LOWEST, 7],
    [LOWEST, null],
  ]
  expect(await counted()).toEqual({ notebook: LOWEST, versions, draft: LOWEST })
})
