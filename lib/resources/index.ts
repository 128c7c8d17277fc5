export { kubeconfig } from "./kubeconfig.ts";
export { keyPair } from "./key-pair.ts";
export { certificateBundle } from "./certificate-bundle.ts";
export { certificate } from "./certificate.ts";
export { daemonReload, reload, restart, run } from "./actions.ts";
export { archive } from "./archive.ts";
export { reboot } from "./reboot.ts";
export { binary } from "./binary.ts";
export { command, type CommandOutput } from "./command.ts";
export { directory } from "./directory.ts";
export { file } from "./file.ts";
export { group } from "./group.ts";
export { kernelModule } from "./kernel-module.ts";
export { line } from "./line.ts";
export { link } from "./link.ts";
export { manifest, type ManifestProps } from "./manifest.ts";
export { manifests, type ManifestsProps } from "./manifests/index.ts";
export { read } from "./read.ts";
export { packages } from "./packages.ts";
export { service } from "./service.ts";
export { sysctl } from "./sysctl.ts";
export { template } from "./template.ts";
export { unit } from "./unit.ts";
export { user } from "./user.ts";
export { wait } from "./wait.ts";
export { block, type Block, type Item } from "./block.ts";
export { register, type Output, type Register } from "./output.ts";
export {
  barrier,
  defineAction,
  defineResource,
  endHost,
  endPlay,
  flushHandlers,
  handler,
  rollingHandler,
  type Handler,
  type Task,
} from "./task.ts";
