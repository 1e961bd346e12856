import { given, OmnigraphError } from "@omnigraph/base";
import type { Members } from "@omnigraph/wire";
import type { CallOptions, MutateOptions } from "omnigraph";
import type { Parameters } from "./address.ts";
import { pathOf } from "./address.ts";
import { opHeader } from "./served-only.ts";
import type { Sending, Transport } from "./transport.ts";

/** Calls below the path of one graph. */
export class GraphCall {
  readonly #transport: Transport;
  readonly #id: string;

  constructor(transport: Transport, id: string) {
    this.#transport = transport;
    this.#id = id;
  }

  get address(): string {
    return this.#transport.address + pathOf(["graphs", this.#id]);
  }

  json(sending: Sending): Promise<Members> {
    return this.#transport.json(this.#below(sending));
  }

  bytes(sending: Sending): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#transport.bytes(this.#below(sending));
  }

  get(
    call: string,
    path: readonly string[],
    limits: CallOptions,
    parameters: Parameters = {},
  ): Promise<Members> {
    return this.json({ call, method: "GET", path, parameters, isWrite: false, limits });
  }

  /** A call with a body that has no effect. */
  read(call: string, path: readonly string[], limits: CallOptions, json?: object): Promise<Members> {
    return this.json({
      call,
      method: json === undefined ? "GET" : "POST",
      path,
      ...given({ json }),
      isWrite: false,
      limits,
    });
  }

  write(
    call: string,
    path: readonly string[],
    options: CallOptions & { readonly op?: string },
    json: object,
  ): Promise<Members> {
    const headers = opHeader(call, options.op);
    return this.json({ call, method: "POST", path, json, headers, isWrite: true, limits: options });
  }

  /** A write that may depend on the commit that its branch is at. */
  conditional(
    call: string,
    path: readonly string[],
    options: Pick<MutateOptions, "ifCommit" | "op" | "signal" | "deadlineMs">,
    json: object,
  ): Promise<Members> {
    const { ifCommit, op } = options;
    if (ifCommit === undefined) return this.write(call, path, options, json);
    if (!/^[\dA-Za-z]+$/u.test(ifCommit))
      throw new OmnigraphError("usage", `${call}: ifCommit is no id of a commit`);
    const headers = { ...opHeader(call, op), "omnigraph-if-graph-commit": ifCommit };
    const conditional = [...path, "if-graph-commit"];
    return this.json({
      call,
      method: "POST",
      path: conditional,
      json,
      headers,
      isWrite: true,
      limits: options,
    });
  }

  #below(sending: Sending): Sending {
    return { ...sending, path: ["graphs", this.#id, ...sending.path] };
  }
}
