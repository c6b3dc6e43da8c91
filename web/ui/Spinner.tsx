export function Spinner(props: { readonly size?: number }) {
  return (
    <svg width={props.size ?? 14} height={props.size ?? 14} viewBox="0 0 16 16" class="animate-spin" aria-hidden="true">
      <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-opacity="0.22" stroke-width="2" />
      <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
    </svg>
  )
}
