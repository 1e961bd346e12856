const GRAPH_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Whether a text can name a graph of a server or a cluster: it is a part of a path. */
export function isGraphId(text: string): boolean {
  return GRAPH_ID.test(text);
}
