export { serveOneAgent } from "./agents/stdio.ts";
export type { TlsFiles } from "./boot/configuration.ts";
export { textOf } from "./boot/files.ts";
export { type ServeFlags, sourceOfFlags } from "./boot/sources.ts";
export { readTokens, Tokens } from "./boot/tokens.ts";
export { type RunningServer, serve } from "./serve.ts";
