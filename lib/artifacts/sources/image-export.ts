import { runCrane } from "./crane.ts";
import type { FetchRequest } from "./fetch-request.ts";
import { patience as usual } from "./retries.ts";

/** Writes the file system of an image for the hosts' platform to an archive. Rejects with PlayError. */
export async function exportImage(request: FetchRequest, reference: string, archive: string): Promise<void> {
  const { wanted, at, crane = "crane", signal, patience = usual } = request;
  const args = ["export", "--platform", `linux/${wanted.architecture}`, reference];
  const onTry = (line: string): void => at(`taking ${wanted.component.name} out of ${reference}: ${line}`);
  await runCrane({ crane, args, to: archive, reference, patience, onTry, signal });
}
