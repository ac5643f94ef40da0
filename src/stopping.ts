import { explain } from './cli/tool.js'

/** What ends a process gently; all of it comes in, so that a test can watch it end. */
export interface Stopping {
  /** Finishes what was accepted. */
  readonly close: () => Promise<void>
  readonly exit: (code: number) => void
  readonly say: (message: string) => void
  /** Milliseconds after which it ends whatever is still under way. */
  readonly deadline: number
}

/** For the first signal; every later one (npm passes on what the terminal has sent already) does nothing. */
export const createStop = ({ close, exit, say, deadline }: Stopping): (() => void) => {
  let stopping = false
  return () => {
    if (stopping) return
    stopping = true
    setTimeout(() => {
      say(`the server did not end within ${deadline / 1000} s and was broken off; what was acknowledged is stored`)
      exit(1)
    }, deadline).unref()
    close().then(
      () => exit(0),
      (error: unknown) => {
        say(explain(error))
        exit(1)
      },
    )
  }
}
