export function Logo(props: { readonly size: number }) {
  return (
    <svg width={props.size} height={props.size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="11.5" fill="none" stroke="currentColor" stroke-width="3" />
      <path d="M16 9.6a6.4 6.4 0 0 1 6.4 6.4" fill="none" stroke="var(--accent)" stroke-width="3" stroke-linecap="round" />
    </svg>
  )
}
