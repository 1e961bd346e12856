import { describe, expect, it } from "vitest";
import { afterAll, beforeAll } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { CONTRACT } from "../support/server/contract.ts";
import { type TestServer, testServer } from "../support/server/server.ts";

interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Operation {
  readonly operationId: string;
  readonly deprecated?: boolean;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly headers?: object;
        readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
      }
    >
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const folder = testFolder("server-openapi");
let server: TestServer;
let document: Document;
beforeAll(async () => {
  server = await testServer(folder);
  document = JSON.parse((await server.call("GET", "/openapi.json")).text);
});
afterAll(() => server.stop());

function found(schema: Schema): Schema {
  return schema.$ref === undefined
    ? schema
    : (document.components.schemas[schema.$ref.replace("#/components/schemas/", "")] ?? {});
}

/** Names of all members that a schema has, of one of its kinds at least. */
function membersOf(schema: Schema): ReadonlySet<string> {
  const kinds = schema.anyOf ?? [schema];
  return new Set(kinds.flatMap((kind) => Object.keys(found(kind).properties ?? {})));
}

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

describe("the OpenAPI document", () => {
  it.each(CONTRACT.map((each) => [each.operation, each] as const))(
    "%s is as the contract has it",
    (_, each) => {
      const operation = document.paths[each.path]?.[each.method.toLowerCase()];
      if (operation === undefined) throw new Error(`${each.method} ${each.path} is missing`);
      expect(operation.operationId).toBe(each.operation);
      expect(operation.deprecated ?? false).toBe(each.deprecated);
      const parameters = operation.parameters ?? [];
      expect(parameters.filter((one) => one.in === "path").map(({ name }) => `{${name}}`)).toEqual(
        each.path.match(/\{\w+\}/g) ?? [],
      );
      const behind = parameters.map(({ name, required }) => (required ? `${name}!` : name));
      expect(behind).toEqual(expect.arrayContaining(words(each.parameters)));
      const [body] = Object.values(operation.requestBody?.content ?? {});
      if (each.body === "ndjson")
        expect(operation.requestBody?.content).toHaveProperty(["application/x-ndjson"]);
      else {
        const schema = body === undefined ? {} : found(body.schema);
        const members = Object.keys(schema.properties ?? {}).map((name) =>
          schema.required?.includes(name) ? `${name}!` : name,
        );
        expect(members).toEqual(expect.arrayContaining(words(each.body)));
        // A member of ours may be left out.
        const needed = (names: readonly string[]): readonly string[] =>
          names.filter((name) => name.endsWith("!"));
        expect(needed(members).toSorted()).toEqual(needed(words(each.body)).toSorted());
      }
      const [answer] = Object.values(operation.responses["200"]?.content ?? {});
      if (each.answer === "ndjson")
        expect(operation.responses["200"]?.content).toHaveProperty(["application/x-ndjson"]);
      else expect([...membersOf(answer?.schema ?? {})]).toEqual(expect.arrayContaining(words(each.answer)));
    },
  );

  it("what it has besides is ours", () => {
    const known = new Set(CONTRACT.map(({ operation }) => operation));
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).filter((id) => !known.has(id))).toEqual([
      "readiness",
      "metrics",
      "cluster_planSchema",
      "explain",
      "diffBranches",
      "showWrite",
      "streamChanges",
      "agentMessage",
    ]);
    for (const { operationId, security } of operations)
      expect(security === undefined, operationId).toBe(["health", "readiness"].includes(operationId));
  });

  it("each failure of a write may tell its fate, and no other's", () => {
    for (const methods of Object.values(document.paths))
      for (const { operationId, parameters = [], responses } of Object.values(methods)) {
        const isWrite = parameters.some(({ name }) => name === "Idempotency-Key");
        const headers = Object.keys(responses["400"]?.headers ?? {});
        expect(headers, operationId).toEqual(
          isWrite ? ["Omnigraph-Execution", "Omnigraph-Effects", "Omnigraph-Action"] : [],
        );
      }
  });

  it("every link leads to a schema", () => {
    const links = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(50);
    for (const link of links) expect(found({ $ref: link }), link).not.toEqual({});
  });
});
