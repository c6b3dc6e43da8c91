// What its maker, or who may declassify, does with a table: released to others, classified otherwise.
import { useQueryClient } from '@tanstack/solid-query'
import { createSignal, Match, Show, Switch } from 'solid-js'
import type { TablePage } from '#protocol/managed.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import { labelText } from '../../../primitives/label.ts'
import { say } from '../../../primitives/notices.ts'
import { Button } from '../../../ui/Button.tsx'
import { useManaged } from '../queries.ts'
import { ClassifyForm } from '../sharing/ClassifyForm.tsx'
import { ReleaseForm } from '../sharing/ReleaseForm.tsx'

type ActsProps = { readonly page: TablePage }

export function Acts(props: ActsProps) {
  const [asked, setAsked] = createSignal<'release' | 'classify' | null>(null)
  const close = () => setAsked(null)
  return (
    <>
      <Show when={props.page.release}>
        <Button onClick={() => setAsked('release')}>Release …</Button>
      </Show>
      <Show when={props.page.classify}>
        <Button onClick={() => setAsked('classify')}>Classify …</Button>
      </Show>
      <Switch>
        <Match when={asked() === 'release' && props.page.release} keyed>
          {(release) => <Release page={props.page} release={release} onClose={close} />}
        </Match>
        <Match when={asked() === 'classify' && props.page.classify} keyed>
          {(classify) => <Classify page={props.page} classify={classify} onClose={close} />}
        </Match>
      </Switch>
    </>
  )
}

type ReleaseProps = ActsProps & { readonly release: NonNullable<TablePage['release']>; readonly onClose: () => void }

function Release(props: ReleaseProps) {
  const api = useManaged()
  const client = useQueryClient()
  const { name, owner, access } = props.page.card // as it was when the dialog was opened
  const params = { table: name }
  const { to: before, onto } = props.release
  async function release(to: readonly Audience[], reason: string): Promise<void> {
    await api('PUT /api/tables/:table/release', { params, body: { to, onto, reason } })
    props.onClose()
    say(to.length === 0 ? `“${name}” is yours alone` : `“${name}” released`)
    await client.invalidateQueries({ queryKey: ['data'] })
  }
  return (
    <ReleaseForm
      name={name}
      id={name}
      label={access.readable ? access.label : LOWEST}
      maker={owner.id}
      to={before}
      disclosure={(to, signal) => api('POST /api/tables/:table/release/preview', { params, body: { to }, signal })}
      onRelease={release}
      onClose={props.onClose}
    />
  )
}

type ClassifyProps = ActsProps & { readonly classify: NonNullable<TablePage['classify']>; readonly onClose: () => void }

function Classify(props: ClassifyProps) {
  const api = useManaged()
  const client = useQueryClient()
  const { name } = props.page.card
  const { label: before, onto, lower } = props.classify // as it was when the dialog was opened
  async function classify(label: Label, reason: string): Promise<void> {
    await api('PUT /api/tables/:table/label', { params: { table: name }, body: { label, onto, reason } })
    props.onClose()
    say(`“${name}” counts as ${labelText(label)}`)
    await client.invalidateQueries({ queryKey: ['data'] })
  }
  return <ClassifyForm name={name} label={before} lower={lower} onClassify={classify} onClose={props.onClose} />
}
