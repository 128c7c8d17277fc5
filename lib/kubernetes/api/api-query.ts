import { defineQuery, type Query, type WaitOptions } from "#engine/queries/define.ts";
import type { Api } from "./answers.ts";
import { accessIn, askApi, type ApiAccess, type Unreachable } from "./kubernetes-api.ts";

/** A query to the API about one subject, which JSON can hold. Its answer may change with any change. */
export function apiQuery<Subject, State>(
  kind: string,
  look: (api: Api, subject: Subject) => Promise<State>,
): (access: ApiAccess, subject: Subject) => Query<State | Unreachable> {
  const of = defineQuery<State | Unreachable>({
    kind,
    volatile: true,
    get: async (keys, wait?: WaitOptions) =>
      new Map(
        await Promise.all(
          keys.map(async (key) => {
            const { access, subject } = JSON.parse(key) as { access: ApiAccess; subject: Subject };
            return [key, await askApi(access, wait, (api) => look(api, subject))] as const;
          }),
        ),
      ),
  });
  return (access, subject) => of(JSON.stringify({ access: accessIn(access), subject }));
}
