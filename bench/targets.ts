/** A goal of kubeplay: `value` is at most `limit`. */
export interface Goal {
  readonly what: string;
  readonly limit: number;
  readonly unit: "s" | "MB" | "×" | "%";
  /** Undefined if it was not measured. */
  readonly value: number | undefined;
}

export const isMet = ({ value, limit }: Goal): boolean => value !== undefined && value <= limit;

/** One line for each goal that was measured. */
export const verdicts = (goals: readonly Goal[]): string[] =>
  goals.flatMap((goal) => {
    const { what, limit, unit, value } = goal;
    if (value === undefined) return [];
    const digits = unit === "MB" ? 0 : 2;
    return [`${isMet(goal) ? "met   " : "MISSED"} ${what}: ${value.toFixed(digits)} ${unit}, at most ${limit} ${unit}`];
  });
