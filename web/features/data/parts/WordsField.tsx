// One line of a person's own words to another.
import { REQUEST } from '#protocol/limits.ts'
import { Words } from '#protocol/sight.ts'

type WordsFieldProps = {
  readonly label: string
  readonly placeholder: string
  readonly required?: true
  readonly onWords: (words: string) => void
}

export const WordsField = (props: WordsFieldProps) => (
  <label class="block text-sm">
    <span class="mb-1.5 block font-medium">{props.label}</span>
    <input
      type="text"
      class="field"
      autocomplete="off"
      maxLength={REQUEST.words}
      required={props.required ?? false}
      placeholder={props.placeholder}
      onInput={(event) => {
        const box = event.currentTarget
        const missing = props.required && box.value.trim() === ''
        const wrong = Words.safeParse(box.value).success ? '' : 'One line of plain text.'
        box.setCustomValidity(missing ? 'Say why.' : wrong)
        props.onWords(box.value)
      }}
    />
  </label>
)
