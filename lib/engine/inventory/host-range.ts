/** `node-[01:03]` → node-01, node-02, node-03; `[a:c]` and a step, `[1:9:2]`, as in Ansible. Throws RangeError. */
export function expandRanges(pattern: string): string[] {
  if (pattern.split("[").length - 1 > mostRanges)
    throw new RangeError(`${JSON.stringify(pattern.slice(0, 60))} has more than ${String(mostRanges)} ranges`);
  return expanded(pattern);
}

function expanded(pattern: string): string[] {
  const match = /^([^[]*)\[([^\]]*)\](.*)$/.exec(pattern);
  if (!match) {
    if (/[[\]]/.test(pattern)) throw new RangeError(`"${pattern}" has an unmatched bracket`);
    return [pattern];
  }
  const [, before = "", range = "", after = ""] = match;
  const rest = expanded(after);
  const middles = expand(range, pattern);
  if (middles.length * rest.length > mostHosts)
    throw new RangeError(`"${pattern}" names more than ${String(mostHosts)} hosts`);
  return middles.flatMap((middle) => rest.map((end) => `${before}${middle}${end}`));
}

const mostHosts = 10_000;
const mostRanges = 10;

function expand(range: string, pattern: string): string[] {
  const [from = "0", to, stepText = "1", ...more] = range.split(":");
  const first = from === "" ? "0" : from;
  const step = Number(stepText);
  const wrong = (why: string): RangeError =>
    new RangeError(`"[${range}]" in "${pattern}" ${why}, expected a range such as [1:3], [01:12] or [a:f]`);
  if (to === undefined || to === "" || more.length > 0) throw wrong("is not a range");
  if (!Number.isInteger(step) || step < 1) throw wrong(`has the step "${stepText}"`);
  const letters = /^[a-zA-Z]$/;
  const isLetters = letters.test(first) && letters.test(to);
  if (!isLetters && !(/^\d+$/.test(first) && /^\d+$/.test(to))) throw wrong("is not a range");
  if (first.length > 1 && first.startsWith("0") && first.length !== to.length)
    throw wrong("has ends of different lengths although the first begins with 0");
  const [start, end] = isLetters ? [first.charCodeAt(0), to.charCodeAt(0)] : [Number(first), Number(to)];
  if (start > end) throw wrong("runs backwards");
  if ((end - start) / step > mostHosts) throw wrong(`names more than ${String(mostHosts)} hosts`);
  const found: string[] = [];
  for (let n = start; n <= end; n += step)
    found.push(isLetters ? String.fromCharCode(n) : String(n).padStart(first.startsWith("0") ? first.length : 0, "0"));
  return found;
}
