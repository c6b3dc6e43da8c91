// localStorage and sessionStorage may be refused (private windows, embedding): then what is kept is this page's only.
type Area = 'local' | 'session'

const area = (name: Area): Storage => (name === 'local' ? localStorage : sessionStorage)

export function load(name: Area, key: string): unknown {
  try {
    return JSON.parse(area(name).getItem(`scrydon.${key}`) ?? 'null')
  } catch {
    return null
  }
}

export function keep(name: Area, key: string, value: unknown): void {
  try {
    area(name).setItem(`scrydon.${key}`, JSON.stringify(value))
  } catch {
    // Refused or full: the value lives until the page is left.
  }
}
