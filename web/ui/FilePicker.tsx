// The browser's own way to choose files, behind a button of ours: the children get what opens it.
import type { JSX } from 'solid-js'

type FilePickerProps = {
  readonly accept?: string
  readonly onFiles: (files: readonly File[]) => void
  readonly children: (pick: () => void) => JSX.Element
}

export function FilePicker(props: FilePickerProps) {
  let input: HTMLInputElement | undefined
  return (
    <>
      {props.children(() => input?.click())}
      <input
        ref={input}
        type="file"
        accept={props.accept}
        multiple
        hidden
        onChange={(event) => {
          props.onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = '' // the same file may be chosen again
        }}
      />
    </>
  )
}
