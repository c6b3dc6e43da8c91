import { LOWEST } from '#protocol/policy/label.ts'
import { BODY, documentContract, HEADER } from '../seams/document.contract.ts'
import { stopGateway, testGateway } from '../testing.ts'

documentContract(async () => {
  const gateway = await testGateway()
  const { desk, document } = gateway.deps
  const source = HEADER + BODY
  const [notebook, editor] = ['n_00000001', 'p_demo-owner'] as const
  const first = {
    id: 'v_00000001',
    notebook,
    author: editor,
    at: 0,
    source,
    layout: null,
    bytes: source.length,
    cells: 1,
    label: LOWEST,
  }
  const shares = [{ with: 'workspace', right: 'edit', expires: null }] as const
  await desk.store.notebooks.create(
    { id: notebook, name: 'N', author: editor, created: 0, shares },
    { ...first, sealed: true, coalesce: 0 },
  )
  const people = { editor, other: 'p_demo-analyst', stranger: 'p_demo-outsider' }
  return { document, leases: desk.leases, notebook, ...people, close: () => stopGateway(gateway) }
})
