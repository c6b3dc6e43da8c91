// What may be stored as a notebook's source, and what a new one holds.
import { NOTEBOOK } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'
import { refuse } from '../errors.ts'
import { type Shape, shape } from './scan.ts'

export const NEW_NOTEBOOK = `import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    return (mo,)


if __name__ == "__main__":
    app.run()
`

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text exactly as written, or a refusal. A byte order mark stays. */
export function decode(bytes: Uint8Array): string {
  if (bytes.byteLength > NOTEBOOK.source) throw refuse('source-too-big', { limit: sizeText(NOTEBOOK.source) })
  try {
    return decoder.decode(bytes)
  } catch {
    throw refuse('not-utf8')
  }
}

/** A save's text. marimo answers a save that changes nothing with its text stripped. */
export const decodeSaved = (bytes: Uint8Array): string => `${decode(bytes).trimEnd()}\n`

export type Checked = { readonly source: string; readonly bytes: number; readonly shape: Shape }

/** For an import: stored as written even where a cell is wrong, since marimo shows that in the cell. */
export function check(source: string): Checked {
  if (!source.isWellFormed()) throw refuse('not-utf8')
  const bytes = Buffer.byteLength(source)
  if (bytes > NOTEBOOK.source) throw refuse('source-too-big', { limit: sizeText(NOTEBOOK.source) })
  const found = shape(source)
  if (!found.notebook) throw refuse('not-a-notebook')
  return { source, bytes, shape: found }
}

/** For a save: marimo writes whole files, so anything else did not come from its save command. */
export function checkSaved(source: string): Checked {
  const bytes = Buffer.byteLength(source)
  if (bytes > NOTEBOOK.source) throw refuse('source-too-big', { limit: sizeText(NOTEBOOK.source) })
  const found = shape(source)
  if (!found.notebook || found.cells === null) throw refuse('broken-source')
  return { source, bytes, shape: found }
}
