import { accountName } from '../../events/parts.js'

const shape = new RegExp(accountName.pattern, 'u')

/** A name as clients write it, in the form in which it is stored (NFC); `null`: it is no account name. */
export const readName = (written: string): string | null => {
  if (written.length > 512) return null
  const name = written.normalize('NFC')
  return shape.test(name) ? name : null
}
