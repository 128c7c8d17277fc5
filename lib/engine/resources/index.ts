export { keyPair } from "./certificates/key-pair.ts";
export { certificateBundle } from "./certificates/bundle.ts";
export { certificate } from "./certificates/certificate.ts";
export { daemonReload, reload, restart, run } from "./systemd/actions.ts";
export { archive } from "./files/archive.ts";
export { reboot } from "./system/reboot.ts";
export { binary } from "./files/binary.ts";
export { command, type CommandOutput } from "./commands/command.ts";
export { directory } from "./files/directory.ts";
export { file } from "./files/file.ts";
export { group } from "./system/group.ts";
export { kernelModule } from "./system/kernel-module.ts";
export { line } from "./files/line.ts";
export { link } from "./files/link.ts";
export { read } from "./commands/read.ts";
export { packages } from "./system/packages.ts";
export { service } from "./systemd/service.ts";
export { sysctl } from "./system/sysctl.ts";
export { template } from "./files/template.ts";
export { unit } from "./systemd/unit.ts";
export { user } from "./system/user.ts";
export { wait } from "./commands/wait.ts";
export { block, type Block, type Item } from "../tasks/block.ts";
export { register, type Output, type Register } from "../tasks/output.ts";
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
} from "../tasks/task.ts";
