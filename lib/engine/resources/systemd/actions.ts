import { unitName } from "../../queries/unit.ts";
import { defineAction } from "../../tasks/task.ts";
import { systemctl } from "./systemctl.ts";

export interface UnitAction {
  /** Without a suffix it is a service's. */
  readonly name: string;
  /** Only has systemd take the job, without waiting for its end. */
  readonly noBlock?: boolean;
}

const unitAction = (verb: "restart" | "reload") =>
  defineAction({
    kind: verb,
    label: (p: UnitAction) => unitName(p.name),
    steps: (p) => [systemctl(p.noBlock ? `${verb} --no-block` : verb, unitName(p.name))],
    // A service that was started since has read all that is new.
    settledBy: (p) => ({ kind: "service", label: unitName(p.name), what: "state" }),
  });

/** Restarts a service, unless it was started after the notification anyway. */
export const restart = unitAction("restart");
/** Has a service read its configuration again, unless it was started after the notification. */
export const reload = unitAction("reload");

/** Has systemd read its units again: for files that no `unit` has written. */
export const daemonReload = defineAction({
  kind: "daemon-reload",
  label: () => "systemd",
  steps: () => ["systemctl daemon-reload"],
});

export interface RunProps {
  /** For a POSIX shell. */
  readonly command: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout?: number;
}

/** Any command, as an action. */
export const run = defineAction({
  kind: "run",
  label: (p: RunProps) => p.command.split("\n")[0] ?? "",
  steps: ({ command, environment, timeout }) => [
    { sh: command, ...(environment && { environment }), ...(timeout !== undefined && { timeout }) },
  ],
});
