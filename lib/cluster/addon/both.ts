import { defineResource, type Output, prop, type Task } from "kubeplay";

interface Both {
  readonly first: unknown;
  readonly second: unknown;
}

const pair = defineResource({
  kind: "outputs",
  props: { first: prop.any, second: prop.any },
  label: () => "two outputs",
  needs: () => ({}),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: (_now: object, { first, second }: Both) => [first, second] as const,
  reads: true,
});

/** One output of two, because a property takes one. It compares, shows and changes nothing. */
export const both = <A, B>(name: string, first: Output<A>, second: Output<B>): Task<readonly [A, B]> =>
  pair(name, { first, second }) as Task<readonly [A, B]>;
