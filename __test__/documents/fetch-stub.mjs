// In place of the network, for the examples that post to services: says what was sent.
globalThis.fetch = async (url, { method, body }) => {
  console.log(`${method} ${url} ${body}`)
  return new Response('')
}
