import { useQueryClient } from '@tanstack/solid-query'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import { say } from '../../../primitives/notices.ts'
import { ReleaseForm } from '../sharing/ReleaseForm.tsx'
import { useArtefacts } from './queries.ts'

export function Release(props: { readonly card: ArtefactCard; readonly onClose: () => void }) {
  const api = useArtefacts()
  const client = useQueryClient()
  const { id, version, released, maker, name, label } = props.card // as it was when the dialog was opened
  const params = { artefact: id }
  async function release(to: readonly Audience[], reason: string): Promise<void> {
    await api('PUT /api/artefacts/:artefact/release', { params, body: { to, onto: version, reason } })
    await client.invalidateQueries({ queryKey: ['data', 'artefacts'] })
    say(to.length === 0 ? `“${name}” is yours alone` : `“${name}” released`)
    props.onClose()
  }
  return (
    <ReleaseForm
      name={name}
      id={id}
      label={label}
      maker={maker.id}
      to={released ?? []}
      disclosure={(to, signal) => api('POST /api/artefacts/:artefact/release/preview', { params, body: { to }, signal })}
      onRelease={release}
      onClose={props.onClose}
    />
  )
}
