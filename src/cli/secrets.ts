import type { Rotated } from '../secrets/port.js'
import { createSealing } from '../secrets/seal.js'
import { openSecretStore } from '../stores.js'
import { progressBar } from './progress.js'
import { type Terminal, type Tool, UsageError } from './tool.js'

class SecretsLeft extends Error {
  readonly code = 'secrets_left'
}

class NoOldKey extends Error {
  readonly code = 'secrets_no_old_key'
}

/** In a shell without the settings of the servers nothing would be found to do, and the key that holds everything be taken for a spare one. */
const checkOldKeys = ({ config }: Terminal): void => {
  const { current, old } = config.secrets.keys
  if (old.some((key) => key !== current)) return
  throw new NoOldKey(
    'COUNTERFOIL_SECRETS_OLD_KEYS names no old key, so there is nothing to rotate from: give this command the very settings of the servers',
  )
}

const rotate = async (terminal: Terminal): Promise<Rotated> => {
  const { config } = terminal
  const store = await openSecretStore(config.secrets, () => undefined)
  const bar = progressBar(terminal, { doing: 'sealed anew ', unit: 'secrets' })
  try {
    return await store.rotate((done, total) => bar.show(done, total))
  } finally {
    bar.end()
    await store.close()
  }
}

/** Why they are, as far as we know. */
const reasonOf = ({ unreadable }: Rotated): string =>
  unreadable.length === 0
    ? 'a process that runs still seals under an old key: give it the new one and start it again'
    : unreadable.map(({ message }) => message).join('\n  ')

export const secretsCommand: Tool = {
  name: 'secrets',
  usage: 'secrets rotate',
  meaning:
    'Seals every secret anew under COUNTERFOIL_SECRETS_KEY. Servers may run; broken off, the same command goes on.',
  run: async (terminal) => {
    const [what, ...others] = terminal.args
    if (what !== 'rotate' || others.length > 0) throw new UsageError('there is only: counterfoil secrets rotate')
    checkOldKeys(terminal)
    const rotated = await rotate(terminal)
    terminal.out(`${rotated.resealed} secrets were sealed anew.\n`)
    if (rotated.left > 0) {
      throw new SecretsLeft(
        `${rotated.left} secrets are under another key than the current one:\n  ${reasonOf(rotated)}`,
      )
    }
    const { current } = createSealing(terminal.config.secrets.keys)
    terminal.out(
      `Everything is under the key ${current}. When that is COUNTERFOIL_SECRETS_KEY of every server, the old ones may be removed and destroyed.\n`,
    )
    return 0
  },
}
