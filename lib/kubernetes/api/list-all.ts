import { refusal, type Api } from "./answers.ts";

/** All objects at a path of the API, asked for in parts. Rejects with a refusal if the API does not list them. */
export async function listAll<T>(api: Api, path: string): Promise<readonly T[]> {
  const items: T[] = [];
  let next = "";
  do {
    const separator = path.includes("?") ? "&" : "?";
    const answer = await api.ask("GET", `${path}${separator}limit=500${next}`);
    if (answer.status !== 200) throw refusal(`${path} cannot be listed`, answer);
    const body = answer.body as { readonly items: readonly T[]; readonly metadata?: { readonly continue?: string } };
    items.push(...body.items);
    const more = body.metadata?.continue ?? "";
    next = more === "" ? "" : `&continue=${encodeURIComponent(more)}`;
  } while (next !== "");
  return items;
}
