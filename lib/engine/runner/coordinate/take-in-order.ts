import type { LockPlace, NotTaken, Taken } from "../../connection/lock.ts";
import { asError } from "../state/states.ts";

export interface TakeOptions {
  /** Tries once. */
  readonly take: (place: LockPlace, key: string) => Promise<Taken | NotTaken>;
  readonly wait: (place: LockPlace, first: NotTaken, key: string) => Promise<Taken>;
  /** Also of a lock that could not be taken: its sign may be up. */
  readonly giveBack: (place: LockPlace, key: string) => Promise<void>;
}

export interface End {
  readonly place: LockPlace;
  readonly end: Taken | Error;
}

/**
 * Takes locks at once, but waits for another run only with those that come before in the order: the others are given
 * back meanwhile, so that no two runs wait for each other.
 */
export async function takeInOrder(
  places: ReadonlyMap<string, LockPlace>,
  { take, wait, giveBack }: TakeOptions,
): Promise<Map<string, End>> {
  const ends = new Map<string, End>();
  let left = [...places];
  while (left.length > 0) {
    const tries = await Promise.all(left.map(async ([key, place]) => take(place, key).catch(asError)));
    const blocked = tries.findIndex((tried) => !(tried instanceof Error) && !tried.taken);
    const count = blocked < 0 ? left.length : blocked;
    for (const [index, [key, place]] of left.slice(0, count).entries())
      ends.set(key, { place, end: tries[index] as Taken | Error });
    const [first, ...later] = left.slice(count);
    const held = tries[count];
    if (!first || !held || held instanceof Error || held.taken) break;
    const [key, place] = first;
    await Promise.allSettled(
      later.map(async ([other, itsPlace], index) => {
        const tried = tries[count + 1 + index];
        if (tried && !(tried instanceof Error)) await giveBack(itsPlace, other);
      }),
    );
    const end = await wait(place, held, key).catch(asError);
    if (end instanceof Error) await giveBack(place, key);
    ends.set(key, { place, end });
    left = later;
  }
  return ends;
}
