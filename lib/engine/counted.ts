/** "1 host", "2 hosts". */
export const counted = (count: number, what: string): string => `${String(count)} ${what}${count === 1 ? "" : "s"}`;
