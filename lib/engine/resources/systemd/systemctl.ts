import type { UnitState } from "../../queries/unit.ts";
import { quote } from "../../shell/quote.ts";

/** The number of journal lines in an error. */
const journalLines = 15;

/** Shows a unit's state and the end of its journal on stderr. The unit is a word of the shell. */
export const lastWords = (unit: string): string =>
  `systemctl show --property=ActiveState,SubState,Result,ExecMainStatus,ConditionResult,AssertResult -- ${unit} | tr '\\n' ' ' >&2
  echo >&2
  journalctl --unit=${unit} --lines=${String(journalLines)} --output=cat --no-pager --quiet >&2`;

const explain = (unit: string): string => `{
  ${lastWords(unit)}
  exit 1
}`;

/**
 * systemctl for one unit. If it fails, or takes more than so many seconds, the error shows the unit's state and ends with
 * its journal.
 */
export function systemctl(verb: string, name: string, seconds?: number): string {
  const command = `systemctl ${verb} -- ${quote(name)}`;
  if (seconds === undefined) return `${command} || ${explain(quote(name))}`;
  const late = `${name} is not up ${String(seconds)} s after systemctl ${verb}`;
  // systemd goes on with the job.
  return `timeout ${String(seconds)} ${command} || { [ $? -ne 124 ] || echo ${quote(late)} >&2; ${explain(quote(name))}; }`;
}

/** Makes a unit start at boot. For systemctl, it is no error if a linked file does not say when. */
export function enable({ id, enablement, file }: UnitState): string {
  const command = `systemctl enable --no-reload -- ${quote(id)}`;
  if (!enablement.startsWith("linked")) return command;
  const problem = `${id} is linked, and its file has no [Install] section, so nothing can start it at boot: add WantedBy=multi-user.target to the file behind ${file ?? "its link"}`;
  return `${command} && { systemctl is-enabled --quiet -- ${quote(id)} || { echo ${quote(problem)} >&2; exit 1; }; }`;
}

/** Starts a unit. One that has ended at once counts as a failure: for systemctl, a start without an error is enough. */
export const start = (name: string): string => `${systemctl("start", name)}
case $(systemctl is-active -- ${quote(name)}) in inactive | failed)
  echo ${quote(`${name} was started but does not run: it has ended, or a condition of its unit is not met. One that works and ends needs RemainAfterExit=yes`)} >&2
  ${explain(quote(name))}
esac`;
