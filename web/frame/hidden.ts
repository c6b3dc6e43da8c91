// The selectors of what is hidden, by mode. Names are marimo 0.25.2's own test ids and labels, as the browser shows them.
const menu = (...labels: string[]) => labels.map((label) => `[data-testid="notebook-menu-dropdown-${label}"]`)
const palette = (...labels: string[]) => labels.map((label) => `[cmdk-item][data-value^="${label}" i]`)
const ids = (...names: string[]) => names.map((name) => `[data-testid="${name}"]`)

const edit = [
  ...menu(
    'Export…',
    'Download',
    'Share',
    'Pair with an agent',
    'Duplicate notebook',
    'Add database connection',
    'Add remote storage',
    'Restart kernel',
    'Report an issue',
    'Resources',
    'Open home',
    'New notebook',
  ),
  ...palette(
    'Export',
    'Download',
    'Share',
    'Pair with an agent',
    'Duplicate notebook',
    'Add database connection',
    'Add remote storage',
    'Restart kernel',
    'Report an issue',
    'Resources',
    'Open home',
    'New notebook',
  ),
  ...ids('shutdown-button', 'filename-input', 'footer-ai-disabled', 'footer-copilot-status', 'footer-rtc-status'),
]
const both = ids('export-button')
const run: string[] = []

export const HIDDEN = { both, edit, run } as const
