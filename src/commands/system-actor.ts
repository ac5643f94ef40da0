import type { Actor } from '../ledger/state.js'

const no = (): boolean => false

/** A part of ours that asks for commands by itself. */
export const systemActor = (part: string): Actor => ({ subject: `system:${part}`, admin: false, acts: no, may: no })
