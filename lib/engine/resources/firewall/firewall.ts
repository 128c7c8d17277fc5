import { TaskError } from "../../errors.ts";
import { ownConnection, type OwnConnectionState } from "../../queries/own-connection.ts";
import { packetFilterTable, type TableState } from "../../queries/packet-filter-table.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { requirement, type Difference, type Needs, type Requirement, type Step } from "../../tasks/resource.ts";
import { presence, prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { linkSteps } from "../files/link.ts";
import * as files from "../files/wanted-file.ts";
import { loadAndConfirm } from "./load.ts";
import { networkOf } from "./network.ts";
import { letsIn, portsOf, replacement, tableOf, type FirewallRule } from "./rules.ts";

/** The properties of `firewall`. */
export interface FirewallProps {
  /** Of the table of nftables: "inet NAME". Letters, digits and "_". */
  readonly name: string;
  /** What is let in; all else is dropped. Not used with state "absent". */
  readonly allow?: readonly FirewallRule[];
  /** Seconds until the host takes the old rules back if the new ones let no connection in; 30 by default. */
  readonly confirm?: number;
  readonly state?: "present" | "absent";
}

interface FirewallNow {
  readonly table: TableState;
  readonly connection: OwnConnectionState;
  readonly rules: PathState;
  readonly unit: PathState;
  readonly boot: PathState;
}

const isAbsent = ({ state }: FirewallProps): boolean => state === "absent";
const wantedTable = ({ name, allow = [] }: FirewallProps): string => tableOf(name, allow);
const nft = "/usr/sbin/nft";
const rulesOf = ({ name }: FirewallProps): string => `/etc/nftables.d/${name}.nft`;
const unitOf = ({ name }: FirewallProps): string => `/etc/systemd/system/firewall-${name}.service`;
const bootOf = ({ name }: FirewallProps): string => `/etc/systemd/system/sysinit.target.wants/firewall-${name}.service`;

/** nftables.service forgets all tables when it starts and stops: this one follows it. */
const unitText = (p: FirewallProps): string => `[Unit]
Description=Firewall ${p.name}
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=nftables.service local-fs.target
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${nft} -f ${rulesOf(p)}
ExecReload=${nft} -f ${rulesOf(p)}

[Install]
WantedBy=sysinit.target
`;

const wantedRules = files.once((p: FirewallProps) => files.wantedOf(replacement(p.name, wantedTable(p))));
const wantedUnit = files.once((p: FirewallProps) => files.wantedOf(unitText(p)));
const rulesFile = (p: FirewallProps): files.FileOptions => ({ dest: rulesOf(p), mode: 0o600, owner: "root" });
const unitFile = (p: FirewallProps): files.FileOptions => ({ dest: unitOf(p), owner: "root" });

/**
 * What is let into the host, as a table of nftables of its own, at once and at boot. Established connections, ICMP, the
 * loopback interface and forwarded traffic stay. The rules are loaded, kubeplay connects anew, and if that fails the host
 * takes the old rules back. Fails with TaskError for rules that do not allow the run's own SSH connection. Needs the
 * package nftables, and systemd. Rules of other tables, such as those of ufw and firewalld, apply as well.
 *
 * @example
 * firewall("Let SSH and the web in", { name: "web", allow: [{ port: 22, from: ["10.0.0.0/8"] }, { port: 443 }] });
 */
export const firewall = defineResource({
  kind: "firewall",
  props: {
    name: prop.text,
    allow: prop.optional(
      prop.listOf(
        prop.shape({
          port: prop.either(prop.number, prop.text),
          protocol: prop.optional(prop.oneOf("tcp", "udp")),
          from: prop.optional(prop.listOf(prop.text)),
        }),
      ),
    ),
    confirm: prop.optional(prop.number),
    state: presence,
  },
  label: (p: FirewallProps) => p.name,
  locate: (p) => {
    check(p);
    return p;
  },
  needs: (p): Needs<FirewallNow> => ({
    table: packetFilterTable(`inet ${p.name}`),
    connection: ownConnection(),
    rules: pathQuery(rulesOf(p)),
    unit: pathQuery(unitOf(p)),
    boot: pathQuery(bootOf(p)),
  }),
  diff: (now, p): Difference[] => {
    const { table, connection, rules, unit, boot } = now;
    if (isAbsent(p)) {
      const left = [table === undefined ? [] : ["rules"], [rules, unit, boot].every(isGone) ? [] : ["at boot"]].flat();
      return left.map((what) => ({ what, before: "present", after: "absent" }));
    }
    if (connection && !letsIn(p.allow ?? [], connection))
      throw new TaskError(
        `${p.name}: the rules would shut this run out: allow TCP port ${String(connection.port)} for ${connection.client}`,
      );
    const written = [
      ...files.fileDifferences(rules, wantedRules(p), rulesFile(p)),
      ...files.fileDifferences(unit, wantedUnit(p), unitFile(p)),
    ];
    return [
      ...(table === wantedTable(p) ? [] : [{ what: "rules", before: table, after: wantedTable(p) }]),
      ...(written.length === 0 && isEnabled(boot, p)
        ? []
        : [{ what: "at boot", before: bootBefore(now), after: true }]),
    ];
  },
  apply: (found, now, p): Step[] => {
    const differs = (what: string): boolean => found.some((one) => one.what === what);
    if (isAbsent(p)) return removal(now, p);
    return [
      ...(differs("rules") ? [loadAndConfirm(p.name, wantedTable(p), p.confirm ?? 30)] : []),
      ...(differs("at boot") ? bootSteps(now, p) : []),
    ];
  },
  forecast: ({ rules, unit }, p) =>
    isAbsent(p)
      ? { table: undefined, rules: files.absent, unit: files.absent, boot: files.absent }
      : {
          table: wantedTable(p),
          rules: files.fileForecast(rules, wantedRules(p), rulesFile(p)),
          unit: files.fileForecast(unit, wantedUnit(p), unitFile(p)),
          boot: { type: "link", target: unitOf(p) },
        },
  requires: (p): Requirement[] =>
    isAbsent(p)
      ? []
      : [
          requirement(
            pathQuery(nft),
            ({ type }) => (type === "absent" ? `${p.name}: there is no ${nft}` : undefined),
            "add a packages task with nftables before it",
          ),
        ],
  effects: (p) => [
    { kind: "unit" },
    ...(isAbsent(p)
      ? [...files.removalEffects(rulesOf(p)), ...files.removalEffects(unitOf(p))]
      : [...files.fileEffects(rulesFile(p), wantedRules(p)), ...files.fileEffects(unitFile(p), wantedUnit(p))]),
  ],
  parts: (p) => ({ rules: p, "at boot": p }),
  hint: () => "`nft list ruleset` on the host shows all rules",
});

const isGone = ({ type }: PathState): boolean => type === "absent";
const isEnabled = (boot: PathState, p: FirewallProps): boolean => boot.type === "link" && boot.target === unitOf(p);
const bootBefore = ({ rules, unit, boot }: FirewallNow): false | "other rules" =>
  [rules, unit, boot].some(isGone) ? false : "other rules";

const written: Difference = { what: "content", before: undefined, after: undefined };

const bootSteps = ({ rules, unit, boot }: FirewallNow, p: FirewallProps): Step[] => [
  "umask 022 && mkdir -p /etc/nftables.d /etc/systemd/system/sysinit.target.wants",
  ...files.fileSteps([written], rules, wantedRules(p), rulesFile(p)),
  ...files.fileSteps([written], unit, wantedUnit(p), unitFile(p)),
  ...(isEnabled(boot, p) ? [] : linkSteps(bootOf(p), unitOf(p), boot)),
  // Only a unit that is active follows a restart of nftables.service.
  `systemctl daemon-reload && systemctl start firewall-${p.name}`,
];

const removal = ({ table, rules, unit, boot }: FirewallNow, p: FirewallProps): Step[] => [
  ...(isGone(unit) ? [] : [`systemctl stop firewall-${p.name}`]),
  ...[[bootOf(p), boot] as const, [unitOf(p), unit] as const, [rulesOf(p), rules] as const].flatMap(([dest, now]) =>
    isGone(now) ? [] : files.removalSteps(dest, now),
  ),
  ...(table === undefined ? [] : [`nft delete table inet ${p.name}`]),
  "systemctl daemon-reload",
];

/** Throws TaskError for properties that cannot be meant. */
function check(p: FirewallProps): void {
  if (!/^[A-Za-z_]\w{0,31}$/.test(p.name))
    throw new TaskError(`${JSON.stringify(p.name)} is not the name of a firewall, expected letters, digits and "_"`);
  if (!isAbsent(p) && p.allow === undefined)
    throw new TaskError(`${p.name}: a firewall requires allow, such as allow: [{ port: 22 }]`);
  if (p.confirm !== undefined && !(Number.isInteger(p.confirm) && p.confirm >= 5 && p.confirm <= 3600))
    throw new TaskError(`${p.name}: confirm is ${String(p.confirm)}, expected 5 to 3600 seconds`);
  for (const rule of p.allow ?? []) {
    if (!portsOf(rule))
      throw new TaskError(`${p.name}: ${JSON.stringify(rule.port)} is not a port from 1 to 65535, or a range of them`);
    if (rule.from?.length === 0)
      throw new TaskError(
        `${p.name}: port ${String(rule.port)} is open for no address: remove it, or leave \`from\` out`,
      );
    rule.from?.forEach(networkOf);
  }
}
