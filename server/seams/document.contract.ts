// What every document must do towards the multiplexer: whoever holds the lease writes, and nothing is lost or half stored.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import type { Access, Document, Leases } from './document.ts'

export type OpenDocument = {
  readonly document: Document & Access
  readonly leases: Leases
  readonly notebook: NotebookId // may be edited by both
  readonly editor: PersonId
  readonly other: PersonId
  readonly stranger: PersonId
  close(): Promise<void>
}

export const HEADER = '# /// script\n# dependencies = ["x"]\n# ///\n'
export const BODY = 'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    x = 1\n    return\n'
const bytes = (text: string) => new TextEncoder().encode(text)

/** `open` makes a notebook that holds HEADER and BODY. */
export function documentContract(open: () => Promise<OpenDocument>): void {
  describe('a document', () => {
    let at: OpenDocument
    beforeEach(async () => {
      at = await open()
    })
    afterEach(() => at.close())
    const body = async (person: PersonId) => (await at.document.materialise(at.notebook, person))?.source
    const by = (person: PersonId) => ({ notebook: at.notebook, person, kernel: 'k_00000001', trusted: true })
    const commit = (person: PersonId, text: string) => at.document.commit(by(person), bytes(text))

    test('a kernel starts without the header; a stranger gets nothing', async () => {
      expect(await body(at.editor)).toBe(BODY)
      expect(await body(at.stranger)).toBeUndefined()
      expect(await at.document.materialise('n_99999999', at.editor)).toBeNull()
    })

    test('committed, then unchanged, by the same version', async () => {
      const first = await commit(at.editor, `${BODY}# 1\n`)
      const again = await commit(at.editor, `${BODY}# 1\n`)
      expect(first.type).toBe('committed')
      expect(again).toMatchObject({ type: 'unchanged', version: first.type === 'committed' && first.version })
      expect(await body(at.other)).toBe(`${BODY}# 1\n`)
    })

    test('the same text as marimo answers it when nothing was changed, stripped, is unchanged: no version, no draft', async () => {
      await commit(at.editor, `${BODY}# 1\n`)
      expect((await commit(at.editor, `${BODY}# 1`)).type).toBe('unchanged')
      at.leases.release(at.notebook, at.editor)
      expect(at.leases.sign(at.notebook, at.other)).toBe('held')
      expect((await commit(at.editor, `${BODY}# 1`)).type).toBe('unchanged')
      expect(await body(at.editor)).toBe(`${BODY}# 1\n`)
    })

    test('commits at once are stored one after the other, the last one stays', async () => {
      const saved = await Promise.all([1, 2, 3, 4, 5].map((n) => commit(at.editor, `${BODY}# ${n}\n`)))
      expect(saved.map(({ type }) => type)).toEqual(Array.from({ length: 5 }, () => 'committed'))
      expect(await body(at.editor)).toBe(`${BODY}# 5\n`)
    })

    test('a commit by who does not hold the lease becomes a draft, the same one when it is sent again', async () => {
      expect(at.leases.sign(at.notebook, at.editor)).toBe('held')
      expect(at.leases.sign(at.notebook, at.other)).toBe('lost')
      const first = await commit(at.other, `${BODY}# mine\n`)
      const again = await commit(at.other, `${BODY}# mine\n`)
      expect(first).toMatchObject({ type: 'drafted', refusal: { code: 'not-the-editor' } })
      expect(again).toMatchObject({ draft: first.type === 'drafted' && first.draft })
      expect(await body(at.editor)).toBe(BODY)
      at.leases.release(at.notebook, at.editor)
      expect(at.leases.holder(at.notebook)).toBeNull()
      expect((await commit(at.other, `${BODY}# mine\n`)).type).toBe('committed')
    })

    test('what is not a whole notebook is refused and changes nothing', async () => {
      for (const text of ['', 'x = 1\n', `${BODY}x = (`]) expect((await commit(at.editor, text)).type).toBe('refused')
      expect((await at.document.commit(by(at.editor), Uint8Array.of(0xff))).type).toBe('refused')
      expect((await commit(at.stranger, `${BODY}#\n`)).type).toBe('refused')
      expect(await body(at.editor)).toBe(BODY)
    })

    test('a layout is kept until it is changed', async () => {
      await at.document.commit(by(at.editor), bytes(BODY), '{"a":1}')
      await commit(at.editor, `${BODY}# 1\n`)
      expect((await at.document.materialise(at.notebook, at.editor))?.layout).toBe('{"a":1}')
      await at.document.commit(by(at.editor), bytes(BODY), null)
      expect((await at.document.materialise(at.notebook, at.editor))?.layout).toBeNull()
    })

    test('who may open it, and how', async () => {
      expect(await at.document.mayOpen(at.notebook, at.other, 'edit')).toBe(true)
      expect(await at.document.mayOpen(at.notebook, at.stranger, 'run')).toBe(false)
      expect(await at.document.mayOpen('n_99999999', at.editor, 'run')).toBe(false)
    })
  })
}
