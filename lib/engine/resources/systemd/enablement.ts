import { TaskError } from "../../errors.ts";
import { unitSettings } from "../../queries/drop-ins.ts";
import type { UnitState } from "../../queries/unit.ts";

/** What systemd calls a unit with this text that nothing has enabled. */
export function enablementOf(text: string): "static" | "indirect" | "disabled" {
  const install = unitSettings(text).filter(({ name, value }) => name.startsWith("Install.") && value !== "");
  if (install.some(({ name }) => /^Install\.(WantedBy|RequiredBy|UpheldBy|Alias)$/.test(name))) return "disabled";
  return install.some(({ name }) => name === "Install.Also") ? "indirect" : "static";
}

export const isMasked = ({ load, enablement }: UnitState): boolean =>
  load === "masked" || enablement.startsWith("masked");

/** A script of /etc/init.d, which systemctl can enable although a generator made its unit. */
const isScript = ({ source }: UnitState): boolean => source?.startsWith("/etc/init.d/") === true;

/** Where systemctl masks units and links those that are enabled. */
export const maskFolder = "/etc/systemd/system";

const originOf = ({ source = "" }: UnitState): string => (source === "" ? "the host's settings" : source);

/** Whether a unit is masked, for good or until the next boot. */
export const maskOf = (now: UnitState): boolean | string =>
  now.enablement === "masked-runtime" ? "until the next boot" : isMasked(now);

/** Throws TaskError if systemctl cannot make the unit start at boot, by the words of `systemctl is-enabled`. */
export function refuseEnabling(now: UnitState): void {
  const reason = now.atBoot ? undefined : whyNotEnabled(now);
  if (reason !== undefined) throw new TaskError(`${now.id} ${reason}`);
}

function whyNotEnabled(now: UnitState): string | undefined {
  switch (now.enablement) {
    case "static":
      return 'has no [Install] section, so nothing can start it at boot: add WantedBy=multi-user.target to it, or leave out "enabled"';
    case "indirect":
      return "has an [Install] section that names only other units (Also=), so it cannot be enabled itself: enable those";
    case "generated":
      return isScript(now) ? undefined : `is made of ${originOf(now)} at boot: change that for it to start`;
    case "transient":
      return "was made by a program, and is gone after a boot: write a unit file to enable it";
    case "bad":
      return `has an invalid unit file ${now.file ?? ""}, so it cannot be enabled: \`systemd-analyze verify ${now.id}\` names the line`;
    default:
      return undefined;
  }
}

/** Throws TaskError if it starts at boot and systemctl cannot change that. */
export function refuseDisabling(now: UnitState): void {
  if (!now.atBoot || now.enablement === "enabled" || isScript(now)) return;
  throw new TaskError(
    now.enablement === "generated"
      ? `${now.id} is made of ${originOf(now)}, which starts it at boot: change that`
      : `${now.id} is started at boot by other units, and not by its own [Install] section: masked: true prevents that`,
  );
}

/** Throws TaskError if the mask has no place. */
export function refuseMasking(now: UnitState): void {
  if (!isMasked(now) && now.file?.startsWith(`${maskFolder}/`))
    throw new TaskError(
      `${now.id} cannot be masked, as the mask would take the place of its file ${now.file}: remove that file first`,
    );
}
