/** Opaque words for leaf numbers, given to clients and taken back: a position in a reply, a cursor of a list. `kind` keeps them apart. */
export type TokenKind = 'p1' | 'c1'

export const writeToken = (kind: TokenKind, leaf: number): string =>
  Buffer.from(`${kind}.${leaf}`).toString('base64url')

/** The leaf number, or `null` for anything that we did not write. */
export const readToken = (kind: TokenKind, token: string): number | null => {
  if (token.length > 32) return null
  const [found, digits = ''] = Buffer.from(token, 'base64url').toString('latin1').split('.')
  const leaf = Number(digits)
  return found === kind && Number.isSafeInteger(leaf) && leaf >= 0 && writeToken(kind, leaf) === token ? leaf : null
}
