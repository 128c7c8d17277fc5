import type { EndpointAnswer, ManifestAnswer } from "./manifests.ts";

const said: Readonly<Record<number, string>> = {
  401: "requires a login",
  403: "refuses",
  404: "does not have it",
  429: "limits requests",
};

const one = ({ host, status, why }: EndpointAnswer): string =>
  status === 0 ? `${host} does not answer (${why})` : `${host} ${said[status] ?? "fails"} (HTTP ${String(status)})`;

/** What each endpoint answered, in the order in which they were asked. */
export const inWords = (answers: readonly EndpointAnswer[]): string => answers.map(one).join("; ");

/** Whether an endpoint has the image. A host without a program to ask with says nothing against it. */
export const isThere = (answer: ManifestAnswer): boolean =>
  answer === "no program" || answer.some(({ status }) => status === 200);
