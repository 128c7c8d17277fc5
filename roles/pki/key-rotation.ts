import { readFile } from "node:fs/promises";
import { defineResource, type Difference, effect, type Needs, queries, TaskError, unknown } from "kubeplay";
import { removeFiles, writePrivate, writePublic } from "#engine/pki/files.ts";
import { describeKey, newKey, parseKey, privatePem } from "#engine/pki/key.ts";
import { fileToCome } from "#engine/queries/controller-file.ts";
import { keyFile } from "#engine/queries/key-file.ts";
import { publicKeyFile, type PublicKeyState } from "#engine/queries/public-key-file.ts";
import { describeState } from "#engine/resources/certificates/state.ts";
import { nextOf, previousOf, type Rotatable, type RotationWork } from "#cluster/rotation.ts";
import { absent, forecastOf, phaseOf, stepOf, warningsOf, type RotationStep } from "./rotation-phase.ts";

export interface KeyRotationProps {
  readonly name: Rotatable;
  /** The private key on the controller, …/x.key; its public half is …/x.pub. */
  readonly path: string;
  readonly work: RotationWork;
}

interface Now {
  readonly current: PublicKeyState;
  readonly next: PublicKeyState;
  readonly previous: PublicKeyState;
}

const publicOf = (file: string): string => file.replace(/\.key$/, ".pub");

/**
 * The replacement of the key that signs tokens, in the steps of a CA's: both public keys are accepted; the new one signs;
 * the old one is no longer accepted.
 */
export const keyRotation = defineResource({
  kind: "rotation",
  label: ({ name }: KeyRotationProps) => name,
  needs: ({ path }): Needs<Now> => ({
    current: publicKeyFile(publicOf(path)),
    next: publicKeyFile(nextOf(publicOf(path))),
    previous: publicKeyFile(previousOf(publicOf(path))),
  }),
  diff: (now, p): Difference[] => {
    const step = nextStep(now, p);
    const [current, next, previous] = [now.current, now.next, now.previous].map(inWords);
    if (step === "make") return [{ what: "new key", before: "absent", after: `accepted beside ${current ?? ""}` }];
    if (step === "swap") return [{ what: "signing key", before: current, after: next, desired: unknown }];
    if (step === "drop")
      return [{ what: "trusted keys", before: `${current ?? ""}, ${previous ?? ""}`, after: current }];
    return [];
  },
  apply: (_found, now, p) => [
    {
      onController: async (progress) => {
        const step = nextStep(now, p);
        if (step === "make") {
          progress("making a key, rsa-2048");
          const key = await newKey("rsa-2048");
          await writePrivate(nextOf(p.path), privatePem(key));
          await writePublic(nextOf(publicOf(p.path)), describeKey(key).publicPem);
        }
        if (step === "swap") await swap(now, p);
        if (step === "drop") await removeFiles(nextOf(p.path), previousOf(publicOf(p.path)));
      },
    },
  ],
  forecast: (now, p) => forecastOf(nextStep(now, p), now),
  effects: (p, found) => effectsOf(p.path, stepOf(p.work, found)),
  warnings: (now, p) => warningsOf(p.name, phaseOf(now), p.work),
});

const inWords = (state: PublicKeyState): string =>
  state.type === "key" ? state.publicKey.slice(0, 12) : describeState(state);

function nextStep(now: Now, p: KeyRotationProps): RotationStep | undefined {
  const phase = phaseOf(now);
  if (phase === "swapping") return "swap";
  if (phase === "trusted") return p.work === "issue" ? "swap" : undefined;
  if (phase === "issuing") return p.work === "drop" ? "drop" : undefined;
  return p.work === "trust" && now.current.type === "key" ? "make" : undefined;
}

async function swap({ previous }: Now, p: KeyRotationProps): Promise<void> {
  const [own, next] = [publicOf(p.path), nextOf(p.path)];
  try {
    if (previous.type === "absent") await writePublic(previousOf(own), await readFile(own, "utf8"));
    const key = parseKey(await readFile(next, "utf8"));
    await writePrivate(p.path, privatePem(key));
    await writePublic(own, describeKey(key).publicPem);
  } catch (error) {
    if (error instanceof TaskError) throw error;
    throw new TaskError(
      `${p.path} cannot be replaced by ${next}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  await removeFiles(publicOf(next), next);
}

const made = (file: string) => [
  effect(publicKeyFile(file), unknown),
  effect(queries.controllerFile(file), fileToCome(file)),
];
const gone = (file: string) => [effect(publicKeyFile(file), absent), effect(queries.controllerFile(file), undefined)];
const keyMade = (file: string) => [
  effect(keyFile(file), unknown),
  effect(queries.controllerFile(file), fileToCome(file, 0o600)),
];

function effectsOf(file: string, step: RotationStep | undefined) {
  const own = publicOf(file);
  if (step === "make") return [...made(nextOf(own)), ...keyMade(nextOf(file))];
  if (step === "swap") return [...made(own), ...made(previousOf(own)), ...keyMade(file), ...gone(nextOf(own))];
  return step === "drop" ? gone(previousOf(own)) : [];
}
