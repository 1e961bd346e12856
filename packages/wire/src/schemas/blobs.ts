import * as z from "zod";
import { TARGET } from "./reads.ts";
import { request, shape } from "./shape.ts";
import { COUNT, ENTITY_KIND } from "./values.ts";

const SELECTOR_MEMBERS = {
  entity: ENTITY_KIND,
  type: z.string().describe("Name of the type."),
  id: z.string().describe("Id of the entity."),
  property: z.string().describe("Name of the property, a Blob."),
};

const EXAMPLE_SELECTOR = { entity: "node", type: "Doc", id: "a", property: "body" };

const SELECTOR = shape("BlobSelectorJson", "A Blob of one entity.", SELECTOR_MEMBERS, EXAMPLE_SELECTOR);

export const BLOB_STAT = shape(
  "BlobStatJson",
  "What a Blob is (`blob stat`): content that the graph has, or an address.",
  {
    target: TARGET,
    selector: SELECTOR,
    kind: z.enum(["managed", "external"]).describe("`managed`: the graph has the content."),
    size: COUNT.exactOptional().describe("Bytes of the content."),
    etag: z.string().exactOptional().describe("Entity tag of the content: its SHA-256 in double quotes."),
    uri: z.string().exactOptional().describe("The address, where it is one."),
  },
  {
    target: { branch: "main", snapshot: null },
    selector: EXAMPLE_SELECTOR,
    kind: "managed",
    size: 5,
    etag: '"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"',
  },
);

export const BLOB_PARAMETERS = request(
  "BlobParametersJson",
  "The parameters of `GET` and `HEAD /blob`.",
  {
    ...SELECTOR_MEMBERS,
    branch: z.string().exactOptional().describe("Default `main`; not with `snapshot`."),
    snapshot: z.string().exactOptional().describe("A commit."),
  },
  EXAMPLE_SELECTOR,
);
