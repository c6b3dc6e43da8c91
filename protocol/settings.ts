// What a person may set in marimo's own settings and finds again in every notebook: looks, keys, saving, running. The
// frame that reports a change is not to be trusted, so each setting has its type and its range; nothing else is kept.
import * as z from 'zod/mini'

const Switch = z.optional(z.boolean())
const Whole = (least: number, most: number) => z.optional(z.int().check(z.gte(least), z.lte(most)))
const OneOf = <const T extends readonly string[]>(values: T) => z.optional(z.enum(values))
const Word = z.string().check(z.regex(/^[\w.+\- ]{1,64}$/))
const Keys = z.record(z.string().check(z.regex(/^\w{1,32}\.\w{1,64}$/)), z.string().check(z.maxLength(64)))
const OVERRIDES = 200

export const EditorSettings = z.object({
  completion: z.optional(z.object({ activate_on_typing: Switch, signature_hint_on_typing: Switch, auto_close_pairs: Switch })),
  display: z.optional(
    z.object({
      code_editor_font_size: Whole(4, 64),
      cell_output: OneOf(['above', 'below']),
      default_width: OneOf(['normal', 'compact', 'medium', 'full', 'columns']),
      dataframes: OneOf(['rich', 'plain']),
      default_table_page_size: Whole(1, 1000),
      default_table_max_columns: Whole(1, 10_000),
      reference_highlighting: Switch,
      code_lens: Switch,
      locale: z.optional(z.nullable(Word)),
    }),
  ),
  formatting: z.optional(z.object({ line_length: Whole(1, 1000) })),
  keymap: z.optional(
    z.object({
      preset: OneOf(['default', 'vim']),
      overrides: z.optional(Keys.check(z.refine((keys) => Object.keys(keys).length <= OVERRIDES))),
      destructive_delete: Switch,
    }),
  ),
  runtime: z.optional(
    z.object({
      auto_reload: OneOf(['off', 'lazy', 'autorun']),
      on_cell_change: OneOf(['lazy', 'autorun']),
      reactive_tests: Switch,
      default_sql_output: OneOf(['polars', 'lazy-polars', 'pandas', 'native', 'auto']),
      default_csv_encoding: z.optional(Word),
    }),
  ),
  save: z.optional(
    z.object({ autosave: OneOf(['off', 'after_delay']), autosave_delay: Whole(1000, 600_000), format_on_save: Switch }),
  ),
  diagnostics: z.optional(z.object({ enabled: Switch, sql_linter: Switch })),
})
export type EditorSettings = z.infer<typeof EditorSettings>

/** A change laid over what was set before, section by section; the frame's own values come first in the same way. */
export function withSettings<T extends object>(before: T, change: EditorSettings): T & EditorSettings {
  const sections = Object.entries(change).map(([section, values]) => [
    section,
    { ...(before as Record<string, object | undefined>)[section], ...values },
  ])
  return { ...before, ...Object.fromEntries(sections) }
}
