// Names that stand in a notebook's source for everybody to read: whole words in its string literals, as tables.read and SQL have them.
import { strings } from './scan.ts'

const PART = /[\w.]/ // of a longer name; a dot ends a sentence of SQL, too, where nothing follows it

export const named = (source: string, name: string): boolean =>
  source.includes(name) && strings(source).some((text) => stands(text, name))

function stands(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before, after, next] = [text[at - 1] ?? '', text[at + name.length] ?? '', text[at + name.length + 1] ?? '']
    const goesOn = after === '.' ? /\w/.test(next) : PART.test(after)
    if (!PART.test(before) && !goesOn) return true
  }
  return false
}
