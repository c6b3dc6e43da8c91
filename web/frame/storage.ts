// Nothing is kept in the browser: `localStorage` and `sessionStorage` live as long as the page. Third-party storage is
// refused in many browsers anyway, and what a notebook's script writes must not outlive its kernel.
class MemoryStorage {
  readonly #items = new Map<string, string>()
  get length(): number {
    return this.#items.size
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null
  }
  getItem(key: string): string | null {
    return this.#items.get(String(key)) ?? null
  }
  setItem(key: string, value: string): void {
    this.#items.set(String(key), String(value))
  }
  removeItem(key: string): void {
    this.#items.delete(String(key))
  }
  clear(): void {
    this.#items.clear()
  }
}

export function replaceStorage(): void {
  for (const name of ['localStorage', 'sessionStorage'] as const)
    Object.defineProperty(window, name, { value: new MemoryStorage(), configurable: true })
}
