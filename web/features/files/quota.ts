import { NOTEBOOK } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'

type Listed = { readonly name: string; readonly bytes: number }

/** Why a file cannot be uploaded, naming the limit; null: it can. One of the same name gives way to it. The server decides again. */
export function tooLarge(file: { readonly name: string; readonly size: number }, files: readonly Listed[]): string | null {
  const used = files.reduce((sum, { name, bytes: taken }) => (name === file.name ? sum : sum + taken), 0)
  if (file.size > NOTEBOOK.upload)
    return `“${file.name}” is ${sizeText(file.size)}; one file may be ${sizeText(NOTEBOOK.upload)} at most.`
  if (used + file.size > NOTEBOOK.uploads) {
    return `“${file.name}” (${sizeText(file.size)}) does not fit: ${sizeText(used)} of ${sizeText(NOTEBOOK.uploads)} are used. Delete a file first.`
  }
  return null
}
