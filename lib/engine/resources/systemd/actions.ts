import { unitName, validUnitName } from "../../queries/unit.ts";
import { covered } from "../../schema/covered.ts";
import { prop } from "../../tasks/properties.ts";
import { defineAction } from "../../tasks/task.ts";
import { systemctl } from "./systemctl.ts";

export interface UnitAction {
  /** The unit; a name without a suffix means a service. */
  readonly name: string;
  /** Queues the job and does not wait for its end. */
  readonly noBlock?: boolean;
  /** Seconds for the unit to be up again: one without a time limit of its own could block for ever. */
  readonly timeout?: number;
}

/** Seconds for the error of a unit that is late. */
const margin = 30;

const unitAction = (verb: "restart" | "reload") =>
  defineAction({
    kind: verb,
    props: { name: prop.text, noBlock: prop.optional(prop.flag), timeout: prop.optional(prop.number) },
    label: (p: UnitAction) => unitName(p.name),
    steps: ({ name, noBlock, timeout }) => {
      const script = systemctl(noBlock ? `${verb} --no-block` : verb, validUnitName(name), timeout);
      return [timeout === undefined ? script : { sh: script, timeout: timeout + margin }];
    },
    // A service that was started since then has read everything new.
    settledBy: (p) => ({ kind: "service", label: unitName(p.name), what: "state" }),
  });

/**
 * Action: restarts a unit, unless a `service` task started it after the notification. If it fails, the error ends with
 * the unit's state and journal.
 *
 * @example
 * handler("Restart nginx", restart("Restart nginx", { name: "nginx" }));
 */
export const restart = unitAction("restart");
/**
 * Action: makes a unit read its configuration again, unless a `service` task started it after the notification. If it
 * fails, the error ends with the unit's state and journal.
 *
 * @example
 * handler("Reload nginx", reload("Reload nginx", { name: "nginx" }));
 */
export const reload = unitAction("reload");

/**
 * Action: makes systemd read its units again. Only for unit files that no `unit` task has written.
 *
 * @example
 * handler("Reload systemd", daemonReload("Read the units again", {}));
 */
export const daemonReload = defineAction({
  kind: "daemon-reload",
  props: {},
  label: () => "systemd",
  steps: () => ["systemctl daemon-reload"],
});

/** The properties of `run`. */
export interface RunProps {
  /** For a POSIX shell. */
  readonly run: string;
  /** Neither the command nor its output is shown. */
  readonly secret?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds; 600 by default. */
  readonly timeout?: number;
}

/**
 * Action: runs a shell command. The task fails if the exit code is not 0.
 *
 * @example
 * handler("Update the CAs", run("Update the CAs", { run: "update-ca-certificates" }));
 */
export const run = defineAction({
  kind: "run",
  props: {
    run: prop.text,
    secret: prop.optional(prop.flag),
    environment: prop.optional(prop.mapOf(prop.text)),
    timeout: prop.optional(prop.number),
  },
  label: (p: RunProps) => (p.secret ? covered : (p.run.split("\n")[0] ?? "")),
  steps: ({ run: sh, environment, timeout }) => [
    { sh, ...(environment && { environment }), ...(timeout !== undefined && { timeout }) },
  ],
});
