/**
 * Describes the share of mutants that the specs notice, in a line. For a sample, also the 95 % interval for the share
 * among all mutants.
 *
 * @param {readonly { status: string }[]} mutants
 * @param {{ seed: string, percent: number }} sample
 */
export function describeScore(mutants, { seed, percent }) {
  /** @param {readonly string[]} statuses */
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const [killed, timedOut] = [count("Killed"), count("Timeout")];
  const tested = killed + timedOut + count("Survived", "NoCoverage");
  const score = `${inPercent((killed + timedOut) / tested)} of ${String(tested)} mutants noticed`;
  const how = `${String(killed)} killed, ${String(timedOut)} timed out, ${String(count("Survived"))} survived, ${String(count("NoCoverage"))} without a spec`;
  if (percent === 100) return `${score} (${how})`;
  const [low, high] = interval(killed + timedOut, tested);
  const of = tested + count("CompileError");
  return `${score} (${how}); a sample of ${String(percent)} % of ${String(of)} by the seed "${seed}": with 95 % confidence, the score is between ${inPercent(low)} and ${inPercent(high)}`;
}

/** @param {number} share */
const inPercent = (share) => `${(100 * share).toFixed(1)} %`;

/**
 * Wilson's interval for a share, with 95 % confidence.
 *
 * @param {number} hits
 * @param {number} tries
 * @returns {[number, number]}
 */
function interval(hits, tries) {
  const z = 1.96;
  const share = hits / tries;
  const middle = share + z ** 2 / (2 * tries);
  const reach = z * Math.sqrt((share * (1 - share)) / tries + z ** 2 / (4 * tries ** 2));
  const scale = 1 + z ** 2 / tries;
  return [(middle - reach) / scale, (middle + reach) / scale];
}
