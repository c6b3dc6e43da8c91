// Files a person brings: read here, so that a wrong one is named before anything is sent.
import { NOTEBOOK } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'

export type Imported =
  | { readonly ok: true; readonly name: string; readonly source: string }
  | { readonly ok: false; readonly message: string }

type Source = { readonly name: string; readonly size: number; arrayBuffer(): Promise<ArrayBuffer> }

export async function readNotebook(file: Source): Promise<Imported> {
  if (!file.name.toLowerCase().endsWith('.py')) return { ok: false, message: `“${file.name}” is not a .py file.` }
  if (file.size > NOTEBOOK.source)
    return { ok: false, message: `“${file.name}” is larger than ${sizeText(NOTEBOOK.source)}, the limit for a notebook.` }
  try {
    const source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer())
    return { ok: true, name: stem(file.name), source }
  } catch {
    return { ok: false, message: `“${file.name}” is not UTF-8 text. Save it as UTF-8 and import it again.` }
  }
}

/** A file's name as a notebook's: what a name may not hold becomes a space. */
const stem = (name: string): string =>
  fitted(
    name
      .slice(0, -3)
      .replace(/[\p{C}/\\]+/gu, ' ')
      .trim(),
  ) || 'notebook'

/** Cut to the length of a name, never through the middle of a character. */
export const fitted = (name: string, end = ''): string =>
  name
    .slice(0, NOTEBOOK.name - end.length)
    .replace(/\p{Cs}$/u, '')
    .trimEnd() + end
