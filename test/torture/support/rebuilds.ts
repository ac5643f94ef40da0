import type { RebuildLine } from '../../../src/reports/rebuild.js'

/** Milliseconds: a rebuild that says nothing for so long hangs. */
const PATIENCE = 60_000

/** Asks projectors to make the views anew while processes around them end. */
export class Rebuilds {
  done = 0
  /** The process was killed before its end. */
  broken = 0
  readonly failed: string[] = []
  readonly violations: string[] = []
  readonly #token: string

  constructor(token: string) {
    this.#token = token
  }

  async ask(address: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(PATIENCE)
    try {
      const reply = await fetch(`${address}/v1/rebuilds`, { method: 'POST', headers, body: '{}', signal })
      this.#take((await reply.text()).trim().split('\n').at(-1) ?? '')
    } catch (error) {
      if (signal.aborted) this.violations.push(`a rebuild had no end within ${PATIENCE / 1000} s`)
      else if (error instanceof SyntaxError) this.broken += 1
      else if (error instanceof TypeError) this.broken += 1
      else throw error
    }
  }

  #take(line: string): void {
    const end: RebuildLine = JSON.parse(line)
    if (end.kind === 'done') {
      this.done += 1
      for (const { projection, different, differences, build } of end.results)
        if (different > 0)
          this.violations.push(
            `build ${build} of ${projection}: ${different} differ, ${JSON.stringify(differences[0])}`,
          )
    } else if (end.kind === 'failed') this.failed.push(`${end.code}: ${end.detail}`)
    else this.broken += 1
  }
}
