import { hash } from 'node:crypto'
import { uuidV8 } from '../store/encode.js'

/**
 * The id of the key under which a person's data are sealed who was erased so many times; the key itself lies in the store of secrets. Every process
 * finds the same one, without asking anybody: so a person has one key at a time, and erasing him destroys all there is to destroy. The id
 * is no secret, and is never given again.
 */
export const personKeyOf = (account: string, erasures: number): string =>
  uuidV8(hash('sha256', `person ${erasures} ${account}`, 'hex'))
