// The syntax tree of our sources: rolldown's parser, which vite brings along.
import { parseAst } from 'rolldown/parseAst'

export const parse = (path, text) => parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }).body

/** Every node, parents first: `visit(node, parent)`, which stays out of a node by answering false. */
export function walk(node, visit, parent = null) {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) return node.forEach((each) => void walk(each, visit, parent))
  if (node.type && visit(node, parent) === false) return
  for (const child of Object.values(node)) walk(child, visit, node.type ? node : parent)
}
