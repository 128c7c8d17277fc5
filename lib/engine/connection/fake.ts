import type { Result, Upload, Writer } from "./types.ts";

/** What a fake connection answers to one script. */
export interface FakeAnswer {
  /** The exact script, or a pattern that it must match. */
  readonly to: string | RegExp;
  readonly result: Partial<Result>;
}

export interface FakeConnection extends Writer {
  readonly scripts: readonly string[];
  readonly uploads: readonly Upload[];
}

/**
 * For specs: a connection that answers only the given scripts and fails on any other.
 *
 * @example
 * const connection = fakeConnection("web-1", [{ to: /^nginx -t/, result: { code: 1, stderr: "unexpected }" } }]);
 */
export function fakeConnection(host: string, answers: readonly FakeAnswer[]): FakeConnection {
  const scripts: string[] = [];
  const uploads: Upload[] = [];
  const run = (script: string): Promise<Result> => {
    const answer = answers.find(({ to }) => (typeof to === "string" ? to === script : to.test(script)));
    if (!answer) return Promise.reject(new Error(`${host}: the fake connection has no answer to:\n${script}`));
    scripts.push(script);
    return Promise.resolve({ stdout: "", stderr: "", code: 0, ...answer.result });
  };
  return {
    host,
    scripts,
    uploads,
    read: run,
    run,
    upload: (upload) => {
      uploads.push(upload);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
