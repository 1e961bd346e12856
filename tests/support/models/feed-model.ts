import { writeJson } from "@omnigraph/base";
import type {
  ChangeBlock,
  ChangedEntity,
  EntityImage,
  ExportOptions,
  FeedPage,
  Omnigraph,
  PollOptions,
} from "omnigraph";

/** A graph as a consumer of the feed builds it: the text of each entity's image by kind, type and id. Refuses changes that do not fit what it has. */
export class FeedModel {
  readonly #entities = new Map<string, string>();

  apply(changes: readonly ChangedEntity[]): void {
    for (const { kind, type, id, op, before, after } of changes) {
      const key = `${kind} ${type.name} ${id}`;
      const there = this.#entities.get(key) ?? null;
      if (there !== textOf(before))
        throw new Error(`${op} of ${key}: before is ${textOf(before)}, not ${there}`);
      const expected = before === null ? "insert" : after === null ? "delete" : "update";
      if (op !== expected) throw new Error(`${key}: ${op} with the images of an ${expected}`);
      if (after === null) this.#entities.delete(key);
      else this.#entities.set(key, textOf(after) ?? "");
    }
  }

  /** Takes a line of an export as an entity that is there. */
  install(line: string): void {
    const { key, text } = entityIn(line);
    this.#entities.set(key, text);
  }

  get entities(): readonly string[] {
    return [...this.#entities].map(([key, text]) => `${key} ${text}`).toSorted();
  }
}

/** The head of a branch, as `FeedModel.entities`. */
export function headEntities(graph: Omnigraph, branch = "main"): Promise<readonly string[]> {
  return exportedEntities(graph, { branch });
}

/** What an export holds, as `FeedModel.entities`. */
export async function exportedEntities(graph: Omnigraph, options: ExportOptions): Promise<readonly string[]> {
  return entitiesIn(await textIn(graph.export(options)));
}

/** The lines of an export, as `FeedModel.entities`. */
export function entitiesIn(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { key, text } = entityIn(line);
      return `${key} ${text}`;
    })
    .toSorted();
}

/** Follows the feed to its end, page by page, as a consumer does; blocks that were cut by pages are joined again. */
export async function followed(graph: Omnigraph, options: PollOptions): Promise<readonly ChangeBlock[]> {
  const blocks: ChangeBlock[] = [];
  const { branch = "main", kinds = [], types = [], ops = [], limit = 1000 } = options;
  const same = { branch, kinds, types, ops, limit };
  let next = options;
  for (let polls = 0; polls < 10_000; polls++) {
    const page: FeedPage = await graph.changes.poll(next);
    for (const block of page.blocks) {
      const last = blocks.at(-1);
      if (last?.cause.commit === block.cause.commit)
        blocks[blocks.length - 1] = { ...last, changes: [...last.changes, ...block.changes] };
      else blocks.push(block);
    }
    if (page.nextPageToken !== null) next = { ...same, pageToken: page.nextPageToken };
    else if (page.cursor !== null && page.caughtUp === false) next = { ...same, cursor: page.cursor };
    else return blocks;
  }
  throw new Error("the feed does not end");
}

/** Pieces as one text. */
export async function textIn(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString("utf8");
}

function entityIn(line: string): { readonly key: string; readonly text: string } {
  const { type, edge, from, to, data } = JSON.parse(line);
  const { id, ...properties } = data;
  const isNode = edge === undefined;
  return {
    key: `${isNode ? `node ${type}` : `edge ${edge}`} ${id}`,
    text: imageText(properties, isNode ? null : { from, to }),
  };
}

function textOf(image: EntityImage | null): string | null {
  return image === null ? null : imageText(JSON.parse(writeJson(image.properties)), image.endpoints);
}

/** The values and ends of an entity as one text. */
export function imageText(properties: object, endpoints: EntityImage["endpoints"]): string {
  const sorted = Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted, endpoints === null ? null : [endpoints.from, endpoints.to]]);
}
