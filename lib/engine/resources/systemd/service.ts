import { TaskError } from "../../errors.ts";
import { unit, unitName, type UnitState } from "../../queries/unit.ts";
import { quote } from "../../shell/quote.ts";
import { differences, type Difference, type Effect } from "../../tasks/resource.ts";
import { systemctl } from "./systemctl.ts";
import { defineResource } from "../../tasks/task.ts";

export interface ServiceProps {
  /** The unit; a name without a suffix means a service. */
  readonly name: string;
  readonly state?: "started" | "stopped";
  /** Whether it starts at boot. */
  readonly enabled?: boolean;
  /** Whether systemd refuses to start it; true also stops it. */
  readonly masked?: boolean;
  /** Does not wait until the unit reports that it is ready: its peers start at the same time. */
  readonly noBlock?: boolean;
  /** Other states that its start changes. Check mode continues with them once it predicts the start. */
  readonly startEffects?: readonly Effect[];
}

/**
 * A service that waits for its next try counts as up, as systemd will start it: controllers exit until their server
 * answers. So does one whose start waits for other units: a stopped unit has no other job than its start.
 */
const isUp = ({ active, job }: UnitState): boolean =>
  ["active", "activating", "reloading"].includes(active) || (["inactive", "failed"].includes(active) && job);
const isMasked = ({ load, enablement }: UnitState): boolean => load === "masked" || enablement.startsWith("masked");
const startsAtBoot = ({ enablement }: UnitState): boolean => /^(enabled|alias|linked|generated)/.test(enablement);

/** For a host that does not exist yet, no differences are found. */
const starts = ({ state }: ServiceProps, found: readonly Difference[]): boolean =>
  found.length === 0 ? state === "started" : found.some(({ what, after }) => what === "state" && after === "started");

/**
 * Whether a systemd unit runs, and whether it starts at boot. Properties that are left out are not changed. Fails with
 * TaskError if the unit is masked or cannot be enabled; if a start fails, the error ends with the unit's state and
 * journal.
 *
 * @example
 * service("Start nginx now and at boot", { name: "nginx", state: "started", enabled: true });
 */
export const service = defineResource({
  kind: "service",
  label: (p: ServiceProps) => unitName(p.name),
  needs: (p) => ({ now: unit(p.name) }),
  diff: ({ now }, p) => {
    const name = unitName(p.name);
    if (isMasked(now) && p.masked === undefined && (p.state === "started" || p.enabled))
      throw new TaskError(`${name} is masked, so it cannot be started or enabled: masked: false unmasks it`);
    if (now.enablement === "static" && p.enabled && !p.masked)
      throw new TaskError(
        `${name} has no [Install] section, so nothing can start it at boot: add WantedBy=multi-user.target to it, or leave out "enabled"`,
      );
    return differences({
      masked: [isMasked(now), p.masked],
      enabled: [startsAtBoot(now), p.masked ? undefined : p.enabled],
      state: [isUp(now) ? "started" : "stopped", p.masked ? "stopped" : p.state],
    });
  },
  apply: (found, { now }, p) => {
    const name = unitName(p.name);
    const to = new Map(found.map(({ what, after }) => [what, after]));
    const started = p.noBlock ? "start --no-block" : "start";
    return [
      ...(now.needsReload ? ["systemctl daemon-reload"] : []),
      ...(to.get("masked") === false ? [`systemctl unmask -- ${quote(name)}`] : []),
      ...(to.get("masked") === true ? [`systemctl mask -- ${quote(name)}`] : []),
      ...(to.get("enabled") === true ? [`systemctl enable --no-reload -- ${quote(name)}`] : []),
      // A mask hides whether the unit is enabled.
      ...(to.get("enabled") === false || (to.get("masked") === false && p.enabled === false)
        ? [`systemctl disable --no-reload -- ${quote(name)}`]
        : []),
      // systemd refuses to start a unit that failed too often until its failures are reset.
      ...(to.get("state") === "started" && now.active === "failed" ? [`systemctl reset-failed -- ${quote(name)}`] : []),
      ...(to.get("state") === "started" ? [systemctl(started, name)] : []),
      ...(to.get("state") === "stopped" ? [systemctl("stop", name)] : []),
    ];
  },
  // systemd must read its units again after enabling, once for any number of them.
  together: (found) =>
    found.some(({ what }) => what === "enabled" || what === "masked") ? ["systemctl daemon-reload"] : [],
  // A service may do anything when it starts or stops.
  effects: (p, found) => ["everything", ...(starts(p, found) ? (p.startEffects ?? []) : [])],
  forecast: ({ now }, p) => {
    const enabled = p.masked ? undefined : p.enabled;
    const state = p.masked ? "stopped" : p.state;
    return {
      now: {
        ...now,
        job: false,
        needsReload: false,
        ...(p.masked === true && { load: "masked", enablement: "masked" }),
        ...(p.masked === false && isMasked(now) && { load: "loaded", enablement: "disabled" }),
        ...(enabled !== undefined && enabled !== startsAtBoot(now) && { enablement: enabled ? "enabled" : "disabled" }),
        ...(state === "started" && !isUp(now) && { load: "loaded", active: "active", sub: "running" }),
        ...(state === "stopped" && isUp(now) && { active: "inactive", sub: "dead" }),
      },
    };
  },
});
