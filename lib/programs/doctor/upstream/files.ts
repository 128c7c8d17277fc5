import pLimit from "p-limit";
import { PlayError, rootCause } from "#engine/errors.ts";
import { addressesOf, signatureAddresses, type Address } from "#artifacts/catalogue/addresses.ts";
import { describe, type WantedComponent } from "#artifacts/catalogue/wanted.ts";
import type { SourceOptions } from "#artifacts/sources/fetch-request.ts";
import { mirrored } from "#artifacts/sources/mirror.ts";
import { lastingFailure, loginMissing } from "#artifacts/sources/network-errors.ts";
import type { Pins } from "#artifacts/sources/pins.ts";
import { proxiedFetch } from "#artifacts/sources/proxied-fetch.ts";
import type { Answer } from "./answer.ts";

/** Requests at once: servers limit the rate. */
const atOnce = 8;
/** Milliseconds for the first byte, of each try. */
const patience = 30_000;
const tries = 3;

/** Asks for the first byte of every file that these components are downloaded as. */
export async function askForFiles(
  wanted: readonly WantedComponent[],
  options: SourceOptions,
  pins: Pins["downloads"],
): Promise<readonly Answer[]> {
  const slots = pLimit(atOnce);
  const addresses = wanted
    .flatMap((one) => [...addressesOf(one), ...(options.verifySignatures ? signatureAddresses(one) : [])])
    .filter((one) => one.kind !== "image" && !isNeedless(one, pins));
  return Promise.all(
    addresses.map((one) =>
      slots(async () => {
        const address = mirrored(one.address, one.wanted, options);
        const problem = await firstByte(address);
        const common = { address, neededBy: describe(one.wanted), from: "the controller" };
        return problem === undefined ? common : { ...common, problem };
      }),
    ),
  );
}

/** A file with a pin needs no checksum beside it. */
const isNeedless = ({ kind, of = "" }: Address, pins: Pins["downloads"]): boolean =>
  kind === "checksum" && pins[of] !== undefined;

/** Why the first byte does not come; undefined if it does. A slow server, or one that is busy, is asked again. */
async function firstByte(url: string): Promise<string | undefined> {
  for (let left = tries; ; left -= 1) {
    const problem = await askOnce(url);
    if (left === 1 || problem === undefined || !/^(?:no byte|HTTP 429|HTTP 5)/.test(problem)) return problem;
  }
}

async function askOnce(url: string): Promise<string | undefined> {
  try {
    const answer = await proxiedFetch(url, {
      headers: { range: "bytes=0-0" },
      signal: AbortSignal.timeout(patience),
    });
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    if (answer.status === 407) return loginMissing(new URL(url).host).message;
    if (!answer.ok) return `HTTP ${String(answer.status)}`;
    return first?.value === undefined ? "it is empty" : undefined;
  } catch (error) {
    if (error instanceof PlayError) return error.message;
    if (error instanceof Error && error.name === "TimeoutError") return `no byte within ${String(patience / 1000)} s`;
    return lastingFailure(url, error)?.message ?? rootCause(error);
  }
}
