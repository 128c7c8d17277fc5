import { quote } from "../../shell/quote.ts";

/** The number of journal lines in an error. */
const journalLines = 15;

/** systemctl for one unit. If it fails, the error shows the unit's state and ends with its journal. */
export function systemctl(verb: string, name: string): string {
  const unit = quote(name);
  return `systemctl ${verb} -- ${unit} || {
  systemctl show --property=ActiveState,SubState,Result,ExecMainStatus -- ${unit} | tr '\\n' ' ' >&2
  echo >&2
  journalctl --unit=${unit} --lines=${String(journalLines)} --output=cat --no-pager --quiet >&2
  exit 1
}`;
}
