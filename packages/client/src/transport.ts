import { isError, OmnigraphError, parseJson, writeJson } from "@omnigraph/base";
import { errorOf, Members, WHOLE } from "@omnigraph/wire";
import type { CallOptions } from "omnigraph";
import { type Parameters, pathOf, serverAddress } from "./address.ts";
import { CallLimits } from "./call-limits.ts";
import { isRefusal, networkFailure, type Sent } from "./failures.ts";
import type { LineBody, Upload } from "./line-body.ts";

/** How a client calls its server. */
export interface ClientOptions {
  /** Bearer token, or what answers the one of each call. It is sent to this server alone. */
  readonly token?: string | (() => string | Promise<string>);
  /** How often a call is repeated that is known to have done nothing. Default 3. */
  readonly retries?: number;
  /** How the bodies of loads go. Default `stream`. */
  readonly upload?: Upload;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** One call of a server. */
export interface Sending {
  /** Name of the call, for messages. */
  readonly call: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Parts of the path, not escaped. */
  readonly path: readonly string[];
  readonly parameters?: Parameters;
  /** What is sent as JSON, or as lines. */
  readonly json?: object;
  readonly lines?: LineBody;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it may have an effect. */
  readonly isWrite: boolean;
  readonly limits: CallOptions;
}

const RETRIES = 3;
/** Time before the first repeat; it doubles with each. */
const FIRST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 10_000;
const ACCEPT = `${WHOLE}, application/json, application/x-ndjson`;

/** Calls a server by `fetch`, again where that is safe. */
export class Transport {
  readonly address: string;
  readonly #options: ClientOptions;

  /** Errors: `usage`. */
  constructor(address: string, options: ClientOptions) {
    this.address = serverAddress(address);
    this.#options = options;
  }

  /** The JSON that a call is answered. */
  json(sending: Sending): Promise<Members> {
    return this.#repeated(sending, (response, limits) => jsonOf(response, sending, limits));
  }

  /** The bytes that a call is answered. One that is cut off fails with `answer_cut_off` behind its last byte. */
  async *bytes(sending: Sending): AsyncGenerator<Uint8Array, void, undefined> {
    const begun = await this.#repeated(sending, async (response, limits) => ({ response, limits }));
    const reader = begun.response.body?.getReader();
    try {
      for (;;) {
        const next = await reader?.read();
        if (next === undefined || next.done) return;
        yield next.value;
      }
    } catch (cause) {
      if (begun.limits.isOver) throw begun.limits.failure(sending.call);
      throw networkFailure(cause, { call: sending.call, isWrite: false, hasAnswer: true });
    } finally {
      // Whoever reads no further needs no more bytes.
      await reader?.cancel().catch(() => undefined);
    }
  }

  async #repeated<T>(
    sending: Sending,
    read: (response: Response, limits: CallLimits) => Promise<T>,
  ): Promise<T> {
    const limits = new CallLimits(sending.call, sending.limits);
    const { retries = RETRIES } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await read(await this.#once(sending, limits), limits);
      } catch (thrown) {
        const mayRepeat = isRefusal(thrown, sending.isWrite) && sending.lines?.isRepeatable !== false;
        if (attempt >= retries || !mayRepeat) throw thrown;
        const pause = FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random() / 2);
        await limits.pause(sending.call, Math.min(pause, MOST_PAUSE_MS));
      }
    }
  }

  /** The answer of a call that went well. */
  async #once(sending: Sending, limits: CallLimits): Promise<Response> {
    const { call, isWrite, lines } = sending;
    if (limits.isOver) throw limits.failure(call);
    const url = this.address + pathOf(sending.path, sending.parameters);
    const init = await this.#init(sending, limits);
    const { fetch: send = fetch } = this.#options;
    let response: Response;
    try {
      response = await send(url, init);
    } catch (cause) {
      if (isError(lines?.failure)) throw lines.failure;
      throw endOf(cause, { call, isWrite, hasAnswer: false }, limits);
    }
    if (response.ok) return response;
    const text = await textOf(response, { call, isWrite, hasAnswer: true }, limits);
    throw refusalOf(response, text, isWrite);
  }

  async #init(sending: Sending, { signal }: CallLimits): Promise<RequestInit & { duplex?: "half" }> {
    const { token, upload = "stream" } = this.#options;
    const { lines, json } = sending;
    const headers: Record<string, string> = { accept: ACCEPT, ...sending.headers };
    const given = typeof token === "function" ? await token() : token;
    if (given !== undefined) headers["authorization"] = `Bearer ${given}`;
    if (lines !== undefined) headers["content-type"] = "application/x-ndjson";
    if (json !== undefined) headers["content-type"] = "application/json";
    const body = json === undefined ? await lines?.content(upload) : writeJson(json);
    return {
      method: sending.method,
      headers,
      // A token must not follow to another address.
      redirect: "error",
      signal,
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    };
  }
}

/** How a call failed that was not answered, or not to the end. */
function endOf(cause: unknown, sent: Sent, limits: CallLimits): OmnigraphError {
  if (!limits.isOver) return networkFailure(cause, sent);
  const failure = limits.failure(sent.call);
  return sent.isWrite
    ? new OmnigraphError(
        "outcome_unknown",
        `${sent.call}: it was ended while the server was at it (${failure.reason}), so it may have been done: look whether it was, or repeat it under the same op`,
        { cause: failure },
      )
    : failure;
}

async function textOf(response: Response, sent: Sent, limits: CallLimits): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw endOf(cause, sent, limits);
  }
}

async function jsonOf(response: Response, { call, isWrite }: Sending, limits: CallLimits): Promise<Members> {
  const text = await textOf(response, { call, isWrite, hasAnswer: true }, limits);
  const json = membersOf(text);
  if (json !== null) return json;
  throw new OmnigraphError("server_failed", `${call}: the answer of the server is no JSON object`);
}

function refusalOf(response: Response, text: string, isWrite: boolean): OmnigraphError {
  const { status } = response;
  const json = membersOf(text);
  if (json !== null) return errorOf(json, status);
  if (status === 400) return new OmnigraphError("request_invalid", text);
  const what = `the server, or what stands before it, answers ${status} and no failure of Omnigraph`;
  // Who stands between may have passed the call on.
  return isWrite && status >= 500
    ? new OmnigraphError("outcome_unknown", `${what}: whether the call was done is not known`)
    : new OmnigraphError("server_failed", what, { details: { status } });
}

function membersOf(text: string): Members | null {
  try {
    return Members.of(parseJson(text));
  } catch (thrown) {
    if (isError(thrown)) return null;
    throw thrown;
  }
}
