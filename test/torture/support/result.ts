/** How a torture program is asked. */
export interface Wish {
  readonly seed: number
  readonly short: boolean
  /** How often or how long, in the program's own unit; left out: its own short or long form. */
  readonly times: number | undefined
}

/** What came of one. Any violation fails it. */
export interface Result {
  readonly figures: string
  readonly violations: readonly string[]
}

export type Torture = (wish: Wish) => Promise<Result>

export const timesOf = ({ times, short }: Wish, forms: { readonly short: number; readonly long: number }): number =>
  times ?? (short ? forms.short : forms.long)
