/** When a question left the controller and when its answer was there: milliseconds since the epoch, as Date.now() says. */
export interface Asked {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/**
 * Seconds that a host's clock (its reading: seconds since the epoch) is surely ahead of the controller's, or behind it
 * where negative. It was read at some time between question and answer; what that explains is no skew.
 */
export function clockSkew(reading: number, { sentAt, answeredAt }: Asked): number {
  const ahead = reading - answeredAt / 1000;
  const behind = reading - sentAt / 1000;
  return ahead > 0 ? ahead : behind < 0 ? behind : 0;
}
