import { OmnigraphError } from "@omnigraph/base";

/** The address of a server, without a slash at its end. Errors: `usage`. */
export function serverAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === null || !isHttp)
    throw new OmnigraphError(
      "usage",
      `the address of a server is of the form https://host:port, not ${JSON.stringify(text)}`,
    );
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new OmnigraphError(
      "usage",
      "the address of a server has no user, no parameters and no fragment; give a token by itself",
    );
  return `${url.origin}${url.pathname.replace(/\/+$/u, "")}`;
}

/** What stands behind a path; what is undefined is left out, a list stands once for each item. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A path of parts, each escaped, with its parameters. */
export function pathOf(parts: readonly string[], parameters: Parameters = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    const all = Array.isArray(value) ? value : [value];
    for (const one of all) if (one !== undefined) given.append(name, String(one));
  }
  const behind = given.toString();
  return `/${parts.map(escaped).join("/")}${behind === "" ? "" : `?${behind}`}`;
}

/** A part of a path. URLs know no part of one or two dots, however it is escaped. Errors: `usage`. */
function escaped(part: string): string {
  if (part === "" || part === "." || part === "..")
    throw new OmnigraphError("usage", `${JSON.stringify(part)} cannot be part of the path of a call`);
  return encodeURIComponent(part);
}
