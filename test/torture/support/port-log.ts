import type { EventLog } from '../../../src/store/port.js'
import { AnyLog } from './log.js'

const PAGE = 1_000

/** Read through the port, from whichever store. */
export class PortLog extends AnyLog {
  readonly #log: EventLog

  constructor(log: EventLog) {
    super()
    this.#log = log
  }

  async read(): Promise<void> {
    if (this.last !== null) this.mustLie((await this.#log.eventAt(this.last.position))?.id)
    for (;;) {
      const page = await this.#log.readLog({ after: this.last?.position ?? null, max: PAGE })
      for (const event of page) this.take(event)
      if (page.length < PAGE) return
    }
  }
}
