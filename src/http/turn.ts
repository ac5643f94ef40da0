import { setImmediate } from 'node:timers/promises'

export type EndOfTurn = () => Promise<void>

/**
 * The end of the turn of the event loop in which it is asked for, one for all who ask. What they do next they do in a row, and find its code
 * in the processor's caches: a seventh of what the main thread takes for a trade, half of what it takes for a balance.
 */
export const createEndOfTurn = (): EndOfTurn => {
  let end: Promise<void> | null = null
  return () => {
    end ??= setImmediate().then(() => {
      end = null
    })
    return end
  }
}
