// Parts loaded when first needed. After an upgrade of the server an open page asks for files that are gone: that is said in
// place, and nothing else of the page breaks.
import { type Component, lazy } from 'solid-js'
import { Button } from './Button.tsx'

export function lazily<P extends Record<string, unknown>>(load: () => Promise<Component<P>>) {
  return lazy(() => load().then(found, stale))
}

const found = <P extends Record<string, unknown>>(component: Component<P>) => ({ default: component })
const stale = () => ({ default: Stale })

export function Stale() {
  return (
    <div role="alert" class="p-4 text-sm">
      <p class="mb-3">This part could not be loaded. The server may have been upgraded since this page was opened; reload it.</p>
      <Button size="small" onClick={() => location.reload()}>
        Reload the page
      </Button>
    </div>
  )
}
