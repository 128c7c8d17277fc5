import { defineResource, TaskError } from "kubeplay";
import { peerUrl } from "#cluster/etcd-members.ts";
import { membersOf, reportKey, type Reports } from "#cluster/etcd-report.ts";
import { evenNumber } from "./member-checks.ts";

export type MastersProps = {
  readonly masters: readonly { readonly name: string; readonly address: string }[];
  readonly peerPort: number;
  readonly dataDir: string;
  /** The name of the master that is replaced; "" for none. */
  readonly replace: string;
  readonly ignored: readonly string[];
} & Reports;

const reportsIn = (p: MastersProps) =>
  p.masters.flatMap((master) => {
    const report = (p as Reports)[reportKey(master.name)];
    return report ? [{ ...master, url: peerUrl({ address: master.address, port: p.peerPort }), report }] : [];
  });

function unknownNumber(p: MastersProps): string | undefined {
  const hasCluster = reportsIn(p).some(({ report }) => report.hasData || report.etcd.state === "running");
  return p.masters.length % 2 === 1 || hasCluster ? undefined : evenNumber(p.masters.length);
}

/** Masters whose member ran, and whose data is gone. */
function lostData(p: MastersProps): string | undefined {
  const reports = reportsIn(p);
  const members = reports.map(({ report }) => membersOf(report)).find((found) => found !== undefined) ?? [];
  const lost = reports.filter(
    ({ name, url, report }) =>
      !report.hasData &&
      name !== p.replace &&
      members.some(
        (member) =>
          (member.name === name && !member.peerUrls.includes(url)) || (member.hasRun && member.peerUrls.includes(url)),
      ),
  );
  const [first] = lost;
  if (!first) return undefined;
  const names = lost.map(({ name }) => name).join(" and ");
  return `etcd has a member for ${names}, but there is no data in ${p.dataDir}: etcd accepts no member twice. If the disk or the machine is new, let it join as a new member: npm run play -- -e replace=${first.name} site. If the data is elsewhere, put it back`;
}

/** By the name with which they can be skipped. */
export const masterChecks = { EtcdMembers: unknownNumber, EtcdData: lostData };

/** Fails with what no master can see alone. It never changes anything. */
export const mastersFit = defineResource({
  kind: "masters",
  label: (p: MastersProps) => p.masters.map(({ name }) => name).join(", "),
  needs: () => ({}),
  diff: (_now, p) => {
    const problems = Object.entries(masterChecks).flatMap(([name, check]) => {
      const problem = p.ignored.includes(name) ? undefined : check(p);
      return problem === undefined ? [] : [`${name}: ${problem}`];
    });
    if (problems.length > 0)
      throw new TaskError(`${problems.join("\n  ")}\nTo skip a check, name it: -e '{"preflight_ignore": ["…"]}'`);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});
