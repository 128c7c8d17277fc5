import { unitName } from "../../queries/unit.ts";
import { quote } from "../../shell/quote.ts";

const properties = "Id,ActiveState,NRestarts,ActiveEnterTimestampMonotonic";

const judge = `function judge() {
  if (!("Id" in is)) return
  up = is["ActiveState"] == "active" ? now - int(is["ActiveEnterTimestampMonotonic"] / 1000000) : 0
  if (is["ActiveState"] != "active" || up < steady) {
    printf "%s is %s, up for %d of %d s, restarted %d times\\n", is["Id"], is["ActiveState"], up, steady, is["NRestarts"]
    missing = 1
  }
  delete is
}
/=/ { is[$1] = $2 }
/^$/ { judge() }
END { judge(); exit missing }`;

/**
 * A shell condition: every unit is active, and has been for so many seconds without a restart. Otherwise it prints what
 * each of the others does.
 */
export const staysUp = (units: readonly string[], seconds: number): string =>
  `read -r now rest < /proc/uptime; systemctl show --property=${properties} -- ${units
    .map((name) => quote(unitName(name)))
    .join(" ")} | awk -F= -v now="\${now%.*}" -v steady=${String(seconds)} ${quote(judge)}`;
