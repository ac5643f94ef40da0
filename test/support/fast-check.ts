import fc from 'fast-check'

/** The one way to fast-check: a length that is named is meant. By itself it draws nothing that is longer than ten. */
fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true })

export { fc }
