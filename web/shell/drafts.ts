// What could not be saved becomes a draft of one's own. Without a connection it waits here until there is one.
import type { NotebookId } from '#protocol/ids.ts'
import { draftText } from '../features/notebook/draftText.ts'
import type { Api } from '../net/api.ts'
import { refusalOf } from '../primitives/refused.ts'

/** `waiting`: this page holds it and tries again; `gone`: the server refused it, in words. */
export type Drafted =
  | { readonly type: 'kept' }
  | { readonly type: 'waiting' }
  | { readonly type: 'gone'; readonly message: string }

export class Drafts {
  readonly #api: Api
  readonly #waiting = new Map<NotebookId, Uint8Array>() // the newest of each notebook

  constructor(api: Api) {
    this.#api = api
  }

  /** Never throws. */
  async keep(notebook: NotebookId, command: Uint8Array): Promise<Drafted> {
    this.#waiting.set(notebook, command)
    const drafted = await this.#send(notebook, command)
    if (drafted.type !== 'waiting' && this.#waiting.get(notebook) === command) this.#waiting.delete(notebook)
    return drafted
  }

  /** There is a connection again: what became of those that waited. */
  async retry(): Promise<readonly (readonly [NotebookId, Drafted])[]> {
    const tried = await Promise.all(
      [...this.#waiting].map(async ([notebook, command]) => [notebook, await this.keep(notebook, command)] as const),
    )
    return tried.filter(([, { type }]) => type !== 'waiting')
  }

  async #send(id: NotebookId, command: Uint8Array): Promise<Drafted> {
    try {
      const { source } = await this.#api('GET /api/notebooks/:id/source', { params: { id } })
      const text = draftText(command, source)
      if (text === null) return { type: 'gone', message: 'the page sent something that is no notebook' }
      await this.#api('POST /api/notebooks/:id/drafts', { params: { id }, body: { source: text } })
      return { type: 'kept' }
    } catch (error) {
      const { code, message } = refusalOf(error)
      return code === 'offline' ? { type: 'waiting' } : { type: 'gone', message }
    }
  }
}
