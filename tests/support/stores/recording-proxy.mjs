import { once } from "node:events";
import http from "node:http";

/**
 * A request that a server was sent: its path, unescaped and without the leading slash, its query, and its headers by their names in small letters.
 * @typedef {{ readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly headers: http.IncomingHttpHeaders }} SentRequest
 * @typedef {{ readonly status: number; readonly headers: string[]; readonly body: Buffer }} Answer
 * @typedef {(request: SentRequest, perform: () => Promise<Answer>) => Promise<Answer>} Around
 */

/**
 * Passes requests on to a server over http, byte for byte, and keeps a list of them.
 * @param {string} endpoint
 * @param {Around} [around] Makes each request by calling `perform`, when it likes; the answer is sent once it has one.
 */
export async function startRecordingProxy(endpoint, around = (_request, perform) => perform()) {
  /** @type {SentRequest[]} */
  const requests = [];
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((incoming, outgoing) => {
    const answered = async () => {
      const body = await bodyOf(incoming);
      const { pathname, searchParams } = new URL(incoming.url ?? "/", endpoint);
      const { method = "", headers } = incoming;
      const request = { method, path: decodeURIComponent(pathname.slice(1)), query: searchParams, headers };
      requests.push(request);
      const answer = await around(request, () => sent(endpoint, agent, incoming, body));
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.body);
    };
    answered().catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    agent.destroy();
  };
  return { endpoint: `http://127.0.0.1:${port}`, requests, close };
}

/** @param {string} endpoint @param {http.Agent} agent @param {http.IncomingMessage} incoming @param {Buffer} body @returns {Promise<Answer>} */
async function sent(endpoint, agent, { method, url, headers }, body) {
  const { expect: _expect, ...passed } = headers;
  const call = http.request(new URL(url ?? "/", endpoint), { method, headers: passed, agent });
  const answered = once(call, "response");
  call.end(body);
  const [answer] = await answered;
  return { status: answer.statusCode, headers: answer.rawHeaders, body: await bodyOf(answer) };
}

/** @param {http.IncomingMessage} message */
async function bodyOf(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
