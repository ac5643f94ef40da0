import { type Reseal, type Rotated, type RotationProgress, type SealedRecord, SecretUnreadable } from './port.js'
import { NONCE_BYTES } from './seal.js'
import type { SecretParts } from './store.js'

/** Values sealed at once. */
const PAGE = 100
/** Unreadable ones that are named. */
const NAMED = 10
/** Two that rotate to different keys would go on for ever. */
const PASSES = 5

/**
 * Passes over all names until a pass finds nothing to do, for a process that was not restarted yet may put something under an old key meanwhile. How
 * far it has come is told by the key that each value lies under, so nothing else is kept.
 */
export const rotate = async (parts: SecretParts, progress: RotationProgress): Promise<Rotated> => {
  const { records, sealing } = parts
  const total = await records.countNotUnder(sealing.current)
  let resealed = 0
  let unreadable: SecretUnreadable[] = []
  for (let pass = 0, before = -1; pass < PASSES && resealed > before; pass += 1) {
    before = resealed
    unreadable = []
    for await (const page of others(parts)) {
      const { again, failed } = sealAnew(parts, page)
      unreadable.push(...failed.slice(0, NAMED - unreadable.length))
      resealed += await records.replace(again)
      progress(resealed, Math.max(total, resealed))
    }
  }
  return { resealed, left: await records.countNotUnder(sealing.current), unreadable }
}

async function* others({ records, sealing }: SecretParts): AsyncGenerator<readonly SealedRecord[], void> {
  let after: string | null = null
  for (;;) {
    const page: readonly SealedRecord[] = await records.page({ after, notUnder: sealing.current, max: PAGE })
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last.name
  }
}

const sealAnew = ({ sealing, draw }: SecretParts, page: readonly SealedRecord[]) => {
  const again: Reseal[] = []
  const failed: SecretUnreadable[] = []
  for (const { name, sealed } of page) {
    try {
      const value = sealing.open({ name, sealed })
      again.push({ name, from: sealed.key, sealed: sealing.seal(name, value, draw(NONCE_BYTES)) })
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error
      failed.push(error)
    }
  }
  return { again, failed }
}
