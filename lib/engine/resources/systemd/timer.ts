import { TaskError } from "../../errors.ts";
import { block, type Block } from "../../tasks/block.ts";
import { service } from "./service.ts";
import { unit } from "./unit.ts";

/** The properties of `timer`. */
export interface TimerProps {
  /** Of the units NAME.timer and NAME.service. */
  readonly name: string;
  /** As in systemd.time(7): "daily", "Mon *-*-* 03:00:00". Not used with state "absent". */
  readonly schedule?: string;
  /** A program with its arguments, as ExecStart has it: an absolute path first. Not used with state "absent". */
  readonly run?: string;
  /** "root" by default. */
  readonly user?: string;
  /** Seconds by which the start is delayed at random, so that many hosts do not start at once; 0 by default. */
  readonly spread?: number;
  /** Whether a start that was missed while the host was off is made up for; true by default. */
  readonly persistent?: boolean;
  readonly state?: "present" | "absent";
}

/** systemd starts a timer whose schedule it cannot read all the same, and never starts its service. */
const readsSchedule = `systemd-analyze calendar "$(sed -n s/^OnCalendar=//p %s)"`;

/**
 * A program that systemd starts by a schedule: a block that writes NAME.service and NAME.timer, and starts the timer.
 * Throws TaskError for properties that are missing.
 *
 * @example
 * timer("Back up every night", { name: "backup", schedule: "*-*-* 03:00:00", run: "/usr/local/bin/backup" });
 */
export function timer(name: string, p: TimerProps): Block {
  if (p.state === "absent")
    return block(
      name,
      service(`${name}: stop the timer`, { name: `${p.name}.timer`, state: "stopped", enabled: false }),
      unit(`${name}: remove the timer`, { name: `${p.name}.timer`, state: "absent" }),
      unit(`${name}: remove the service`, { name: `${p.name}.service`, state: "absent" }),
    );
  const { schedule, run, user = "root", spread = 0, persistent = true } = p;
  if (schedule === undefined || run === undefined) throw new TaskError(`${p.name}: a timer requires schedule and run`);
  const started = `[Unit]
Description=${name}
[Service]
Type=oneshot
User=${user}
ExecStart=${run}
`;
  const scheduled = `[Unit]
Description=${name}
[Timer]
OnCalendar=${schedule}
RandomizedDelaySec=${String(spread)}
Persistent=${String(persistent)}
[Install]
WantedBy=timers.target
`;
  return block(
    name,
    unit(`${name}: write the service`, { name: `${p.name}.service`, content: started }),
    unit(`${name}: write the timer`, {
      ...{ name: `${p.name}.timer`, content: scheduled, validate: readsSchedule },
    }),
    service(`${name}: start the timer`, { name: `${p.name}.timer`, state: "started", enabled: true }),
  );
}
