import t from 'tap'
import { replayOn } from './replay-subscription.js'

t.test('every request of seed 002 is answered in its shape and types, on embedded files', (t) => replayOn(t))
