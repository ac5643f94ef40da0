/** Taxes on prices, country by country. */
export interface TaxCountry {
  /** By which events name it: `SG`. */
  readonly country: string
  /** Other names a customer may write: `Singapore`, `SGP`. */
  readonly names: readonly string[]
  /** Oldest first. `percent` holds from that day on. */
  readonly rates: readonly { readonly from: string; readonly percent: string }[]
}

export type TaxTable = readonly TaxCountry[]

/** What is due on a price: `country` is the table's code, `rate` per cent. */
export interface AppliedTax {
  readonly country: string
  readonly rate: string
}

/** The table's code of a country as a customer wrote it, without regard to case; `undefined`: nobody is taxed there. */
export const taxCountryOf = (table: TaxTable, written: string): string | undefined => {
  const asked = folded(written)
  return table.find(({ country, names }) => [country, ...names].some((name) => folded(name) === asked))?.country
}

/** What is due on a day in a country, by the table's code; `null`: nothing. */
export const taxOn = (table: TaxTable, country: string | undefined, day: string): AppliedTax | null => {
  const rates = table.find((one) => one.country === country)?.rates ?? []
  const last = rates.findLast(({ from }) => from <= day)
  return country === undefined || last === undefined ? null : { country, rate: last.percent }
}

const folded = (name: string): string => name.normalize('NFKC').trim().toLowerCase()
