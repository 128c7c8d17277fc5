/** The times of a question and of its answer on the controller, in milliseconds since the epoch as from Date.now(). */
export interface Asked {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/**
 * Seconds by which a host's clock is certainly ahead of the controller's; negative if it is behind. `reading` is in
 * seconds since the epoch. It was taken between question and answer, and a difference that this explains is no skew.
 */
export function clockSkew(reading: number, { sentAt, answeredAt }: Asked): number {
  const ahead = reading - answeredAt / 1000;
  const behind = reading - sentAt / 1000;
  return ahead > 0 ? ahead : behind < 0 ? behind : 0;
}
