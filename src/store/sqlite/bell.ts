/** Tells whoever follows the log in another thread that it has grown: once until he looks, however many commits come before. */
export interface Bell {
  committed(): void
  /** He looks at the log after he has said so. What is committed before it is heard here, he may have missed. */
  looks(): void
}

export const createBell = (ring: () => void): Bell => {
  let rung = false
  let grown = false
  const ringNow = (): void => {
    rung = true
    grown = false
    ring()
  }
  return {
    committed: () => {
      if (rung) grown = true
      else ringNow()
    },
    looks: () => {
      rung = false
      if (grown) ringNow()
    },
  }
}

/** His end of it. */
export interface Ear {
  /** He was told. */
  rung(): void
  /** He looks now; that is said to whoever told him, once. */
  looks(): void
}

export const createEar = (say: () => void): Ear => {
  let heard = false
  return {
    rung: () => {
      heard = true
    },
    looks: () => {
      if (heard) say()
      heard = false
    },
  }
}
