/**
 * The queries for the `needs` of a resource. Each takes one key, such as a path, and its answer is of the state's type.
 *
 * @example
 * needs: (p) => ({ file: queries.path(p.dest), unit: queries.unit("nginx") }),
 */

export { answer } from "./answer.ts";
export { artifact, type ArtifactState } from "./artifact.ts";
export { certificateFile, type CertificateState } from "./certificate-file.ts";
export { content, type ContentState } from "./content.ts";
export { controllerFile, type ControllerFileState } from "./controller-file.ts";
export { digest, type DigestState } from "./digest.ts";
export { entries, type EntriesState } from "./entries.ts";
export { group, type GroupState } from "./group.ts";
export { hostCertificate, type HostCertificateState } from "./host-certificate.ts";
export { kernelModule, type KernelModuleState } from "./kernel-module.ts";
export { tcpListeners, type Listener } from "./listeners.ts";
export { mount, type MountState } from "./mount.ts";
export { packageNamed, type PackageState } from "./package.ts";
export { packetFilterTable, type TableState } from "./packet-filter-table.ts";
export { path, type PathState } from "./path.ts";
export { probe } from "./probe.ts";
export { routes, routesOf, type Route } from "./routes.ts";
export { sysctl, type SysctlState } from "./sysctl.ts";
export { unit, type UnitState } from "./unit.ts";
export { user, type UserState } from "./user.ts";
