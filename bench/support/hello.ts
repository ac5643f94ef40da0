import { fastify } from 'fastify'

/** The baseline: what Fastify alone does with the body of a trade, and with a GET. Prints its address, like the real server. */
const app = fastify()

app.post(
  '/hello',
  {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['trade_amount', 'trade_user'],
        properties: {
          trade_amount: { type: 'string', maxLength: 40 },
          trade_user: { type: 'string', minLength: 1, maxLength: 64 },
        },
      },
    },
  },
  async () => ({ code: 0, msg: 'ok' }),
)

app.get('/hello', async () => ({ code: 0, msg: 'ok', data: { actual_balance: 1000, available_balance: 800 } }))

process.stdout.write(`hello listens on ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
