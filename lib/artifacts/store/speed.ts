/** Laps per second of processor time on the reference, a core of an AMD EPYC server with 2.4 GHz. */
const ofReference = 9000;
/** Milliseconds. */
const look = 50;

const sample = JSON.stringify(
  Array.from({ length: 200 }, (_, index) => ({ name: `package-${String(index)}`, imports: [index, `${index * 7}`] })),
);
const lap = (): number => JSON.stringify(JSON.parse(sample)).length;

/**
 * The speed of one of this machine's processors, as a multiple of the reference. It is a quick, rough measurement of
 * processor time, so other work on the machine does not matter.
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
