import type { UnitState } from "#engine/queries/unit.ts";

/** States of a.service, as systemd reports them. */
export const notFound: UnitState = {
  id: "a.service",
  load: "not-found",
  active: "inactive",
  enablement: "",
  atBoot: false,
  file: "",
  source: "",
  job: false,
  needsReload: false,
  restarts: 0,
};
export const stopped: UnitState = {
  ...notFound,
  load: "loaded",
  enablement: "disabled",
  file: "/usr/lib/systemd/system/a.service",
};
export const running: UnitState = {
  ...stopped,
  active: "active",
  enablement: "enabled",
  atBoot: true,
};
