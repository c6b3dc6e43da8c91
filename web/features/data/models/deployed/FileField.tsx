// The file of a model. It is uploaded as it is chosen: the server opens it, and says what it takes or why it does not.
import FileUp from 'lucide-solid/icons/file-up'
import { createSignal, Show } from 'solid-js'
import type { Refusal } from '#protocol/api.ts'
import { INFERENCE } from '#protocol/limits.ts'
import type { ModelFile } from '#protocol/policy/deployed.ts'
import { sizeText } from '#protocol/size.ts'
import { refusalOf } from '../../../../primitives/refused.ts'
import { Button } from '../../../../ui/Button.tsx'
import { FilePicker } from '../../../../ui/FilePicker.tsx'
import { Line } from '../../parts/Line.tsx'
import { NotDone } from '../../parts/NotDone.tsx'
import { useDeployed } from './queries.ts'

type FileFieldProps = { readonly file: ModelFile | null; readonly onFile: (file: ModelFile, name: string) => void }

export function FileField(props: FileFieldProps) {
  const api = useDeployed()
  const [sending, setSending] = createSignal(false)
  const [refused, setRefused] = createSignal<Refusal | null>(null)
  async function send([file]: readonly File[]): Promise<void> {
    if (file === undefined) return
    setSending(true)
    setRefused(null)
    try {
      props.onFile(await api('POST /api/models/files', { bytes: file }), file.name)
    } catch (error) {
      setRefused(refusalOf(error))
    } finally {
      setSending(false)
    }
  }
  const said = () =>
    props.file ? `${sizeText(props.file.bytes)}, ${props.file.digest.slice(0, 12)}` : `ONNX, at most ${sizeText(INFERENCE.file)}`
  return (
    <Line label="File">
      <FilePicker accept=".onnx" onFiles={(files) => void send(files)}>
        {(pick) => (
          <div class="flex flex-wrap items-center gap-3">
            <Button onClick={pick} disabled={sending()}>
              <FileUp size={15} aria-hidden="true" /> {props.file ? 'Choose another file' : 'Choose a file'}
            </Button>
            <span class="text-ink-2" role="status">
              {sending() ? 'Sending and opening it …' : said()}
            </span>
          </div>
        )}
      </FilePicker>
      <Show when={refused()}>{(refusal) => <NotDone refusal={refusal()} />}</Show>
    </Line>
  )
}
