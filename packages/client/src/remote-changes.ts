import { given, isError, OmnigraphError, parseJson } from "@omnigraph/base";
import { type BaselineEnd, baselineEndOf, type FeedPage, feedOf, Members } from "@omnigraph/wire";
import type { BaselineOptions, PollOptions } from "omnigraph";
import type { GraphCall } from "./graph-call.ts";
import { filterOf, startText } from "./requests.ts";

const LINE_FEED = 0x0a;

/** The change feed of a graph of a server. */
export class RemoteChanges {
  readonly #call: GraphCall;

  /** @internal */
  constructor(call: GraphCall) {
    this.#call = call;
  }

  /** As `changes.poll` of the library. */
  async poll(options: PollOptions = {}): Promise<FeedPage> {
    const { branch, cursor, start, pageToken, limit } = options;
    const from = {
      cursor,
      page_token: pageToken,
      ...(start === undefined ? {} : { start: startText(start) }),
    };
    const parameters = { branch, limit, ...from, ...filterOf(options) };
    return feedOf(await this.#call.get("changes.poll", ["changes"], options, parameters));
  }

  /** As `changes.baseline` of the library. */
  async *baseline(options: BaselineOptions = {}): AsyncGenerator<Uint8Array, BaselineEnd, undefined> {
    const call = "changes.baseline";
    const pieces = this.#call.bytes({
      call,
      method: "POST",
      path: ["changes", "baseline"],
      json: { ...given({ branch: options.branch }), ...filterOf(options) },
      isWrite: false,
      limits: options,
    });
    const last = new LastLine();
    for await (const piece of pieces) {
      last.add(piece);
      yield piece;
    }
    const end = endIn(last.text());
    if (end !== null) return end;
    throw new OmnigraphError(
      "answer_cut_off",
      `${call}: the answer of the server ended before its last line`,
    );
  }
}

/** The last whole line of pieces of bytes. */
class LastLine {
  #kept: Uint8Array[] = [];

  add(piece: Uint8Array): void {
    // A line begins behind the end of the one before it, which is not at the end of all.
    const before = piece.lastIndexOf(LINE_FEED, piece.length - 2);
    if (before === -1) this.#kept.push(piece);
    else this.#kept = [piece.subarray(before)];
  }

  text(): string {
    const decoder = new TextDecoder();
    const text = this.#kept.map((piece) => decoder.decode(piece, { stream: true })).join("");
    return text.trimEnd().split("\n").at(-1) ?? "";
  }
}

function endIn(line: string): BaselineEnd | null {
  try {
    return baselineEndOf(Members.of(parseJson(line)));
  } catch (thrown) {
    if (isError(thrown)) return null;
    throw thrown;
  }
}
