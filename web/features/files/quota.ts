import { NOTEBOOK } from '#protocol/limits.ts'
import { bytes } from '../../primitives/format.ts'

/** Why a file cannot be uploaded, naming the limit; null: it can. The server decides again. */
export function tooLarge(file: { readonly name: string; readonly size: number }, used: number): string | null {
  if (file.size > NOTEBOOK.upload)
    return `“${file.name}” is ${bytes(file.size)}; one file may be ${bytes(NOTEBOOK.upload)} at most.`
  if (used + file.size > NOTEBOOK.uploads) {
    return `“${file.name}” (${bytes(file.size)}) does not fit: ${bytes(used)} of ${bytes(NOTEBOOK.uploads)} are used. Delete a file first.`
  }
  return null
}
