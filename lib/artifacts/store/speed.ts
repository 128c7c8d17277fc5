/** Laps that the reference, a core of an AMD EPYC server of 2.4 GHz, does in a second of its time. */
const ofReference = 9000;
/** Milliseconds. */
const look = 50;

const sample = JSON.stringify(
  Array.from({ length: 200 }, (_, index) => ({ name: `package-${String(index)}`, imports: [index, `${index * 7}`] })),
);
const lap = (): number => JSON.stringify(JSON.parse(sample)).length;

/**
 * How fast one of this machine's processors is, as a multiple of the reference. A quick look, good for "about": it counts
 * the processor's time, so that other work beside it does not matter.
 */
export function speed(): number {
  for (let warm = 0; warm < 50; warm++) lap();
  const began = performance.now();
  const before = process.cpuUsage();
  let laps = 0;
  while (performance.now() - began < look) laps += lap() > 0 ? 1 : 0;
  const { user, system } = process.cpuUsage(before);
  return (laps * 1e6) / Math.max(1, user + system) / ofReference;
}
