import { TaskError } from "../../errors.ts";
import { unit, unitName, type UnitState } from "../../queries/unit.ts";
import { quote } from "../../shell/quote.ts";
import { differences, type Difference, type Effect } from "../../tasks/resource.ts";
import { systemctl } from "./systemctl.ts";
import { defineResource } from "../../tasks/task.ts";

export interface ServiceProps {
  /** Without a suffix it is a service's. */
  readonly name: string;
  readonly state?: "started" | "stopped";
  /** Whether it starts at boot. */
  readonly enabled?: boolean;
  /** Never to be started by anybody. */
  readonly masked?: boolean;
  /** Does not wait until it says that it is ready: its peers start at the same time. */
  readonly noBlock?: boolean;
  /** What its start changes beside the unit itself. Check mode continues with these states once it foretells the start. */
  readonly startEffects?: readonly Effect[];
}

/**
 * A service that waits for its next try is systemd's to bring up: controllers exit until their server answers. So is one
 * whose start waits for other units: for a stopped unit there is no other job than its start.
 */
const isUp = ({ active, job }: UnitState): boolean =>
  ["active", "activating", "reloading"].includes(active) || (["inactive", "failed"].includes(active) && job);
const isMasked = ({ load, enablement }: UnitState): boolean => load === "masked" || enablement.startsWith("masked");
const startsAtBoot = ({ enablement }: UnitState): boolean => /^(enabled|alias|linked|generated)/.test(enablement);

/** Of a host that is yet to be made nothing is found. */
const starts = ({ state }: ServiceProps, found: readonly Difference[]): boolean =>
  found.length === 0 ? state === "started" : found.some(({ what, after }) => what === "state" && after === "started");

/** A unit of systemd's: whether it runs, and whether it does at boot. */
export const service = defineResource({
  kind: "service",
  label: (p: ServiceProps) => unitName(p.name),
  needs: (p) => ({ now: unit(p.name) }),
  diff: ({ now }, p) => {
    const name = unitName(p.name);
    if (isMasked(now) && p.masked === undefined && (p.state === "started" || p.enabled))
      throw new TaskError(`${name} is masked, expected one that can be started: masked: false unmasks it`);
    if (now.enablement === "static" && p.enabled && !p.masked)
      throw new TaskError(
        `${name} has no [Install] section, so nothing can start it at boot: give it WantedBy=multi-user.target, or leave "enabled" away`,
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
      // Under a mask nobody sees whether it is enabled.
      ...(to.get("enabled") === false || (to.get("masked") === false && p.enabled === false)
        ? [`systemctl disable --no-reload -- ${quote(name)}`]
        : []),
      // A unit that failed too often is refused until it is forgiven.
      ...(to.get("state") === "started" && now.active === "failed" ? [`systemctl reset-failed -- ${quote(name)}`] : []),
      ...(to.get("state") === "started" ? [systemctl(started, name)] : []),
      ...(to.get("state") === "stopped" ? [systemctl("stop", name)] : []),
    ];
  },
  // Enabling is known to systemd once it has read its units again, whatever the number of them.
  together: (found) =>
    found.some(({ what }) => what === "enabled" || what === "masked") ? ["systemctl daemon-reload"] : [],
  // Nobody knows what a service does when it starts or stops.
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
