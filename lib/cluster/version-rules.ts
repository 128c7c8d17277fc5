/** "v1.37.2" or "1.37.2-rc.1" as [1, 37, 2]; undefined for other words. */
export type Version = readonly [major: number, minor: number, patch: number];

export function versionIn(text: string): Version | undefined {
  const [, major, minor, patch] = /^(?:\w+:\/\/)?v?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Without a "v", and without the name of a container runtime. */
export const plainVersion = (text: string): string => text.replace(/^(?:\w+:\/\/)?v?/, "");

/** Minor versions from one to another, negative for earlier ones; infinite between major ones, 0 for other words. */
export function minorsBetween(from: string, to: string): number {
  const [one, other] = [versionIn(from), versionIn(to)];
  if (!one || !other) return 0;
  return one[0] === other[0] ? other[1] - one[1] : (other[0] - one[0]) * Infinity;
}

/** Whether both are releases of the same number. A suffix, such as that of an own build, does not count. */
export function isSameRelease(one: string, other: string): boolean {
  const [a, b] = [versionIn(one), versionIn(other)];
  return !a || !b || a.every((number, index) => number === b[index]);
}

/** Whether a version is earlier than another one. */
export const isEarlier = (one: string, other: string): boolean => {
  const steps = minorsBetween(other, one);
  if (steps !== 0) return steps < 0;
  const [a, b] = [versionIn(one), versionIn(other)];
  return a !== undefined && b !== undefined && a[2] < b[2];
};
