import { quote } from "kubeplay";
import { answer, defineCheck, type Finding } from "../check.ts";
import { script } from "../../reading/script.ts";

const remedy =
  "journalctl -u kubeplay-snapshot on the master has the reason; systemctl start kubeplay-snapshot tries again. If snapshots are rarer on purpose, raise snapshot_max_age";

/** The seconds since the epoch that the host printed behind a word; undefined if the file is not there. */
const timeIn = (text: string, word: string): number | undefined => {
  const [, seconds] = new RegExp(`^${word} (\\d+)$`, "m").exec(text) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
};

/** What is wrong on a master, by the times of its clock, of its timer's unit and of its newest snapshot. */
function problemIn(text: string, maxAge: number): Pick<Finding, "problem" | "remedy"> | undefined {
  const [now, timer, newest] = ["now", "timer", "newest"].map((word) => timeIn(text, word));
  if (now === undefined) return undefined;
  if (timer === undefined)
    return { problem: "it takes no snapshots of etcd, although snapshot_timer is set", remedy: "play site" };
  // A timer that is new has had no time for the first one.
  const hours = Math.floor((now - (newest ?? timer)) / 3600);
  if (hours <= maxAge) return undefined;
  const problem =
    newest === undefined
      ? `it has taken no snapshot of etcd for ${String(hours)} hours`
      : `its newest snapshot of etcd is ${String(hours)} hours old`;
  return { problem, remedy };
}

export const snapshots = defineCheck({
  name: "snapshots",
  description: "Every master has a recent snapshot of etcd, if snapshot_timer is set.",
  onHosts: ({ groups }, { vars }) => {
    if (vars.snapshot_timer === "" || !groups.includes("masters")) return {};
    const time = (word: string, command: string): string => `printf '${word} %s\\n' "$(${command})"`;
    return {
      snapshots: script(
        [
          time("now", "date +%s"),
          time("timer", "stat -c %Y /etc/systemd/system/kubeplay-snapshot.timer"),
          time("newest", `stat -c %Y -- ${quote(vars.snapshot_folder)}/*Z.db | sort -n | tail -n 1`),
        ].join("\n"),
      ),
    };
  },
  findings: ({ vars, patients }) =>
    patients.flatMap((patient): Finding[] => {
      const problem = problemIn(answer<string>(patient, "snapshots") ?? "", vars.snapshot_max_age);
      return problem ? [{ severity: "warning", subject: patient.host.name, ...problem }] : [];
    }),
});
