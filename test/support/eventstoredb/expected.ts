/** What an append expects of its stream: a revision from 0, or one of the names, in the numbers of the server's own log. */
export const NO_STREAM = -1
export const ANY = -2
export const STREAM_EXISTS = -4

/** A revision as it comes over the wire, an unsigned 64-bit number in decimal. Throws what the real one answers as a bad request. */
export const revisionOf = (text: string): number => {
  const revision = BigInt(text)
  if (revision > 9_223_372_036_854_775_807n)
    throw new RangeError('Value was either too large or too small for an Int64.')
  return Number(revision)
}
