// The selectors of what is hidden, by mode. Names are marimo 0.25.2's own test ids, keys and labels, as its page has them;
// e2e/frame.spec.ts looks for them, and e2e/controls.spec.ts presses what is left: none of it is refused.
const menu = (label: string) => `[data-testid="notebook-menu-dropdown-${label}"]`
const palette = (label: string) => `[cmdk-item][data-value^="${label}" i]`
const panel = (key: string) => `[aria-label$="anel tabs"] [data-key="${key}"], [aria-label="Sidebar panels"] [data-key="${key}"]`
const panelCommand = (name: string) => `[cmdk-item][data-value^="Helper panel" i][data-value$=" ${name}" i]`
const testId = (name: string) => `[data-testid="${name}"]`
const group = (name: string) => `form .pb-4.gap-4:has(> div > div > [data-testid="${name}"])`
const contextItem = (icon: string) => `[role="menuitem"]:has(svg.lucide-${icon})`
const setting = (name: string) => `form .pb-4 > div:has(> div > [data-testid="${name}"])`

const ACTIONS = [
  'Export',
  'Download',
  'Share',
  'Pair with',
  'Connect your agent',
  'Duplicate notebook',
  'Add database connection',
  'Add remote storage',
  'Restart kernel',
  'Report an issue',
  'Resources',
  'Open home',
  'New notebook',
]
const PANELS = ['files', 'packages', 'ai', 'secrets', 'terminal']
const COMMANDS = [
  'Show integrated terminal',
  'Config &gt; Set theme',
  'Config > Set theme',
  'Config &gt; Enable GitHub',
  'Config > Enable GitHub',
]
const CELL_ACTIONS = ['Export output as PNG', 'Copy link to cell', 'Refactor with AI']
const SETTINGS_TABS = ['ai', 'optionalDeps', 'labs']

const edit = [
  ...ACTIONS.map((label) => menu(label).replace('="', '^="')),
  ...ACTIONS.map(palette),
  ...COMMANDS.map(palette),
  ...PANELS.map(panel),
  ...PANELS.map(panelCommand),
  ...CELL_ACTIONS.flatMap((label) => [palette(label), palette(`Cell &gt; ${label}`), palette(`Cell > ${label}`)]),
  // in the menu of a cell: its link and its export; and Paste, for which the frame would have to read the clipboard at
  // any time (the keys paste)
  ...['link', 'clipboard-paste'].map(contextItem),
  `${contextItem('image')}:has(+ [role="menuitem"] svg.lucide-circle-x)`,
  // the file name, the way to marimo's feedback form, the status of what is off
  `[cmdk-root]:has(${testId('dir-completion-input')})`,
  `${testId('chrome-sidebar')} > button`,
  testId('shutdown-button'),
  testId('footer-ai-disabled'),
  testId('footer-copilot-status'),
  testId('footer-rtc-status'),
  testId('backend-status'),
  // the banner of a kernel that has stopped: the shell says it over the page, with the cause
  `div:has(> div > ${testId('restart-session-button')})`,
  // the notice that offers to install a package: the error in the cell says who adds one
  `.fixed.top-5:has(${testId('install-packages-button')})`,
  testId('install-packages-button'),
  // “Add database or catalog” of the variables: its dialog offers buckets and secrets, and a kernel reaches neither
  `${testId('helper')} button[aria-haspopup="dialog"]:not(.react-flow *)`,
  // settings that the command table drops or that are somebody else's
  ...SETTINGS_TABS.map((tab) => `[role="tab"][id$="-trigger-${tab}"]`),
  ...['pylsp-checkbox', 'package-manager-select'].map(group),
  ...['theme-select', 'auto-instantiate-checkbox', 'auto-discover-schemas-select'].map(setting),
  `form div:has(> div > ${testId('autocomplete-checkbox')}) > div:has(> button.px-0)`,
  `form div:has(> h3):has(${testId('html-checkbox')})`,
  `form div:has(> h3):has([name="css_file"])`,
  `form .pb-4:has(${testId('autosave-checkbox')}) > div:has([role="checkbox"]:not([data-testid]))`,
  'form [role="tablist"] > .flex-1 ~ *', // where marimo keeps its configuration file
]

/** Downloads have no way out of the frame; these stand in shadow roots too. */
const both = [
  testId('export-button'),
  '.vega-embed details',
  '.vega-embed summary',
  '.modebar-btn[data-title^="Download"]',
  '[role="menuitem"]:has(> span.underline:only-child)', // “Request a transform”: a form of marimo's makers
]
/** A reader's page copies nothing by itself (web/shell/frame.ts): what offers to would do nothing. The keys copy. */
const COPIES = [
  'button:has(> svg.lucide-copy)',
  contextItem('copy'),
  contextItem('square-stack'),
  '[aria-label="Copy to clipboard"]',
]
/** A reader adds no cell: the charts of the column explorer offer to. */
const ADDS = 'button:has(> svg.lucide-square-plus)'
/** The shell says how far a run is; marimo's hourglass would lie over the first line, and stay once the kernel has gone. */
const RUNS = testId('loading-indicator')
const run = [testId('notebook-actions-dropdown'), ...COPIES, ADDS, RUNS]

export const HIDDEN = { both, edit, run } as const

/** What holds nothing but hidden things lets a press through: the line of the file name lies over the first cell's buttons. */
export const EMPTIED = `.sticky:has(> div > [cmdk-root] ${testId('dir-completion-input')})`

/** A reader's kernel lists no folder for anybody (protocol/marimo.ts): said where the element would stand. */
export const EXPLAINED = { selector: 'marimo-file-browser', words: 'Choosing a file is for who edits this notebook.' } as const
