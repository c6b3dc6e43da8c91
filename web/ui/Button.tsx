import { type JSX, splitProps } from 'solid-js'

type ButtonProps = JSX.ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly tone?: 'plain' | 'accent' | 'quiet' | 'bad'
  readonly size?: 'small' | 'normal'
}

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ['tone', 'size', 'class'])
  return (
    <button
      type="button"
      {...rest}
      class={`btn ${own.class ?? ''}`}
      data-tone={own.tone ?? 'plain'}
      data-size={own.size ?? 'normal'}
    />
  )
}
