// Triage of marimo 0.25.2: what each of its routes and element functions may do here. Total over what the pinned marimo
// really mounts and registers: server/kernels/triage.test.ts enumerates it (scripts/marimo-routes.py) and fails on a
// name that is new or gone. marimo's own scopes do not protect a reader (research/marimo.md, section 2): this table does.
//
// `pass`: forwarded to the person's own kernel. `refuse`: answered 403 here, audited. `shell`: refused the same way, but
// the shell has its own control for it. `hides` names, in words, what marimo shows for it, so that the frame hides it.
import type { Role } from './roles.ts'

export const MARIMO = '0.25.2'

export type Verdict = 'pass' | 'refuse' | 'shell'

/** How a passed body is judged and altered; without one it goes through as it came. */
export type BodyRule = 'functionCall' | 'instantiate' | 'save' | 'appConfig' | 'userConfig'

export type Triage = Readonly<Record<Role, Verdict>> & {
  readonly why: string
  readonly hides?: string
  readonly body?: BodyRule
}

const both = (why: string, body?: BodyRule): Triage => ({ edit: 'pass', run: 'pass', why, ...(body && { body }) })
const editor = (why: string, body?: BodyRule): Triage => ({ edit: 'pass', run: 'refuse', why, ...(body && { body }) })
const refuse = (why: string, hides?: string): Triage => ({ edit: 'refuse', run: 'refuse', why, ...(hides && { hides }) })
const shell = (why: string, hides?: string): Triage => ({ edit: 'shell', run: 'shell', why, ...(hides && { hides }) })

const WHOLE_FILESYSTEM = 'marimo lists and writes every file of the sandbox; files are the shell’s, with a quota'
const NO_SECRETS = 'a kernel holds no secret, and its environment is not for editing'
const NO_PACKAGES = 'packages are the operator’s, locked with hashes; the shell lists them'
const NO_AI = 'sends code and data samples to a model around the platform’s routing'
const NO_EXPORT = 'outputs leave only by the export rules of the workspace'
const NO_STORAGE = 'a kernel reaches no bucket; reads go through managed tables'
const NO_HOME = 'names other notebooks and sessions; the shell has its own browser'
const NO_LSP = 'language servers are off: they run programs beside the kernel'
const NO_AUTH = 'marimo’s own sign-in; here the channel is the identity'
const CONTENT = 'static; served by the content site, which reaches no kernel'
const STREAM = 'the kernel channel is this stream; a second one would need no right'
const TABLE_MENU = 'Download and copy menu of tables and dataframes'
const FILES_PANEL = 'Files panel'
const SECRETS_PANEL = 'Secrets panel'
const PACKAGES_PANEL = 'Packages panel, its add and remove buttons'
const AI_CONTROLS = 'Chat panel, Agents panel, “Generate with AI”, “Refactor with AI”, “Fix with AI”, inline completion settings'
const STORAGE_PANEL = 'Remote storage section of the data sources panel'
const EXPORT_MENU = 'Download, Export and Share entries of the notebook menu and the command palette'

export const ROUTES: Readonly<Record<string, Triage>> = {
  'POST /api/kernel/set_ui_element_value': both('a moved slider; needed by every reader'),
  'POST /api/kernel/set_model_value': both('an anywidget’s message'),
  'POST /api/kernel/function_call': both('filtered by FUNCTIONS', 'functionCall'),
  'POST /api/kernel/instantiate': editor('starts an edit session; whether cells run is decided here', 'instantiate'),
  'POST /api/kernel/interrupt': editor('stops the running cell; a reader stops the kernel in the shell'),
  'POST /api/kernel/run': editor('runs cells'),
  'GET /api/kernel/status': editor('busy or idle'),
  'POST /api/kernel/execute': refuse('arbitrary code outside the document, unseen by the editor'),
  'POST /api/kernel/scratchpad/run': editor('the scratchpad: the person’s own kernel'),
  'POST /api/kernel/pdb/pm': editor('post-mortem debugger, in the person’s own kernel'),
  'POST /api/kernel/pdb/breakpoints': editor('breakpoints, in the person’s own kernel'),
  'POST /api/kernel/restart_session': shell('a restart is a new kernel of the runner', 'Restart kernel'),
  'POST /api/kernel/shutdown': shell('ends the server; the runner does that', 'Shutdown button'),
  'POST /api/kernel/takeover': shell('one tab holds the kernel; the shell moves it', 'Take over session'),
  'POST /api/kernel/save_user_config': editor(
    'looks and keys only, kept by USER_CONFIG; lives as long as the kernel',
    'userConfig',
  ),
  'POST /api/kernel/code_autocomplete': editor('completion by the kernel itself'),
  'POST /api/kernel/delete': editor('deletes a cell'),
  'POST /api/kernel/focus_cell': editor('where the cursor is'),
  'POST /api/kernel/format': editor('formats code'),
  'POST /api/kernel/set_cell_config': editor('disables or hides a cell'),
  'POST /api/kernel/stdin': editor('answers input()'),
  'POST /api/kernel/install_missing_packages': refuse(NO_PACKAGES, 'Install button of the missing-packages notice'),
  'POST /api/kernel/read_code': editor('the source; a reader’s is shown by the shell where allowed'),
  'POST /api/kernel/rename': shell('names are the shell’s; the file keeps its neutral one', 'File name field, Rename'),
  'POST /api/kernel/save': editor('what it answers is committed here before the browser hears of it', 'save'),
  'POST /api/kernel/copy': shell('writes a second file; the shell duplicates', 'Create notebook copy'),
  'POST /api/kernel/save_app_config': editor('width, title, SQL output; its answer is committed too', 'appConfig'),

  'GET /api/files/roots': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/list_files': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/file_details': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'GET /api/files/download': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/create': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/delete': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/copy': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/move': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/update': refuse(WHOLE_FILESYSTEM, FILES_PANEL),
  'POST /api/files/open': refuse('opens a program on the host', FILES_PANEL),
  'POST /api/files/search': refuse(WHOLE_FILESYSTEM, FILES_PANEL),

  'POST /api/secrets/keys': refuse(NO_SECRETS, SECRETS_PANEL),
  'POST /api/secrets/create': refuse(NO_SECRETS, SECRETS_PANEL),
  'POST /api/secrets/delete': refuse(NO_SECRETS, SECRETS_PANEL),

  'POST /api/cache/clear': editor('the kernel’s own cache'),
  'POST /api/cache/info': editor('the kernel’s own cache'),
  'GET /api/documentation/snippets': editor('marimo’s built-in snippets'),
  'POST /api/document/transaction': editor('edits of the document'),

  'POST /api/datasources/discover': refuse('reads the environment for credentials', '“Discover” of the data sources panel'),
  'POST /api/datasources/preview_column': editor('looks at what the kernel holds'),
  'POST /api/datasources/preview_sql_table': editor('looks at what the kernel holds'),
  'POST /api/datasources/preview_sql_table_list': editor('looks at what the kernel holds'),
  'POST /api/datasources/preview_sql_schema_list': editor('looks at what the kernel holds'),
  'POST /api/datasources/preview_datasource_connection': editor('looks at what the kernel holds'),
  'POST /api/sql/validate': editor('EXPLAIN in the person’s own kernel'),
  'POST /api/storage/list_entries': refuse(NO_STORAGE, STORAGE_PANEL),
  'POST /api/storage/download': refuse(NO_STORAGE, STORAGE_PANEL),

  'POST /api/ai/completion': refuse(NO_AI, AI_CONTROLS),
  'POST /api/ai/chat': refuse(NO_AI, AI_CONTROLS),
  'POST /api/ai/inline_completion': refuse(NO_AI, AI_CONTROLS),
  'POST /api/ai/invoke_tool': refuse('edits and runs cells for a model', AI_CONTROLS),
  'GET /api/ai/mcp/status': refuse('MCP servers are programs started by configuration', 'MCP section of the settings'),
  'POST /api/ai/mcp/refresh': refuse('MCP servers are programs started by configuration', 'MCP section of the settings'),

  'POST /api/home/recent_files': refuse(NO_HOME),
  'POST /api/home/workspace_files': refuse(NO_HOME),
  'POST /api/home/running_notebooks': refuse(NO_HOME),
  'POST /api/home/shutdown_session': refuse(NO_HOME),
  'POST /api/home/tutorial/open': refuse(NO_HOME, 'Tutorials entry of the help menu'),

  'POST /auth/login': refuse(NO_AUTH),
  'GET /auth/login': refuse(NO_AUTH),
  'GET /auth/token': refuse('hands out the server’s token'),

  'GET /api/export/availability': refuse(NO_EXPORT, EXPORT_MENU),
  'POST /api/export/requirements/install': refuse(NO_PACKAGES, EXPORT_MENU),
  'POST /api/export/html': refuse(NO_EXPORT, EXPORT_MENU),
  'POST /api/export/auto_export/html': refuse('writes outputs to the disk'),
  'POST /api/export/script': shell('the shell downloads the stored source', EXPORT_MENU),
  'POST /api/export/markdown': refuse(NO_EXPORT, EXPORT_MENU),
  'POST /api/export/ipynb': refuse(NO_EXPORT, EXPORT_MENU),
  'POST /api/export/auto_export/markdown': refuse('writes outputs to the disk'),
  'POST /api/export/auto_export/ipynb': refuse('writes outputs to the disk'),
  'POST /api/export/pdf': refuse(NO_EXPORT, EXPORT_MENU),
  'POST /api/export/update_cell_outputs': refuse('stores screenshots of outputs for an export'),

  'WS /terminal/ws': shell('terminals are channels of their own, in the kernel’s sandbox', 'Terminal panel'),

  'POST /api/packages/add': refuse(NO_PACKAGES, PACKAGES_PANEL),
  'POST /api/packages/remove': refuse(NO_PACKAGES, PACKAGES_PANEL),
  'GET /api/packages/list': refuse(NO_PACKAGES, PACKAGES_PANEL),
  'GET /api/packages/tree': refuse(NO_PACKAGES, PACKAGES_PANEL),
  'POST /api/packages/sandbox': refuse(NO_PACKAGES, PACKAGES_PANEL),
  'POST /api/packages/manifest': refuse(NO_PACKAGES, PACKAGES_PANEL),
  'POST /api/packages/sync': refuse(NO_PACKAGES, PACKAGES_PANEL),

  'GET /api/lsp/health': refuse(NO_LSP, 'Language servers status in the footer and their settings'),
  'POST /api/lsp/restart': refuse(NO_LSP, 'Language servers status in the footer and their settings'),
  'MOUNT /lsp/basedpyright': refuse(NO_LSP),
  'MOUNT /lsp/copilot': refuse('sends code out', AI_CONTROLS),
  'MOUNT /lsp/pylsp': refuse(NO_LSP),
  'MOUNT /lsp/pyrefly': refuse(NO_LSP),
  'MOUNT /lsp/ty': refuse(NO_LSP),

  'GET /health': both('the front end asks it before it connects'),
  'GET /healthz': refuse('the runner watches the server itself'),
  'GET /api/status': refuse('names paths and sessions'),
  'GET /api/sessions': refuse('session ids are bearer tokens of marimo'),
  'GET /api/version': refuse('the shell says the version'),
  'GET /api/environment': refuse('versions and paths of the host', 'Copy environment information'),
  'GET /api/usage': editor('memory and CPU of the sandbox, in marimo’s footer'),
  'GET /api/status/connections': refuse('counts other connections'),

  'WS /ws': shell(STREAM),
  'GET /sse': refuse(STREAM),
  'WS /ws_sync': refuse('the shared document of marimo; off, and any holder writes the source'),
  'MOUNT /assets': shell(CONTENT),
  'GET /': shell(CONTENT),
  'GET /og/thumbnail': refuse('a picture of somebody’s outputs'),
  'GET /@file/{filename_and_length:path}': refuse('virtual files are off: data comes through the channel'),
  'GET /public-files-sw.js': refuse('no service worker in a frame'),
  'GET /public/{filepath:path}': refuse('files beside a notebook named by a header'),
  'GET /{path:path}': refuse('files of marimo’s static folder; the content site has them'),
  'MOUNT /api/marimo/v1': refuse('the host API runs code for other programs'),
  'MOUNT /mcp': refuse('runs code for agents'),
}

/** The functions that marimo's elements register (`function_call` names one). Unlisted names are refused. */
export const FUNCTIONS: Readonly<Record<string, Triage>> = {
  search: both('sorts, filters and pages a table'),
  get_row_ids: both('selects all rows of a table'),
  get_column_summaries: both('the small charts in a table’s head'),
  preview_column: both('the column explorer'),
  calculate_top_k_rows: both('the most frequent values of a column'),
  get_column_values: both('choices of a dataframe filter'),
  get_dataframe: both('what a dataframe transform shows'),
  get_size_bytes: both('how large a table is'),
  get_data_url: editor('the chart builder draws from the whole table; marimo offers it in edit mode only'),
  get_export_metadata: refuse(NO_EXPORT, TABLE_MENU),
  download_as: refuse(NO_EXPORT, TABLE_MENU),
  download_geojson: refuse(NO_EXPORT, TABLE_MENU),
  load: both('mo.lazy; mo.download shares the name, and the frame’s sandbox has no downloads'),
  validate: both('a form’s own check'),
  send_to_widget: both('panel and bokeh models'),
  get_chat_history: both('mo.ui.chat talks to the notebook’s own function'),
  delete_chat_history: both('mo.ui.chat talks to the notebook’s own function'),
  delete_chat_message: both('mo.ui.chat talks to the notebook’s own function'),
  send_prompt: both('mo.ui.chat talks to the notebook’s own function'),
  cancel_prompt: both('mo.ui.chat talks to the notebook’s own function'),
  list_directory: { ...editor('mo.ui.file_browser lists the sandbox, as code can'), hides: 'mo.ui.file_browser in run mode' },
}

/** The settings an editor may change from marimo's dialog; every other key is dropped from `save_user_config`. */
export const USER_CONFIG: Readonly<Record<string, readonly string[]>> = {
  completion: ['activate_on_typing', 'signature_hint_on_typing', 'auto_close_pairs'],
  display: [
    'theme',
    'code_editor_font_size',
    'cell_output',
    'default_width',
    'dataframes',
    'default_table_page_size',
    'default_table_max_columns',
    'reference_highlighting',
    'code_lens',
    'locale',
  ],
  formatting: ['line_length'],
  keymap: ['preset', 'overrides', 'destructive_delete'],
  runtime: ['auto_reload', 'on_cell_change', 'reactive_tests', 'default_sql_output', 'default_csv_encoding'],
  save: ['autosave', 'autosave_delay', 'format_on_save'],
  diagnostics: ['enabled', 'sql_linter'],
}

/** The application settings an editor may change: no file of the sandbox is named in any of them. */
export const APP_CONFIG: readonly string[] = ['width', 'app_title', 'sql_output']
