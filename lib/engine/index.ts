/**
 * The public face of kubeplay: everything that a role or a playbook imports.
 *
 * @example
 * import { defineRole, file, handler, restart, service } from "kubeplay";
 */

// Playbooks and roles
export { play, playbook, type Play, type Playbook } from "./dsl/play.ts";
export { defineRole, undone, type RoleDefinition } from "./dsl/define-role.ts";
export type { Role, RoleContext } from "./dsl/role.ts";
export type { Facts } from "./facts/types.ts";
export type { Host, Inventory } from "./inventory/types.ts";

// Variables
export { Secret } from "./schema/secret.ts";
export type { Values, VarSpecs } from "./schema/types.ts";

// Tasks: order, handlers, outputs
export { block, isBlock, type BatchSize, type Block, type Item, type Serial, type TurnOptions } from "./tasks/block.ts";
export {
  barrier,
  endHost,
  endPlay,
  flushHandlers,
  handler,
  rollingHandler,
  type Handler,
  type Retry,
  type Task,
} from "./tasks/task.ts";
export { register, type Lazy, type Output, type Register } from "./tasks/output.ts";

// Resources: files
export { archive, type ArchiveProps } from "./resources/files/archive.ts";
export { blockInFile, type BlockInFileProps } from "./resources/files/block-in-file.ts";
export { binary, type BinaryProps } from "./resources/files/binary.ts";
export { copyTree, type CopyTreeProps } from "./resources/files/copy-tree.ts";
export { directory, type DirectoryProps } from "./resources/files/directory.ts";
export { fetch, type FetchProps } from "./resources/files/fetch.ts";
export { file, type FileProps } from "./resources/files/file.ts";
export { find, type FindProps } from "./resources/files/find.ts";
export { getUrl, type GetUrlProps } from "./resources/files/get-url.ts";
export { git, type GitProps } from "./resources/files/git.ts";
export { ini, type IniProps } from "./resources/files/ini.ts";
export { line, type LineProps } from "./resources/files/line.ts";
export { link, type LinkProps } from "./resources/files/link.ts";
export { prune, type PruneProps } from "./resources/files/prune.ts";
export { replace, type ReplaceProps } from "./resources/files/replace.ts";
export { template, type TemplateProps } from "./resources/files/template.ts";

// Resources: systemd
export { service, type ServiceProps } from "./resources/systemd/service.ts";
export { timer, type TimerProps } from "./resources/systemd/timer.ts";
export { unit, type UnitProps } from "./resources/systemd/unit.ts";

// Resources: the system
export { alternative, type AlternativeProps } from "./resources/system/alternative.ts";
export { aptRepository, type AptRepositoryProps } from "./resources/system/apt-repository.ts";
export { authorizedKeys, type AuthorizedKeysProps } from "./resources/system/authorized-keys.ts";
export { cron, type CronProps } from "./resources/system/cron.ts";
export { debconf, type DebconfProps } from "./resources/system/debconf.ts";
export { group, type GroupProps } from "./resources/system/group.ts";
export { hostname, type HostnameProps } from "./resources/system/hostname.ts";
export { kernelModule, type KernelModuleProps } from "./resources/system/kernel-module.ts";
export { knownHosts, type KnownHostsProps } from "./resources/system/known-hosts.ts";
export { limits, type Limit, type LimitsProps } from "./resources/system/limits.ts";
export { locales, type LocalesProps } from "./resources/system/locales.ts";
export { logrotate, type LogrotateProps } from "./resources/system/logrotate.ts";
export { mount, type MountProps } from "./resources/system/mount.ts";
export { packageUpgrade, type PackageUpgradeProps } from "./resources/system/package-upgrade.ts";
export { packages, type PackagesProps } from "./resources/system/packages.ts";
export { pip, type PipProps } from "./resources/system/pip.ts";
export { pruneUsers, type PruneUsersProps } from "./resources/system/prune-users.ts";
export { reboot, type RebootProps } from "./resources/system/reboot.ts";
export { sudoers, type SudoersProps } from "./resources/system/sudoers.ts";
export { sysctl, type SysctlProps } from "./resources/system/sysctl.ts";
export { timezone, type TimezoneProps } from "./resources/system/timezone.ts";
export { user } from "./resources/system/user.ts";
export type { UserProps } from "./resources/system/user-props.ts";

// Resources: the firewall
export { firewall, type FirewallProps } from "./resources/firewall/firewall.ts";
export type { FirewallRule } from "./resources/firewall/rules.ts";

// Resources: PostgreSQL
export { postgresDatabase, type PostgresDatabaseProps } from "./resources/postgres/database.ts";
export { postgresRole, type PostgresRoleProps } from "./resources/postgres/role.ts";

// Resources: commands
export { ansibleModule, type AnsibleModuleProps } from "./resources/commands/ansible-module.ts";
export { assert, type AssertProps } from "./resources/commands/assert.ts";
export { command, type CommandOutput, type CommandProps } from "./resources/commands/command.ts";
export { debug, type DebugProps } from "./resources/commands/debug.ts";
export { fail, type FailProps } from "./resources/commands/fail.ts";
export { read, type ReadProps } from "./resources/commands/read.ts";
export { script, type ScriptProps } from "./resources/commands/script.ts";
export { wait, type WaitProps } from "./resources/commands/wait.ts";

// Resources: the inventory
export { addHost, type AddHostProps } from "./resources/inventory/add-host.ts";
export { groupBy, type GroupByProps } from "./resources/inventory/group-by.ts";

// Requests to servers
export { request, type RequestProps } from "./resources/http/request.ts";
export { uri, type UriOutput, type UriProps } from "./resources/http/uri.ts";

// Resources: certificates
export { certificate } from "./resources/certificates/certificate.ts";
export { certificateBundle, type CertificateBundleProps } from "./resources/certificates/bundle.ts";
export { keyPair, type KeyPairProps } from "./resources/certificates/key-pair.ts";
export { keyPathOf } from "./pki/files.ts";

// Actions, for handlers
export { daemonReload, reload, restart, run } from "./resources/systemd/actions.ts";

// Own resources, actions and queries
export { defineAction, defineResource } from "./tasks/task.ts";
export { prop, type Rule, type Rules } from "./tasks/properties.ts";
export {
  differences,
  effect,
  unknown,
  type Action,
  type Difference,
  type Effect,
  type Forecast,
  type Needs,
  type Progress,
  type Resource,
  type ConnectionStep,
  type ControllerStep,
  type ShellStep,
  type Step,
  type UploadStep,
} from "./tasks/resource.ts";
export { defineQuery, type Query, type WaitOptions } from "./queries/define.ts";
export type { FoundEntry } from "./queries/found.ts";
export { waitUntil } from "./tasks/wait-until.ts";
export * as queries from "./queries/index.ts";

// Connections, for own resources
export type { Result, Writer } from "./connection/types.ts";

// Shell programs
export { quote } from "./shell/quote.ts";

// Addresses
export { contains, nthAddress, nthSubnet, overlaps } from "./schema/cidr.ts";

// Errors
export { InputError, PlayError, TaskError, TransientError, UnreachableError } from "./errors.ts";
