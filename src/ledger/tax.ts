import { percentOf } from './rate.js'

/** Taxes on prices, country by country. */
export interface TaxCountry {
  /** By which events name it, ISO 3166: `SG`. */
  readonly country: string
  /** What else a customer may write: `Singapore`, `SGP`. */
  readonly names: readonly string[]
  /** Oldest first; `percent` holds from that day on. */
  readonly rates: readonly { readonly from: string; readonly percent: string }[]
}

export type TaxTable = readonly TaxCountry[]

/** What is due on a price: `country` is the table's code, `rate` per cent. */
export interface AppliedTax {
  readonly country: string
  readonly rate: string
}

/** The table's code of a country as a customer wrote it, without regard to case; `undefined`: no tax is due there. */
export const taxCountryOf = (table: TaxTable, written: string): string | undefined =>
  table.find((one) => taxNamesOf(one).includes(folded(written)))?.country

/** What is due on a day in a country, by the table's code; `null`: nothing. */
export const taxOn = (table: TaxTable, country: string | undefined, day: string): AppliedTax | null => {
  const rate = table.find((one) => one.country === country)?.rates.findLast(({ from }) => from <= day)
  return country === undefined || rate === undefined ? null : { country, rate: rate.percent }
}

/** Of an amount in minor units that it is added to. */
export const taxOf = (net: bigint, applied: AppliedTax | null): bigint =>
  applied === null ? 0n : percentOf(net, applied.rate)

/** All that a country may be called, as it is compared. */
export const taxNamesOf = ({ country, names }: TaxCountry): readonly string[] => [country, ...names].map(folded)

const folded = (name: string): string => name.normalize('NFKC').trim().toLowerCase()
