import * as z from "zod";

/**
 * An object on the wire: exactly these members. `id` is the name of its type in `../shapes.generated.ts` and of its section in docs/reference/wire.md,
 * which have the descriptions too.
 */
export function shape<Members extends z.ZodRawShape>(
  id: string,
  description: string,
  members: Members,
  example?: unknown,
): z.ZodObject<Members, z.core.$strict> {
  return z
    .strictObject(members)
    .meta({ id, description, ...(example === undefined ? {} : { examples: [example] }) });
}

/** A request: what is not a member of it is ignored, as the contract has it. */
export function request<Members extends z.ZodRawShape>(
  id: string,
  description: string,
  members: Members,
  example: unknown,
): z.ZodObject<Members, z.core.$strip> {
  return z.object(members).meta({ id, description, examples: [example] });
}
