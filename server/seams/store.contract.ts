// What every store must do. An implementation's test calls this with a way to open a fresh one.
import { beforeEach, describe, expect, test } from 'vitest'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import { type NewNotebook, type Store, TRUSTED, type Write } from './store.ts'

const MINUTE = 60_000
const SECRET: Label = { level: 'secret', markings: ['A'] }

const write = (over: Partial<Write> = {}): Write => {
  const source = over.source ?? 'x = 1\n'
  const bytes = Buffer.byteLength(source)
  const base = { id: 'v_00000001', notebook: 'n_00000001', author: 'p_00000001', at: 1000, source, layout: null, bytes, cells: 1 }
  return { ...base, label: LOWEST, sealed: false, coalesce: 5 * MINUTE, ...over }
}
const notebook = (over: Partial<NewNotebook> = {}): NewNotebook => ({
  id: 'n_00000001',
  name: 'First',
  author: 'p_00000001',
  created: 1000,
  shares: [],
  ...over,
})

export function storeContract(open: OpenStore): void {
  describe('a store', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })

    describe('notebooks', () => {
      test('what was created comes back, with its shares', async () => {
        const shares = [
          { with: 'workspace', right: 'edit', expires: null } as const,
          { with: 'p_00000002', right: 'view', expires: 9 } as const,
        ]
        expect(await store.notebooks.create(notebook({ shares }), write({ sealed: true }))).toBe('created')
        const found = await store.notebooks.get('n_00000001')
        expect(found).toMatchObject({ name: 'First', author: 'p_00000001', updated: 1000, trashed: null, bytes: 6, cells: 1 })
        expect([...(found?.shares ?? [])].sort((a, b) => a.with.localeCompare(b.with))).toEqual([shares[1], shares[0]])
        expect(await store.notebooks.get('n_00000002')).toBeNull()
      })

      test('a name is unique among one author, outside the trash', async () => {
        await store.notebooks.create(notebook(), write())
        const second = write({ id: 'v_00000002', notebook: 'n_00000002' })
        expect(await store.notebooks.create(notebook({ id: 'n_00000002' }), second)).toBe('name-taken')
        expect(await store.notebooks.get('n_00000002')).toBeNull()
        expect(await store.versions.list('n_00000002')).toEqual([])
        expect(await store.notebooks.create(notebook({ id: 'n_00000002', author: 'p_00000002' }), second)).toBe('created')
        await store.notebooks.trash('n_00000001', 2000)
        const third = write({ id: 'v_00000003', notebook: 'n_00000003' })
        expect(await store.notebooks.create(notebook({ id: 'n_00000003' }), third)).toBe('created')
        expect(await store.notebooks.restore('n_00000001')).toBe('name-taken')
        expect(await store.notebooks.rename('n_00000001', 'Other', 2000)).toBe('renamed')
        expect(await store.notebooks.restore('n_00000001')).toBe('restored')
        expect(await store.notebooks.rename('n_00000001', 'First', 2000)).toBe('name-taken')
        expect(await store.notebooks.rename('n_00000009', 'First', 2000)).toBe('absent')
      })

      test('trash and list are two halves; purge removes for good', async () => {
        await store.notebooks.create(notebook(), write())
        await store.notebooks.trash('n_00000001', 2000)
        expect(await store.notebooks.list(false)).toEqual([])
        expect(await store.notebooks.list(true)).toMatchObject([{ id: 'n_00000001', trashed: 2000 }])
        expect(await store.notebooks.purge(2000)).toEqual([])
        expect(await store.notebooks.purge(2001)).toEqual(['n_00000001'])
        expect(await store.notebooks.get('n_00000001')).toBeNull()
        expect(await store.versions.head('n_00000001')).toBeNull()
      })
    })

    describe('shares', () => {
      const [AUTHOR, READER] = ['p_00000001', 'p_00000002'] as const
      const view = (to: string, expires: number | null = null) => ({ with: to, right: 'view', expires }) as const
      const edit = (onto: number) => ({ by: AUTHOR, at: 2000, onto })
      const shares = async () => (await store.notebooks.get('n_00000001'))?.shares ?? []
      const rows = async () => (await store.audit.list({ limit: 9 })).map(({ entry }) => entry)
      beforeEach(async () => {
        await store.notebooks.create(notebook(), write())
      })

      test('one put again is another, and each edit is counted and on record', async () => {
        expect(await store.notebooks.share('n_00000001', [view(READER), view('workspace', 9)], edit(0))).toBe('shared')
        const again = { ...view(READER), right: 'edit' } as const
        expect(await store.notebooks.share('n_00000001', [again], edit(1))).toBe('shared')
        expect(await store.notebooks.get('n_00000001')).toMatchObject({ shares: [again, view('workspace', 9)], sharing: 2 })
        const row = { kind: 'notebook-shared', person: AUTHOR, notebook: 'n_00000001', author: AUTHOR } as const
        expect(await rows()).toEqual([
          { ...row, ...again },
          { ...row, ...view('workspace', 9) },
          { ...row, ...view(READER) },
        ])
      })

      test('an edit of what was edited meanwhile changes nothing', async () => {
        await store.notebooks.share('n_00000001', [view(READER)], edit(0))
        expect(await store.notebooks.share('n_00000001', [view('workspace')], edit(0))).toBe('stale')
        expect(await store.notebooks.share('n_00000009', [view('workspace')], edit(0))).toBe('absent')
        expect(await shares()).toEqual([view(READER)])
        expect(await rows()).toHaveLength(1)
      })

      test('what is taken away is gone, once, and on record by who did it', async () => {
        await store.notebooks.share('n_00000001', [view(READER)], edit(0))
        const take = () => store.notebooks.unshare('n_00000001', READER, 'p_00000003', 3000)
        expect([await take(), await take()]).toEqual([true, false])
        expect(await store.notebooks.get('n_00000001')).toMatchObject({ shares: [], sharing: 2 })
        const about = { notebook: 'n_00000001', author: AUTHOR, with: READER }
        expect((await rows())[0]).toEqual({ kind: 'notebook-unshared', person: 'p_00000003', ...about })
        expect(await rows()).toHaveLength(2)
      })

      test('the soonest to run out after a moment, of all notebooks', async () => {
        await store.notebooks.create(
          notebook({ id: 'n_00000002', name: 'Second' }),
          write({ id: 'v_00000002', notebook: 'n_00000002' }),
        )
        expect(await store.notebooks.expiring(0)).toBeNull()
        await store.notebooks.share('n_00000001', [view(READER, 50), view('workspace')], edit(0))
        await store.notebooks.share('n_00000002', [view(READER, 50), view('workspace', 70)], edit(0))
        expect(await store.notebooks.expiring(49)).toEqual({ at: 50, notebooks: ['n_00000001', 'n_00000002'] })
        expect(await store.notebooks.expiring(50)).toEqual({ at: 70, notebooks: ['n_00000002'] })
        expect(await store.notebooks.expiring(70)).toBeNull()
      })
    })

    describe('versions', () => {
      beforeEach(async () => {
        await store.notebooks.create(notebook(), write({ sealed: true, at: 0 }))
      })

      test.each([
        ['plain', 'x = 1\n'],
        ['with a NUL', 'x = "\0"\n'],
        ['with a byte order mark and CRLF', '\uFEFFx = 1\r\n'],
        ['with the rest of Unicode', '# 𝄞 é ü 中\n'],
        ['empty', ''],
      ])('a source comes back as written: %s', async (_, source) => {
        const written = await store.versions.write(write({ id: 'v_00000002', source, layout: '{}' }))
        expect(await store.versions.content('n_00000001', written.id)).toEqual({ source, layout: '{}' })
        expect((await store.versions.head('n_00000001'))?.content).toEqual({ source, layout: '{}' })
      })

      test('saves within the window join one version, and never a sealed one', async () => {
        const a = await store.versions.write(write({ id: 'v_00000002', at: 1 * MINUTE, source: 'a' }))
        const b = await store.versions.write(write({ id: 'v_00000003', at: 5 * MINUTE, source: 'b' }))
        const c = await store.versions.write(write({ id: 'v_00000004', at: 6 * MINUTE, source: 'c' }))
        expect([a.number, b.number, c.number]).toEqual([2, 2, 3])
        expect(b.id).toBe(a.id)
        expect(await store.versions.content('n_00000001', a.id)).toMatchObject({ source: 'b' })
        expect((await store.notebooks.get('n_00000001'))?.updated).toBe(6 * MINUTE)
      })

      test('another author begins a version', async () => {
        await store.versions.write(write({ id: 'v_00000002', at: 1 }))
        expect(await store.versions.write(write({ id: 'v_00000003', at: 2, author: 'p_00000002' }))).toMatchObject({ number: 3 })
      })

      test('another label begins a version, a lower one too, and the notebook counts as its newest', async () => {
        const labels = [LOWEST, SECRET, { ...SECRET }, LOWEST]
        for (const [n, label] of labels.entries()) await store.versions.write(write({ id: `v_0000000${n + 2}`, at: n, label }))
        const listed = await store.versions.list('n_00000001')
        expect(listed.map(({ id, label }) => [id, label])).toEqual([
          ['v_00000005', LOWEST],
          ['v_00000003', SECRET],
          ['v_00000002', LOWEST],
          ['v_00000001', LOWEST],
        ])
        expect((await store.notebooks.get('n_00000001'))?.label).toEqual(LOWEST)
        await store.versions.write(write({ id: 'v_00000006', at: 9, label: SECRET, cells: 3 }))
        expect((await store.notebooks.get('n_00000001'))?.label).toEqual(SECRET)
        expect((await store.versions.head('n_00000001'))?.version).toMatchObject({ label: SECRET, cells: 3, released: [] })
      })

      test('a named version is sealed', async () => {
        await store.versions.write(write({ id: 'v_00000002', at: 1 }))
        expect(await store.versions.name('n_00000001', 'Good')).toMatchObject({ id: 'v_00000002', name: 'Good' })
        await store.versions.write(write({ id: 'v_00000003', at: 2 }))
        expect((await store.versions.list('n_00000001')).map(({ number, name }) => [number, name])).toEqual([
          [3, null],
          [2, 'Good'],
          [1, null],
        ])
        expect(await store.versions.name('n_00000009', 'None')).toBeNull()
      })

      test('a release is for those to see, sealed, and on record; only of the newest', async () => {
        const first = await store.versions.write(write({ id: 'v_00000002', at: 1, label: SECRET }))
        expect(await store.versions.release(first, ['p_00000002', 'workspace'], 'p_00000001', 7)).toBe('released')
        expect(await store.versions.release(first, ['p_00000002'], 'p_00000001', 8)).toBe('released')
        const second = await store.versions.write(write({ id: 'v_00000003', at: 2, label: SECRET }))
        expect(second.id).toBe('v_00000003')
        expect(await store.versions.release(first, ['p_00000003'], 'p_00000001', 9)).toBe('stale')
        const [newest, released] = await store.versions.list('n_00000001')
        expect([newest?.released, released?.released]).toEqual([[], ['p_00000002', 'workspace']])
        const rows = await store.audit.list({ limit: 9 })
        const row = {
          kind: 'version-released',
          person: 'p_00000001',
          notebook: 'n_00000001',
          version: 'v_00000002',
          label: SECRET,
        }
        expect(rows.map(({ at, entry }) => [at, entry])).toEqual([
          [8, { ...row, to: ['p_00000002'] }],
          [7, { ...row, to: ['p_00000002', 'workspace'] }],
        ])
      })

      test('a version is found under its own notebook only', async () => {
        await store.notebooks.create(
          notebook({ id: 'n_00000002', name: 'Second' }),
          write({ id: 'v_00000009', notebook: 'n_00000002' }),
        )
        expect(await store.versions.content('n_00000001', 'v_00000009')).toBeNull()
      })
    })

    test('what an author keeps: every notebook of theirs, with its versions and everybody’s drafts', async () => {
      await store.notebooks.create(notebook(), write({ bytes: 10 }))
      await store.notebooks.create(
        notebook({ id: 'n_00000002', name: 'Other' }),
        write({ id: 'v_00000002', notebook: 'n_00000002', bytes: 5 }),
      )
      await store.versions.write(write({ id: 'v_00000003', bytes: 20, at: 1 }))
      await store.notebooks.trash('n_00000002', 1)
      const draft = {
        id: 'v_10000001',
        notebook: 'n_00000001',
        person: 'p_00000002',
        created: 1,
        bytes: 7,
        source: 'x',
        label: LOWEST,
      }
      await store.drafts.put(draft, 2)
      const { author } = notebook()
      expect((await store.notebooks.stored(author)).ids.toSorted()).toEqual(['n_00000001', 'n_00000002'])
      const versions = await store.versions.list('n_00000001')
      expect((await store.notebooks.stored(author)).bytes).toBe(versions.reduce((sum, { bytes }) => sum + bytes, 0) + 5 + 7)
      expect(await store.notebooks.stored('p_00000002')).toEqual({ ids: [], bytes: 0 })
    })

    test('drafts are one person’s, newest first, and bounded', async () => {
      await store.notebooks.create(notebook(), write())
      const draft = (n: number, person = 'p_00000001') => ({
        id: `v_1000000${n}`,
        notebook: 'n_00000001',
        person,
        created: n,
        bytes: 1,
        source: String(n),
        label: SECRET,
      })
      await store.drafts.put(draft(9, 'p_00000002'), 2)
      for (const n of [1, 2, 3]) await store.drafts.put(draft(n), 2)
      expect((await store.drafts.list('n_00000001', 'p_00000001')).map(({ source, label }) => [source, label])).toEqual([
        ['3', SECRET],
        ['2', SECRET],
      ])
      expect(await store.drafts.list('n_00000001', 'p_00000002')).toHaveLength(1)
    })

    test('what files count as is kept by notebook and name, over a restart, and goes with the notebook', async () => {
      await store.notebooks.create(notebook(), write())
      const other = write({ id: 'v_00000002', notebook: 'n_00000002' })
      await store.notebooks.create(notebook({ id: 'n_00000002', name: 'Second' }), other)
      for (const [name, label] of [
        ['a', LOWEST],
        ['a', SECRET],
        ['é', LOWEST],
      ] as const)
        await store.uploads.put('n_00000001', name, label)
      await store.uploads.put('n_00000002', 'a', LOWEST)
      await again()
      expect([...(await store.uploads.labels('n_00000001'))].sort()).toEqual([
        ['a', SECRET],
        ['é', LOWEST],
      ])
      await store.uploads.remove('n_00000001', 'é')
      await store.uploads.remove('n_00000001', 'never')
      expect([...(await store.uploads.labels('n_00000001'))]).toEqual([['a', SECRET]])
      await store.notebooks.trash('n_00000001', 1)
      await store.notebooks.purge(2)
      const left = await Promise.all(['n_00000001', 'n_00000002'].map((id) => store.uploads.labels(id)))
      expect(left.map((labels) => [...labels])).toEqual([[], [['a', LOWEST]]])
    })

    test('what is trusted is one person’s, or everybody’s, and another takes its place', async () => {
      const { trust } = store
      await trust.put('p_00000001', 'one', 1)
      await trust.put('p_00000001', 'one', 2)
      await trust.put('everybody', 'all', 1)
      expect(await Promise.all(['one', 'all', 'two'].map((digest) => trust.holds('p_00000001', digest)))).toEqual([
        true,
        true,
        false,
      ])
      expect(await Promise.all(['one', 'all'].map((digest) => trust.holds('p_00000002', digest)))).toEqual([false, true])
      await trust.put('p_00000001', 'two', 3, 'one')
      expect(await Promise.all(['one', 'two'].map((digest) => trust.holds('p_00000001', digest)))).toEqual([false, true])
    })

    test('so many contents of a person are trusted, the newest', async () => {
      await store.trust.put('p_00000002', 'another’s', 0)
      for (let n = 0; n <= TRUSTED; n++) await store.trust.put('p_00000001', String(n), n)
      expect(await store.trust.holds('p_00000001', '0')).toBe(false)
      expect(await store.trust.holds('p_00000001', '1')).toBe(true)
      expect(await store.trust.holds('p_00000002', 'another’s')).toBe(true)
    })

    test('a session ends at its time, and all of a person at once', async () => {
      const session = (hash: string, person: string, created = 0) => ({ hash, person, created, expires: 100 })
      await store.sessions.put(session('a', 'p_00000001'))
      await store.sessions.put(session('b', 'p_00000001'))
      await store.sessions.put(session('c', 'p_00000002', 1))
      expect(await store.sessions.get('a', 99)).toEqual(session('a', 'p_00000001'))
      expect(await store.sessions.get('a', 100)).toBeNull()
      await store.sessions.put(session('d', 'p_00000003', 2))
      expect(await store.sessions.people(99)).toEqual(['p_00000003', 'p_00000002', 'p_00000001'])
      expect(await store.sessions.people(100)).toEqual([])
      await store.sessions.endAll('p_00000001')
      expect(await store.sessions.people(99)).toEqual(['p_00000003', 'p_00000002'])
      expect(await store.sessions.get('b', 1)).toBeNull()
      expect(await store.sessions.get('c', 1)).not.toBeNull()
      const since = (at: number) => Promise.all(['p_00000001', 'p_00000002'].map((person) => store.sessions.since(person, at)))
      expect(await since(1)).toEqual([false, true])
      expect(await since(0)).toEqual([false, false])
      await store.sessions.sweep(100)
      expect(await since(1)).toEqual([false, false])
      expect(await store.sessions.get('c', 1)).toBeNull()
    })

    test('preferences and marks stay over a restart', async () => {
      const preferences = { autorun: true, theme: 'dark', editor: { display: { code_editor_font_size: 18 } } } as const
      await store.preferences.put('p_00000001', preferences)
      await store.markDone('seed', 1)
      await store.notebooks.create(notebook(), write())
      await again()
      expect(await store.preferences.get('p_00000001')).toEqual(preferences)
      expect(await store.preferences.get('p_00000002')).toBeNull()
      expect(await store.done('seed')).toBe(true)
      expect(await store.done('other')).toBe(false)
      expect(await store.notebooks.list(false)).toHaveLength(1)
    })
  })
}
