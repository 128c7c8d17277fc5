export const inSeconds = (value: number | undefined): string =>
  value === undefined ? "" : `${value.toFixed(value < 10 ? 2 : 1)} s`;
export const inMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
/** The factor between two values: "2.0×". */
export const ratio = (value: number | undefined, of: number | undefined): string =>
  value === undefined || of === undefined ? "" : `${(value / of).toFixed(1)}×`;
