// Gives the current version a name, by which it is kept.
import { createSignal } from 'solid-js'
import { NotebookName } from '#protocol/api.ts'
import { useApi } from '../../net/context.ts'
import { sayRefused } from '../../primitives/notices.ts'
import { Button } from '../../ui/Button.tsx'

export function NameIt(props: { readonly id: string; readonly onNamed: () => void }) {
  const api = useApi()
  const [name, setName] = createSignal('')
  const good = () => NotebookName.safeParse(name().trim()).success
  async function keep(): Promise<void> {
    if (!good()) return
    try {
      await api('POST /api/notebooks/:id/versions', { params: { id: props.id }, body: { name: name().trim() } })
      setName('')
      props.onNamed()
    } catch (error) {
      sayRefused(error)
    }
  }
  return (
    <form
      class="flex gap-2 border-b border-line p-4"
      onSubmit={(event) => {
        event.preventDefault()
        void keep()
      }}
    >
      <input
        class="field"
        aria-label="Name of the version"
        placeholder="Name this version"
        value={name()}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!good()}>
        Keep
      </Button>
    </form>
  )
}
