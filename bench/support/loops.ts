import type { Connection } from './connection.js'

/** How long to wait for the last replies. */
const DRAIN_MS = 10_000

/** Sends the next request on a connection; calls `done` when it is answered. */
export type Send = (connection: Connection, since: number, done: () => void) => void

/** Each connection asks again as soon as it is answered. */
export const closedLoop = (connections: readonly Connection[], send: Send, until: number): Promise<unknown> =>
  Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const next = (): void => {
            const now = performance.now()
            if (now >= until || connection.broken) resolve()
            else send(connection, now, next)
          }
          next()
        }),
    ),
  )

/** Requests fall due at a fixed rate; one that finds no idle connection waits, and its clock runs. Resolves to how many were never sent. */
export const openLoop = (
  connections: readonly Connection[],
  send: Send,
  { start, until, rate }: { readonly start: number; readonly until: number; readonly rate: number },
): Promise<number> =>
  new Promise<number>((resolve) => {
    const idle = [...connections]
    const last = Math.floor(((until - start) / 1000) * rate)
    let sent = 0
    const sendDue = (now = performance.now()): void => {
      const due = Math.min(last, Math.floor(((now - start) / 1000) * rate))
      for (; sent < due; sent++) {
        const connection = idle.shift()
        if (connection === undefined) return
        send(connection, start + (sent * 1000) / rate, () => {
          if (!connection.broken) idle.push(connection)
          sendDue()
        })
      }
    }
    const tick = (): void => {
      // One reading of the clock: what is due at the end is sent before the end is seen.
      const now = performance.now()
      sendDue(now)
      const over = now >= until && (idle.length === connections.length || now > until + DRAIN_MS)
      if (over) resolve(last - sent)
      else setTimeout(tick, 1)
    }
    tick()
  })
