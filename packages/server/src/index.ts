export { serveOneAgent } from "./agents/stdio.ts";
export { type ServeFlags, sourceOfFlags, textOf } from "./boot/sources.ts";
export type { TlsFiles } from "./boot/configuration.ts";
export { readTokens, Tokens } from "./boot/tokens.ts";
export { type RunningServer, serve } from "./serve.ts";
