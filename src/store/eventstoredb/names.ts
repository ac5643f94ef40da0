import { StoreUnreadable } from '../errors.js'

/** How our streams are told from those of others on one server. */
export interface Names {
  readonly prefix: string
  /** Where the epoch lies, and where clocks are compared: outside the prefix, which cannot begin with `_`. */
  readonly epoch: string
  readonly clock: string
  /** As the server calls one of our streams. */
  stored(stream: string): string
  /** Our own name of a stream of the server; `null`: it is not ours. */
  bare(stored: string): string | null
  /** Our own name of the stream whose metadata lie there; `null`: it is no stream of metadata, or of a stream that is not ours. */
  describedBy(stored: string): string | null
}

const META = '$$'

/** Throws `StoreUnreadable`. */
export const namesOf = (prefix: string): Names => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(prefix)) {
    throw new StoreUnreadable(
      `the ledger prefix '${prefix}' must be letters, digits, '.', '_' and '-', a letter or digit first`,
    )
  }
  const behind = (start: string, name: string): string | null =>
    name.startsWith(start) ? name.slice(start.length) : null
  return {
    prefix,
    epoch: `_counterfoil-epoch-${prefix}`,
    clock: `_counterfoil-clock-${prefix}`,
    stored: (stream) => prefix + stream,
    bare: (stored) => behind(prefix, stored),
    describedBy: (stored) => behind(META + prefix, stored),
  }
}

/** What a subscription asks for: our streams and their metadata. */
export const prefixesOf = ({ prefix }: Names): string[] => [prefix, META + prefix]
