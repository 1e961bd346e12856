export type { GraphAccess, Told } from "./access.ts";
export { AgentCalls } from "./http.ts";
export { serveAgent } from "./stdio.ts";
