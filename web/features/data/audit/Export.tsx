// The whole record as a file of OpenLineage events, a line for each, for a catalogue elsewhere; asked for part by part.
import Download from 'lucide-solid/icons/download'
import { createSignal } from 'solid-js'
import { saveFile } from '../../../primitives/download.ts'
import { sayRefused } from '../../../primitives/notices.ts'
import { Button } from '../../../ui/Button.tsx'
import { useManaged } from '../queries.ts'
import { gathered } from './gathered.ts'

export function Export() {
  const api = useManaged()
  const [busy, setBusy] = createSignal(false)
  const part = (before: number | null) =>
    api('GET /api/audit/lineage', { query: before === null ? {} : { before: String(before) } })

  async function save(): Promise<void> {
    setBusy(true)
    try {
      const events = await gathered(part)
      saveFile('lineage.ndjson', new Blob(events.map((event) => `${JSON.stringify(event)}\n`)), 'application/x-ndjson')
    } catch (error) {
      sayRefused(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="small" disabled={busy()} onClick={() => void save()}>
      <Download size={14} aria-hidden="true" /> Export OpenLineage
    </Button>
  )
}
