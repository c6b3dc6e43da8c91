// A person as a small disc. The hue comes from the name, so it is the same everywhere; the name stands beside it in text.
import { hueOf } from '../primitives/hue.ts'

export function Avatar(props: { readonly name: string; readonly size?: number }) {
  const size = () => props.size ?? 20
  return (
    <span
      aria-hidden="true"
      class="inline-grid flex-none place-items-center rounded-full font-semibold"
      style={{
        width: `${size()}px`,
        height: `${size()}px`,
        'font-size': `${Math.round(size() * 0.5)}px`,
        background: `light-dark(oklch(0.91 0.055 ${hueOf(props.name)}), oklch(0.38 0.06 ${hueOf(props.name)}))`,
        color: `light-dark(oklch(0.36 0.09 ${hueOf(props.name)}), oklch(0.92 0.05 ${hueOf(props.name)}))`,
      }}
    >
      {props.name.slice(0, 1).toUpperCase()}
    </span>
  )
}
