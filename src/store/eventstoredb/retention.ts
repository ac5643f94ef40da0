const SETTINGS = ['$maxAge', '$maxCount', '$tb'] as const

/** The setting in a stream's metadata by which the server forgets events; `null`: there is none. What is no JSON means nothing to it. */
export const retentionIn = (metadata: string): string | null => {
  try {
    const settings: unknown = JSON.parse(metadata)
    if (typeof settings !== 'object' || settings === null) return null
    return SETTINGS.find((name) => typeof Reflect.get(settings, name) === 'number') ?? null
  } catch {
    return null
  }
}
