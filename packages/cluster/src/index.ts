export type { /** @internal */ Deployment } from "./applied.ts";
export { Deployments } from "./applied.ts";
export type { /** @internal */ ApplyOptions } from "./apply/apply.ts";
export {
  applyCluster,
  approveInCluster,
  clusterStatus,
  lookAtCluster,
  planCluster,
  unlockCluster,
  validateCluster,
} from "./commands.ts";
export type { Surroundings } from "./surroundings.ts";
