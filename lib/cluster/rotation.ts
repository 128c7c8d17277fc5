import { Type } from "typebox";
import { defineRole, InputError, type Role } from "kubeplay";
import { didYouMean } from "#engine/schema/nearest.ts";
import { pkiPath } from "./paths.ts";

/** The names that can be rotated. With the cluster's CA goes the one that signs the kubelets' certificates. */
export const rotatable = [
  "kubernetes-ca",
  "kubernetes-signing-ca",
  "etcd-ca",
  "front-proxy-ca",
  "service-account",
] as const;
export type Rotatable = (typeof rotatable)[number];

export const rotationVariables = {
  rotate: Type.String({
    default: "",
    description: `What the playbook certs replaces, separated by commas: ${rotatable.map((name) => `\`${name}\``).join(", ")}. Hosts trust the old and the new one until \`drop\`. For the command line only, as in \`-e rotate=etcd-ca\`.`,
  }),
  rotate_anyway: Type.Boolean({
    default: false,
    description:
      "Whether a rotation of `kubernetes-ca` whose old key is lost goes on although pods may trust the old one alone.",
  }),
  drop: Type.String({
    default: "",
    description:
      "Names that were rotated: the playbook certs makes hosts trust the new one alone. For the command line only, as in `-e drop=etcd-ca`.",
  }),
  drop_anyway: Type.Boolean({
    default: false,
    description: "Whether `drop` goes on although pods or tokens still rely on the old one.",
  }),
};

export const rotationPhase = {
  rotation_phase: Type.Enum(["none", "trust", "issue"], {
    default: "none",
    description:
      "Whether the CAs and keys in `rotate` are made and trusted beside the old ones, or issue and sign. The playbook certs sets it; no other playbook replaces or drops one.",
  }),
};

interface Vars {
  readonly rotate: string;
  readonly drop: string;
}

const namesIn = (list: string): readonly string[] =>
  list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

const isRotatable = (name: string): name is Rotatable => rotatable.some((one) => one === name);

/** The names of `rotate` and of `drop`. Throws InputError for unknown ones, and for one that is in both. */
export function rotationOf(vars: Vars): { readonly rotate: readonly Rotatable[]; readonly drop: readonly Rotatable[] } {
  const [rotate, drop] = [namesIn(vars.rotate), namesIn(vars.drop)];
  const unknown = (variable: keyof Vars, names: readonly string[]) =>
    names
      .filter((name) => !isRotatable(name))
      .map((name) => ({
        message: `${variable}: "${name}" cannot be rotated${didYouMean(name, rotatable)}; expected some of ${rotatable.join(", ")}`,
      }));
  const both = rotate
    .filter((name) => drop.includes(name))
    .map((name) => ({ message: `${name} is in rotate and in drop: rotate it in one run, and drop the old one later` }));
  const problems = [...unknown("rotate", rotate), ...unknown("drop", drop), ...both];
  if (problems.length > 0) throw new InputError(problems);
  return { rotate: rotate.filter(isRotatable), drop: drop.filter(isRotatable) };
}

/** The authorities and keys that belong to a name: the certificate of the signing CA ends with the cluster's CA. */
export const membersOf = (name: Rotatable): readonly Rotatable[] =>
  name === "kubernetes-ca" ? ["kubernetes-ca", "kubernetes-signing-ca"] : [name];

/** The work of this run on one authority or key; "keep" only finishes an interrupted replacement. */
export type RotationWork = "keep" | "trust" | "issue" | "drop";

/**
 * Throws InputError as rotationOf does, and if a playbook other than certs would rotate or drop something: only certs
 * looks before whether it may, and waits in between until every host follows.
 */
export function rotationWork(
  vars: Vars & { readonly rotation_phase: "none" | "trust" | "issue" },
  member: Rotatable,
): RotationWork {
  const { rotate, drop } = rotationOf(vars);
  if (vars.rotation_phase === "none") {
    if (rotate.length + drop.length === 0) return "keep";
    const [what, names] = rotate.length > 0 ? ["rotate", rotate] : ["drop", drop];
    const message = `${what} is for the playbook certs alone, which looks first whether all hosts are ready for it: npm run play -- -e ${what}=${names.join(",")} certs`;
    throw new InputError([{ message }]);
  }
  const has = (names: readonly Rotatable[]): boolean => names.some((name) => membersOf(name).includes(member));
  return has(rotate) ? vars.rotation_phase : has(drop) ? "drop" : "keep";
}

const beside = (file: string, which: string): string => file.replace(/(\.[a-z]+)$/, `-${which}$1`);

/** The new one that hosts trust already. Beside x.crt: x-next.crt. */
export const nextOf = (file: string): string => beside(file, "next");
/** The old one that hosts still trust. */
export const previousOf = (file: string): string => beside(file, "previous");
/** The new CA's certificate by the old CA. */
export const crossSignedOf = (file: string): string => beside(file, "cross");

/** What to do if the key of a CA is lost; the certificate of the CA that it is for, or of its issuer, says which. */
export const withoutKey = (name: Rotatable): string =>
  `bring it back from a backup, or replace the CA: npm run play -- -e rotate=${name} certs`;

/** The file that says since when every host trusts a new CA that the old one, whose key is lost, could not sign. */
export const trustedOf = (cluster: string, name: Rotatable): string => `${pkiPath(cluster, name)}-trusted`;

/** The file that says since when every host uses the new one. */
export const recordOf = (cluster: string, name: Rotatable): string => `${pkiPath(cluster, name)}-rotated`;

const onlyWith = ({ tasks, vars, fixed, tags, ...role }: Role, given: (vars: Vars) => boolean): Role =>
  defineRole({
    ...role,
    vars: { ...vars, rotate: rotationVariables.rotate, drop: rotationVariables.drop },
    tasks: (context) => (given(context.vars) ? tasks(context) : []),
  })
    .with(fixed)
    .tagged(...tags);

/** A role that does nothing unless `rotate` names something. */
export const whenRotating = (role: Role): Role => onlyWith(role, ({ rotate }) => rotate !== "");
/** A role that does nothing unless `drop` names something. */
export const whenDropping = (role: Role): Role => onlyWith(role, ({ drop }) => drop !== "");
/** A role that does nothing unless `rotate` or `drop` names something. */
export const inRotation = (role: Role): Role => onlyWith(role, ({ rotate, drop }) => rotate !== "" || drop !== "");
