/** Ten-thousandths of the currency's unit; `null`: no amount, or below zero. */
export const parseAmount = (text: string): bigint | null => {
  const found = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text)
  return found === null ? null : BigInt(`${found[1]}${(found[2] ?? '').padEnd(4, '0')}`)
}
