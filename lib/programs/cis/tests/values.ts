/** A test of a setting's value; undefined if it is not set. A list has commas between its items. */
export type Test = (value: string | undefined) => boolean;

const items = (value: string | undefined): readonly string[] => (value ?? "").split(",").filter((one) => one !== "");

export const isSet: Test = (value) => value !== undefined && value !== "";
export const isAbsent: Test = (value) => value === undefined;
export const is =
  (...wanted: readonly string[]): Test =>
  (value) =>
    value !== undefined && wanted.includes(value);
export const isNot =
  (...unwanted: readonly string[]): Test =>
  (value) =>
    value !== undefined && !unwanted.includes(value);
export const has =
  (item: string): Test =>
  (value) =>
    items(value).includes(item);
export const lacks =
  (item: string): Test =>
  (value) =>
    value !== undefined && !items(value).includes(item);
export const atLeast =
  (least: number): Test =>
  (value) =>
    isSet(value) && Number(value) >= least;
/** Each item of a list that is set is one of these. */
export const within =
  (allowed: readonly string[]): Test =>
  (value) =>
    items(value).length > 0 && items(value).every((item) => allowed.includes(item));
/** For settings with a default that is right. */
export const orAbsent =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);

const unitsOfTime: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a duration as Go writes it, "1h30m"; NaN if it is none. */
export function secondsOf(duration: string): number {
  if (duration === "0") return 0;
  const parts = [...duration.matchAll(/([\d.]+)(h|ms|m|s|us|µs|ns)/g)];
  if (parts.map(([part]) => part).join("") !== duration || parts.length === 0) return NaN;
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (unitsOfTime[unit] ?? NaN), 0);
}

/** A duration that is longer than none, and not longer than `most` seconds. */
export const lasts =
  (most = Infinity): Test =>
  (value) => {
    const seconds = secondsOf(value ?? "");
    return seconds > 0 && seconds <= most;
  };

/** TLS 1.2 suites with ECDHE and AES-GCM or ChaCha20, and those of TLS 1.3. */
export const strongCiphers: readonly string[] = [
  ...["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"].map((suite) => `TLS_${suite}`),
  ...["ECDSA", "RSA"].flatMap((key) =>
    ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305", "CHACHA20_POLY1305_SHA256"].map(
      (suite) => `TLS_ECDHE_${key}_WITH_${suite}`,
    ),
  ),
];

export const listed = (values: readonly string[]): string => values.join(", ");
