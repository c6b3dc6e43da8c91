// The source of one version or draft. A draft can be kept as a notebook of one's own.
import { createQuery } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { useApi } from '../../net/context.ts'
import { sayRefused } from '../../primitives/notices.ts'
import { Button } from '../../ui/Button.tsx'
import { CodeView } from '../../ui/CodeView.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { Query } from '../../ui/Query.tsx'

export type Shown = { readonly version: string; readonly title: string; readonly draft: boolean }
type SourceDialogProps = Shown & {
  readonly notebook: string
  readonly onKept: (id: string) => void
  readonly onClose: () => void
}

export function SourceDialog(props: SourceDialogProps) {
  const api = useApi()
  const source = createQuery(() => ({
    queryKey: ['source', props.notebook, props.version],
    queryFn: () => api('GET /api/notebooks/:id/versions/:version', { params: { id: props.notebook, version: props.version } }),
    staleTime: 0, // the newest version takes in the saves of its first minutes
  }))
  async function keep(text: string): Promise<void> {
    try {
      const made = await api('POST /api/notebooks', { body: { name: props.title.replaceAll(/[/\\:]/g, '.'), source: text } })
      props.onClose()
      props.onKept(made.id)
    } catch (error) {
      sayRefused(error)
    }
  }
  return (
    <Modal title={props.title} wide onClose={props.onClose}>
      <Query query={source}>
        {(found) => (
          <>
            <div class="h-[420px] overflow-hidden rounded-[10px] border border-line bg-sunken">
              <CodeView source={found().source} label={`Source of ${props.title}`} />
            </div>
            <Show when={props.draft}>
              <div class="mt-4 flex justify-end">
                <Button tone="accent" onClick={() => void keep(found().source)}>
                  Keep as a notebook of mine
                </Button>
              </div>
            </Show>
          </>
        )}
      </Query>
    </Modal>
  )
}
