/**
 * The decimals of each currency: ISO 4217 list one as published 2026-01-01. CLDR and `Intl` differ from it in 16 codes and are not used.
 * A code is never taken out, so that old accounts stay readable; `null` has no minor units and no account.
 */
const codes: readonly (readonly [number | null, string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE ' +
      'CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD ' +
      'HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK ' +
      'MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD ' +
      'RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
      'USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [null, 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'],
]

/** Every active code with its number of decimals. */
export const currencies: ReadonlyMap<string, number | null> = new Map(
  codes.flatMap(([decimals, list]) => list.split(' ').map((code) => [code, decimals] as const)),
)

/** No currency has more. */
export const MOST_DECIMALS = 4

/** The decimals of a currency that an account may have; `undefined`: unknown, or without minor units. */
export const decimalsOf = (currency: string): number | undefined => currencies.get(currency) ?? undefined
