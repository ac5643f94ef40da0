/** One kind of error: declared here once, shown in every surface's own form. Codes and numbers are never reused. */
export interface ErrorEntry {
  /** The code of the bill API: never 0. */
  readonly number: number
  readonly status: number
  /** What happened, for anyone. */
  readonly meaning: string
  /** What to do now. */
  readonly next: string
}

export const entry = (number: number, status: number, meaning: string, next: string): ErrorEntry => ({
  number,
  status,
  meaning,
  next,
})

export const NOTHING = 'Nothing to do.'
