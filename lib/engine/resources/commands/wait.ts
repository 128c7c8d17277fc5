import { isIP } from "node:net";
import { TaskError } from "../../errors.ts";
import { probe } from "../../queries/probe.ts";
import { covered } from "../../schema/covered.ts";
import { quote } from "../../shell/quote.ts";
import { checkWord } from "../../shell/text.ts";
import { unitName, validUnitName } from "../../queries/unit.ts";
import { defineResource } from "../../tasks/task.ts";
import { staysUp } from "../systemd/stays-up.ts";
import { lastWords } from "../systemd/systemctl.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of `wait`. */
export interface WaitProps {
  /** A shell condition, or a TCP port that accepts connections, of this host by default. */
  readonly until?: string | { readonly port: number; readonly host?: string };
  /** Units that must be up, too. If the time is over, the error ends with the journal of those that are not. */
  readonly units?: readonly string[];
  /** Seconds for which the units must have been up without a restart: one short life is not enough. 0 by default. */
  readonly steady?: number;
  /** The awaited state, for messages; the condition itself by default. */
  readonly what?: string;
  /** Neither the condition nor its output is shown. */
  readonly secret?: boolean;
  /** Seconds; 120 by default. */
  readonly timeout?: number;
  /** Seconds between two tries; 0.5 by default. */
  readonly every?: number;
}

/** Seconds for one try of a port: a firewall that drops packets sends no answer at all. */
const portTimeout = 3;

function conditionOf({ until, units = [], steady = 0 }: WaitProps): string {
  const conditions = [
    ...(units.length > 0 ? [staysUp(units, steady)] : []),
    ...(until === undefined ? [] : [typeof until === "string" ? until : accepts(until)]),
  ];
  return conditions.length > 1 ? conditions.map((condition) => `{ ${condition}\n}`).join(" && ") : conditions.join("");
}

function accepts({ host = "127.0.0.1", port }: { readonly port: number; readonly host?: string }): string {
  return `timeout ${String(portTimeout)} bash -c ': <"/dev/tcp/$0/$1"' ${quote(host)} ${quote(String(port))}`;
}

/** The labels of a name in DNS; an underscore is not allowed there, but some networks have it. */
const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** The host and the port may come from facts: they must be what they are taken for. */
function checkTarget({ until, what = "", units = [], steady = 0, timeout = 1, every = 1 }: WaitProps): void {
  checkWord(what, "what");
  for (const [name, seconds] of Object.entries({ timeout, every, steady }))
    if (!(Number.isFinite(seconds) && seconds >= 0))
      throw new TaskError(`${name} is ${JSON.stringify(seconds)}, expected a number of seconds`);
  for (const unit of units) validUnitName(unit);
  if (until === undefined && units.length === 0) throw new TaskError("a wait requires until or units");
  if (until === undefined || typeof until === "string") return;
  const { host, port } = until;
  if (host !== undefined && isIP(host) === 0 && !hostName.test(host))
    throw new TaskError(`${JSON.stringify(host)} is not the name of a host, expected a name or an IP address`);
  if (!(Number.isInteger(port) && port > 0 && port < 65536))
    throw new TaskError(`${JSON.stringify(port)} is not a port, expected a number from 1 to 65535`);
}

const whatOf = ({ what, until, units = [], steady, secret }: WaitProps): string => {
  if (what !== undefined) return what;
  if (secret) return covered;
  if (until === undefined) return `${units.map(unitName).join(", ")} up${steady ? ` for ${String(steady)} s` : ""}`;
  return typeof until === "string" ? until : `port ${String(until.port)} of ${until.host ?? "127.0.0.1"}`;
};

/** Seconds after which each try is reported. */
const quiet = 10;

/** The condition may hold a secret. Every user can read the arguments of a program, but only root its environment. */
const tryOnce = 'condition=$kubeplay_until; unset kubeplay_until; eval "$condition"';

/** The last words of a unit: of the only one in any case, and of one among several if it is not up. */
function wordsOf(name: string, { units = [], steady = 0 }: WaitProps): string {
  const words = `{ ${lastWords(quote(unitName(name)))}; }`;
  return units.length === 1 ? words : `{ ${staysUp([name], steady)}; } >/dev/null || ${words}`;
}

function loop(p: WaitProps): string {
  const { units = [], timeout = 120, every = 0.5 } = p;
  const failure = `${whatOf(p)}: timed out after ${String(timeout)} s`;
  return `begin=$(date +%s)
until said=$(kubeplay_until=${quote(conditionOf(p))} timeout ${String(timeout + 1)} sh -c ${quote(tryOnce)} 2>&1 </dev/null); do
  waited=$(($(date +%s) - begin))
  [ "$waited" -lt ${String(quiet)} ] || printf '%s (%s of %s s)\\n' "\${said:-waiting}" "$waited" ${String(timeout)} | tail -n 1
  if [ "$waited" -ge ${String(Math.ceil(timeout))} ]; then
    printf '%s\\n' ${quote(failure)} >&2
    [ -z "$said" ] || printf 'The last try printed: %s\\n' "$said" | tail -n ${units.length > 0 ? "2" : "10"} >&2
    ${units.map((name) => wordsOf(name, p)).join("\n    ")}
    exit 1
  fi
  sleep ${String(every)}
done`;
}

/**
 * Waits until a condition holds or a port accepts connections; never a change. The task fails if the time is over, with
 * the output of the last try.
 *
 * @example
 * wait("Wait for the API server", { until: { port: 6443 }, timeout: 300 });
 * wait("Wait until nginx stays up", { units: ["nginx"], steady: 10 });
 */
export const wait = defineResource({
  kind: "wait",
  props: {
    until: prop.optional(prop.either(prop.text, prop.shape({ port: prop.number, host: prop.optional(prop.text) }))),
    units: prop.optional(prop.listOf(prop.text)),
    steady: prop.optional(prop.number),
    what: prop.optional(prop.text),
    secret: prop.optional(prop.flag),
    timeout: prop.optional(prop.number),
    every: prop.optional(prop.number),
  },
  label: (p: WaitProps) => whatOf(p),
  locate: (p) => {
    checkTarget(p);
    return p;
  },
  needs: (p) => ({ holds: probe(conditionOf(p)) }),
  diff: ({ holds }, p) =>
    holds ? [] : [{ what: whatOf(p), before: false, after: true, ...(p.secret && { secret: true }) }],
  // A try that hangs may begin in the last second and take as long again.
  apply: (_found, _now, p) => [{ sh: loop(p), timeout: 2 * (p.timeout ?? 120) + 30 }],
  forecast: () => ({ holds: true }),
  // The awaited event may have changed other states too.
  effects: () => ["everything"],
  waits: true,
});
