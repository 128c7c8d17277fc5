import { TaskError } from "../../errors.ts";
import { isTemplate, unit, unitName, validUnitName, type UnitState } from "../../queries/unit.ts";
import { quote } from "../../shell/quote.ts";
import { differences, type Difference, type Effect } from "../../tasks/resource.ts";
import { isMasked, maskFolder, maskOf, refuseDisabling, refuseEnabling, refuseMasking } from "./enablement.ts";
import { enable, start, systemctl } from "./systemctl.ts";
import { defineResource } from "../../tasks/task.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of `service`. */
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
  ["active", "activating", "reloading", "refreshing"].includes(active) ||
  (["inactive", "failed"].includes(active) && job);

/** A failed service counts as stopped, if it must be. */
const stateOf = (now: UnitState, { state, masked }: ServiceProps): string =>
  isUp(now) ? "started" : now.active === "failed" && state === "started" && !masked ? "failed" : "stopped";

/** Restarts within a minute from which on a warning is due. */
const manyRestarts = 3;

/** A mask hides the unit's file, and whether it is enabled. */
function maskedAs(now: UnitState, masked: boolean | undefined): UnitState {
  if (masked === undefined || masked === maskOf(now)) return now;
  const { id, active, atBoot, job, needsReload, restarts } = now;
  const rest = { id, active, job, needsReload, restarts };
  return masked
    ? { ...rest, load: "masked", enablement: "masked", atBoot: false, file: `${maskFolder}/${id}` }
    : { ...rest, load: "loaded", enablement: "disabled", atBoot };
}

/** A generated unit stays one. */
const enablementAfter = ({ enablement }: UnitState, enabled: boolean): Partial<UnitState> =>
  enablement === "generated" ? {} : { enablement: enabled ? "enabled" : "disabled" };

/** For a host that does not exist yet, no differences are found. */
const starts = ({ state }: ServiceProps, found: readonly Difference[]): boolean =>
  found.length === 0 ? state === "started" : found.some(({ what, after }) => what === "state" && after === "started");

/**
 * Whether a systemd unit runs, and whether it starts at boot. Properties that are left out are not changed. Fails with
 * TaskError if the unit is masked, or cannot be enabled, disabled or masked; if a start fails, the error ends with the
 * unit's state and journal. Warns about a unit that systemd restarts again and again.
 *
 * @example
 * service("Start nginx now and at boot", { name: "nginx", state: "started", enabled: true });
 */
export const service = defineResource({
  kind: "service",
  props: {
    name: prop.text,
    state: prop.optional(prop.oneOf("started", "stopped")),
    enabled: prop.optional(prop.flag),
    masked: prop.optional(prop.flag),
    noBlock: prop.optional(prop.flag),
    startEffects: prop.optional(prop.listOf(prop.any)),
  },
  label: (p: ServiceProps) => unitName(p.name),
  locate: (p) => {
    const name = validUnitName(p.name);
    if (isTemplate(name) && (p.state !== undefined || p.enabled !== undefined))
      throw new TaskError(
        `${name} is a template, expected an instance such as ${name.replace("@.", "@NAME.")}: only instances start`,
      );
    return p;
  },
  needs: (p) => ({ now: unit(p.name) }),
  diff: ({ now }, p) => {
    if (isMasked(now) && p.masked === undefined && (p.state === "started" || p.enabled))
      throw new TaskError(
        `${unitName(p.name)} is masked, so it cannot be started or enabled: masked: false unmasks it`,
      );
    if (p.masked) refuseMasking(now);
    else if (p.enabled) refuseEnabling(now);
    else if (p.enabled === false) refuseDisabling(now);
    return differences({
      masked: [maskOf(now), p.masked],
      enabled: [now.atBoot, p.masked ? undefined : p.enabled],
      state: [stateOf(now, p), p.masked ? "stopped" : p.state],
    });
  },
  warnings: ({ now }, p) =>
    p.state === "started" && now.restarts >= manyRestarts
      ? [
          `${unitName(p.name)} does not stay up: systemd restarted it ${String(now.restarts)} times within the last minute. journalctl --unit=${unitName(p.name)} says why it ends`,
        ]
      : [],
  apply: (found, { now }, p) => {
    const name = unitName(p.name);
    // systemctl refuses to enable and to mask a unit by another name.
    const id = quote(now.id);
    const to = new Map(found.map(({ what, after }) => [what, after]));
    return [
      ...(now.needsReload ? ["systemctl daemon-reload"] : []),
      ...(to.get("masked") === false ? [`systemctl unmask -- ${id} && systemctl unmask --runtime -- ${id}`] : []),
      ...(to.get("masked") === true ? [`systemctl mask -- ${id}`] : []),
      ...(to.get("enabled") === true ? [enable(now)] : []),
      // A mask hides whether the unit is enabled.
      ...(to.get("enabled") === false || (to.get("masked") === false && p.enabled === false)
        ? [`systemctl disable --no-reload -- ${id}`]
        : []),
      // systemd refuses to start a unit that failed too often until its failures are reset.
      ...(to.get("state") === "started" && now.active === "failed" ? [`systemctl reset-failed -- ${quote(name)}`] : []),
      ...(to.get("state") === "started" ? [p.noBlock ? systemctl("start --no-block", name) : start(name)] : []),
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
        ...maskedAs(now, p.masked),
        job: false,
        needsReload: false,
        ...(enabled !== undefined && enabled !== now.atBoot && { atBoot: enabled, ...enablementAfter(now, enabled) }),
        ...(state === "started" && !isUp(now) && { load: "loaded", active: "active" }),
        ...(state === "stopped" && isUp(now) && { active: "inactive" }),
      },
    };
  },
});
