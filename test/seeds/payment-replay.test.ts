import t from 'tap'
import { replayOn } from './replay-payment.js'

t.test('every request of seed 000 is answered in its shape and types, on embedded files', (t) => replayOn(t))
