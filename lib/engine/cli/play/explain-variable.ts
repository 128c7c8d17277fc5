import type { Playbook, Role } from "../../dsl/index.ts";
import { at, InputError } from "../../errors.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import { assignmentsOf, playHosts } from "../../runner/index.ts";
import type { Mask } from "../../runner/events/mask.ts";
import { coerce } from "../../schema/coerce.ts";
import type { JsonSchema } from "../../schema/json-schema.ts";
import { mergeSpecs, type Declaring } from "../../schema/merge-specs.ts";
import { didYouMean } from "../../schema/nearest.ts";
import { covered } from "../../schema/covered.ts";
import { holdsSecret } from "../../schema/secret.ts";
import type { Assignment } from "../../schema/types.ts";
import { isSecret, learnSecrets } from "./secret-variables.ts";

export interface Asked {
  readonly name: string;
  readonly playbook: Playbook;
  readonly inventory: LoadedInventory;
  readonly known: readonly Declaring[];
  readonly limit?: string | undefined;
  readonly mask: Mask;
}

/** For each host of a playbook: every place that sets a variable, weakest first, and the value that wins. */
export function explainVariable(asked: Asked): string[] {
  const { name, playbook, inventory, known, limit, mask } = asked;
  const { specs } = mergeSpecs(known);
  const schema: JsonSchema | undefined = Object.hasOwn(specs, name) ? specs[name] : undefined;
  const rolesOf = new Map<string, Set<Role>>();
  for (const play of playbook)
    for (const host of playHosts(play, inventory, limit))
      rolesOf.set(host.name, new Set([...(rolesOf.get(host.name) ?? []), ...play.roles]));
  const named = [...rolesOf.keys()].flatMap((host) => inventory.assignments(host).map((one) => one.name));
  if (!schema && !named.includes(name))
    throw new InputError([
      {
        message: `there is no variable ${name}${didYouMean(name, [...Object.keys(specs), ...named]) || ": no role declares it and nothing sets it"}`,
      },
    ]);
  for (const host of rolesOf.keys()) learnSecrets(inventory, host, specs, mask);
  const show = (assignment: Assignment): string =>
    isSecret(assignment, specs) ? covered : JSON.stringify(valueOf(assignment, schema));
  return [...rolesOf].flatMap(([host, roles]) => {
    const readers = [...roles].filter((role) => Object.hasOwn(role.vars, name));
    const variants = groupByPlaces(readers.length > 0 ? readers : [undefined], inventory, host, name);
    return variants.flatMap(({ readers: own, places }) => {
      const whom = variants.length > 1 ? ` (${own.join(", ")})` : "";
      const all = [...defaultOf(name, schema, known), ...places];
      const winner = all.at(-1);
      if (!winner) return [`${host}${whom}: ${name} is not set`];
      const width = Math.max(...all.map((place) => placeOf(place).length));
      return [
        `${host}${whom}: ${name} = ${show(winner)}`,
        ...all.map((one) => `  ${one === winner ? ">" : " "} ${placeOf(one).padEnd(width)}  ${show(one)}`),
      ];
    });
  });
}

interface Variant {
  readonly readers: string[];
  readonly places: readonly Assignment[];
}

/** Groups the roles by the places that set their value: role.with(…) adds a place for one role. */
function groupByPlaces(
  readers: readonly (Role | undefined)[],
  inventory: LoadedInventory,
  host: string,
  name: string,
): Variant[] {
  const variants = new Map<string, Variant>();
  for (const role of readers) {
    const places = assignmentsOf(inventory, host, role).filter((one) => one.name === name);
    const key = JSON.stringify(places.map(placeOf));
    const variant = variants.get(key) ?? { readers: [], places };
    variants.set(key, variant);
    if (role) variant.readers.push(role.name);
  }
  return [...variants.values()];
}

function defaultOf(name: string, schema: JsonSchema | undefined, known: readonly Declaring[]): Assignment[] {
  if (schema?.default === undefined) return [];
  const owner = known.find(({ vars }) => Object.hasOwn(vars, name))?.name ?? "?";
  const from = owner === "the inventory" ? "the engine's default" : `the default of role ${owner}`;
  return [{ name, value: schema.default, from, where: { file: from } }];
}

const placeOf = ({ from, where }: Assignment): string =>
  from === where.file || where.file === ""
    ? at(where)
    : from.startsWith(where.file)
      ? `${at(where)}${from.slice(where.file.length)}`
      : `${from} (${at(where)})`;

/** Converts a text from the command line to the type of its variable. */
const valueOf = ({ value, untyped }: Assignment, schema: JsonSchema | undefined): unknown =>
  untyped && schema && typeof value === "string" && !holdsSecret(schema) ? coerce(value, schema) : value;
