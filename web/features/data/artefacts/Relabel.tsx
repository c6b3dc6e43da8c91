import { useQueryClient } from '@tanstack/solid-query'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import type { Label } from '#protocol/policy/label.ts'
import { labelText } from '../../../primitives/label.ts'
import { say } from '../../../primitives/notices.ts'
import { ClassifyForm } from '../sharing/ClassifyForm.tsx'
import { useArtefacts } from './queries.ts'

export function Relabel(props: { readonly card: ArtefactCard; readonly onClose: () => void }) {
  const api = useArtefacts()
  const client = useQueryClient()
  const { id, version, name, label, may } = props.card // as it was when the dialog was opened
  async function classify(label: Label, reason: string): Promise<void> {
    await api('PUT /api/artefacts/:artefact/label', { params: { artefact: id }, body: { label, onto: version, reason } })
    await client.invalidateQueries({ queryKey: ['data', 'artefacts'] })
    say(`“${name}” counts as ${labelText(label)}`)
    props.onClose()
  }
  return <ClassifyForm name={name} label={label} lower={may.lower} onClassify={classify} onClose={props.onClose} />
}
