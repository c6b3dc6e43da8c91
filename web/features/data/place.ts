// Which of the pages on managed data an address names. Names of tables may hold any sign.
export type Page = 'tables' | 'artefacts' | 'models' | 'access' | 'audit'
export type Place = { readonly page: Page; readonly table: string | null }

export function placeOf(path: string): Place {
  const [, page = 'tables', name] = /^\/(tables|artefacts|models|access|audit)(?:\/([^/]+))?\/?$/.exec(path) ?? []
  return { page: page as Page, table: name === undefined ? null : decoded(name) }
}

export const pathOf = (page: Page, table: string): string => `/${page}/${encodeURIComponent(table)}`

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name // a broken escape: there is no table of that name
  }
}
