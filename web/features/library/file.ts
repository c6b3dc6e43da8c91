// What of a chosen file can be judged before it is sent. The server decides again.
import { DOCUMENTS } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'

export const ACCEPT = '.md,.markdown,.txt,.pdf'

/** Why a file cannot be added; null: nothing seen so far. */
export function refusal({ name, size }: { readonly name: string; readonly size: number }): string | null {
  if (!ACCEPT.split(',').some((ending) => name.toLowerCase().endsWith(ending)))
    return `“${name}” is not a Markdown, text or PDF file.`
  if (size > DOCUMENTS.file) return `“${name}” is ${sizeText(size)}; a document may be ${sizeText(DOCUMENTS.file)} at most.`
  return null
}
