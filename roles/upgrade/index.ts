export { deprecations, stagedFlags } from "./deprecated.ts";
export { earlierUpgrades, endOfUpgrade } from "./ended.ts";
export { etcdSnapshot } from "./snapshot.ts";
export { nodeBackInService, nodeCanBeDrained, nodeOutOfService } from "./nodes.ts";
export { rollbackCheck } from "./rollback.ts";
export * from "./services.ts";
export { staging } from "./staging.ts";
