/** The files of one store. Only `mark` and `pid` may be opened except through SQLite: closing any other descriptor drops SQLite's locks. */
export interface Files {
  readonly events: string
  readonly lock: string
  readonly pid: string
  readonly mark: string
}

/** `…/events.db` has `…/events.lock` and so on beside it. */
export const filesOf = (path: string): Files => {
  const base = path.replace(/\.db$/, '')
  return { events: path, lock: `${base}.lock`, pid: `${base}.pid`, mark: `${base}.mark` }
}
