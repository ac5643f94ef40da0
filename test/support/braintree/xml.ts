/** What Braintree writes: dashes, types as attributes, nothing as `nil`. */

export type Content = string | null | boolean | readonly Content[] | { readonly [name: string]: Content }

const escaped = (text: string): string =>
  text.replace(/[<>&]/g, (letter) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[letter] ?? '')

/** Items of a list are named by `item`, where its own name is not one for them. */
const ITEMS: Readonly<Record<string, string>> = { disputes: 'dispute', errors: 'error' }

const element = (name: string, content: Content): string => {
  const tag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  if (content === null) return `<${tag} nil="true"/>`
  if (typeof content === 'boolean') return `<${tag} type="boolean">${content}</${tag}>`
  if (typeof content === 'string') return `<${tag}>${escaped(content)}</${tag}>`
  if (isList(content)) {
    const items = content.map((item) => element(ITEMS[name] ?? 'item', item)).join('')
    return items === '' ? `<${tag} type="array"/>` : `<${tag} type="array">${items}</${tag}>`
  }
  const members = Object.entries(content).map(([key, value]) => element(key, value))
  return `<${tag}>${members.join('')}</${tag}>`
}

const isList = (content: Content): content is readonly Content[] => Array.isArray(content)

export const xml = (name: string, content: Content): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, content)}\n`
