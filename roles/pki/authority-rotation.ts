import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineResource, type Difference, effect, keyPathOf, type Needs, queries, TaskError, unknown } from "kubeplay";
import type { Algorithm } from "#engine/pki/algorithm.ts";
import { removeFiles, writePrivate, writePublic } from "#engine/pki/files.ts";
import type { Certificate } from "#engine/pki/inspect.ts";
import { issue, type Issuer } from "#engine/pki/issue.ts";
import { newKey, parseKey, privatePem } from "#engine/pki/key.ts";
import { issuerFault } from "#engine/pki/verify.ts";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { keyFile, type KeyState } from "#engine/queries/key-file.ts";
import { describeState } from "#engine/resources/certificates/state.ts";
import { crossSignedOf, nextOf, previousOf, type Rotatable, type RotationWork } from "#cluster/rotation.ts";
import { absent, forecastOf, phaseOf, stepOf, warningsOf, type RotationStep } from "./rotation-phase.ts";

export interface AuthorityRotationProps {
  readonly name: Rotatable;
  /** The CA's certificate on the controller, …/x.crt; its key and those of the rotation are beside it. */
  readonly path: string;
  readonly commonName: string;
  /** The path of its issuer's certificate; self-signed if absent. */
  readonly ca?: string;
  /** CAs that it has issued. */
  readonly issued: readonly { readonly name: Rotatable; readonly path: string }[];
  readonly algorithm: Algorithm;
  readonly days: number;
  readonly work: RotationWork;
}

interface Now {
  readonly current: queries.CertificateState;
  readonly next: queries.CertificateState;
  readonly previous: queries.CertificateState;
  /** Its issuer, and the one that will replace that; the CA's own if it is self-signed. */
  readonly issuer: queries.CertificateState;
  readonly nextIssuer: queries.CertificateState;
  readonly issuerKey: KeyState;
  readonly [issued: `issued ${string}`]: queries.CertificateState;
}

/**
 * The replacement of a CA in three steps, each of which may be interrupted anywhere: a new CA that is trusted beside the
 * old one; the new one issues, and the old one is only trusted; the new one alone. While both are trusted, the new CA also
 * has a certificate by the old one, for clients that know the old one only.
 */
export const authorityRotation = defineResource({
  kind: "rotation",
  label: ({ name }: AuthorityRotationProps) => name,
  needs: (p): Needs<Now> => ({
    current: queries.certificateFile(p.path),
    next: queries.certificateFile(nextOf(p.path)),
    previous: queries.certificateFile(previousOf(p.path)),
    issuer: queries.certificateFile(p.ca ?? p.path),
    nextIssuer: queries.certificateFile(nextOf(p.ca ?? p.path)),
    issuerKey: keyFile(keyPathOf(p.ca ?? p.path)),
    ...Object.fromEntries(
      p.issued.flatMap(({ name, path }) => [
        [`issued ${name}`, queries.certificateFile(nextOf(path))],
        [`issued ${name} before`, queries.certificateFile(previousOf(path))],
      ]),
    ),
  }),
  diff: (now, p): Difference[] => {
    const step = nextStep(now, p);
    if (step === undefined) return [];
    const [current, next, previous] = [now.current, now.next, now.previous].map(inWords);
    if (step === "make") return [{ what: "new CA", before: "absent", after: `trusted beside ${current ?? ""}` }];
    if (step === "swap") return [{ what: "issuing CA", before: current, after: next, desired: unknown }];
    return [{ what: "trusted CAs", before: `${current ?? ""}, ${previous ?? ""}`, after: current }];
  },
  apply: (_found, now, p) => [
    {
      onController: async (progress) => {
        const step = nextStep(now, p);
        if (step === "make") {
          progress(`making a key, ${p.algorithm}`);
          await make(now, p);
        }
        if (step === "swap") await swap(now, p);
        if (step === "drop") await removeFiles(crossSignedOf(p.path), keyPathOf(nextOf(p.path)), previousOf(p.path));
      },
    },
  ],
  forecast: (now, p) => forecastOf(nextStep(now, p), now),
  effects: (p, found) => effectsOf(p.path, stepOf(p.work, found)),
  warnings: (now, p) =>
    // That of the CA that issues this one says the same.
    p.ca !== undefined && now.nextIssuer.type !== "absent" ? [] : warningsOf(p.name, phaseOf(now), p.work),
});

const inWords = (state: queries.CertificateState): string =>
  state.type === "certificate"
    ? `CN=${state.certificate.commonName} (${state.certificate.fingerprint.slice(0, 12)})`
    : describeState(state);

const certificateIn = (state: queries.CertificateState): Certificate | undefined =>
  state.type === "certificate" ? state.certificate : undefined;

/** Its issuer was replaced, and it was not yet: a run was killed between the two. */
function mustFollow({ current, next, issuer }: Now): boolean {
  const [is, comes, by] = [current, next, issuer].map(certificateIn);
  return (
    is !== undefined &&
    comes !== undefined &&
    by !== undefined &&
    issuerFault(is, by) !== undefined &&
    issuerFault(comes, by) === undefined
  );
}

function nextStep(now: Now, p: AuthorityRotationProps): RotationStep | undefined {
  const damaged = (["current", "next", "previous"] as const).find((which) => now[which].type === "unreadable");
  if (damaged !== undefined)
    throw new TaskError(
      `${damaged === "current" ? p.path : damaged === "next" ? nextOf(p.path) : previousOf(p.path)} is ${describeState(now[damaged])}: restore it from a backup`,
    );
  const phase = phaseOf(now);
  if (phase === "swapping") return "swap";
  if (phase === "trusted") return p.work === "issue" || (p.ca !== undefined && mustFollow(now)) ? "swap" : undefined;
  if (phase === "issuing") return p.work === "drop" ? "drop" : undefined;
  if (p.work !== "trust" || now.current.type !== "certificate") return undefined;
  const busy = p.issued.find(
    ({ name }) => now[`issued ${name}`]?.type !== "absent" || now[`issued ${name} before`]?.type !== "absent",
  );
  if (busy)
    throw new TaskError(
      `${busy.name}, which ${p.name} has issued, is being rotated: end that first, with -e rotate=${busy.name} and -e drop=${busy.name}`,
    );
  if (p.ca !== undefined && now.issuerKey.type === "absent" && now.nextIssuer.type === "absent")
    throw new TaskError(
      `${p.name} cannot be replaced alone: the key of ${p.ca}, which issues it, is lost. Replace that, and this one goes with it: npm run play -- -e rotate=kubernetes-ca certs`,
    );
  return "make";
}

async function keyOf(certificate: string) {
  const file = keyPathOf(certificate);
  try {
    return parseKey(await readFile(file, "utf8"));
  } catch (error) {
    throw new TaskError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const ca = (p: AuthorityRotationProps) =>
  ({ profile: "ca", commonName: p.commonName, organizations: [], dns: [], ips: [], days: p.days }) as const;

/** The key first: a run that is killed in between makes both again. */
async function make({ issuer, nextIssuer }: Now, p: AuthorityRotationProps): Promise<void> {
  const key = await newKey(p.algorithm);
  let by: Issuer | undefined;
  if (p.ca !== undefined) {
    const isReplaced = nextIssuer.type === "certificate";
    const certificate = certificateIn(isReplaced ? nextIssuer : issuer);
    if (!certificate) throw new TaskError(`${p.ca} is ${describeState(issuer)}`);
    by = { certificate, key: await keyOf(isReplaced ? nextOf(p.ca) : p.ca) };
  }
  await writePrivate(keyPathOf(nextOf(p.path)), privatePem(key));
  await writePublic(nextOf(p.path), issue({ ...ca(p), key, ...(by && { issuer: by }) }));
}

/**
 * The old key signs the new CA, and is then replaced. If it is lost, hosts and pods must trust the new CA itself. The old certificate is kept first: as long as it and the new one are
 * both beside the CA, the next run does the rest.
 */
async function swap({ current, previous }: Now, p: AuthorityRotationProps): Promise<void> {
  const nextKey = await keyOf(nextOf(p.path));
  if (previous.type === "absent") {
    const old = certificateIn(current);
    if (!old) throw new TaskError(`${p.path} is ${describeState(current)}: restore it from a backup`);
    if (p.ca === undefined && existsSync(keyPathOf(p.path))) {
      const issuer = { certificate: old, key: await keyOf(p.path) };
      await writePublic(crossSignedOf(p.path), issue({ ...ca(p), key: nextKey, issuer }));
    }
    await writePublic(previousOf(p.path), old.pem);
  }
  await writePrivate(keyPathOf(p.path), privatePem(nextKey));
  await writePublic(p.path, await readFile(nextOf(p.path), "utf8"));
  await removeFiles(nextOf(p.path), keyPathOf(nextOf(p.path)));
}

const made = (file: string) => [
  effect(queries.certificateFile(file), unknown),
  effect(queries.controllerFile(file), fileToCome(file)),
];
const gone = (file: string) => [
  effect(queries.certificateFile(file), absent),
  effect(queries.controllerFile(file), undefined),
];
const keyMade = (file: string) => [
  effect(keyFile(file), unknown),
  effect(queries.controllerFile(file), fileToCome(file, 0o600)),
];

function effectsOf(file: string, step: RotationStep | undefined) {
  if (step === "make") return [...made(nextOf(file)), ...keyMade(keyPathOf(nextOf(file)))];
  if (step === "swap")
    return [file, previousOf(file), crossSignedOf(file)]
      .flatMap(made)
      .concat(keyMade(keyPathOf(file)), gone(nextOf(file)));
  return step === "drop" ? [...gone(previousOf(file)), ...gone(crossSignedOf(file))] : [];
}
