import { expect } from "chai";
import type { Api } from "#kubernetes/api/answers.ts";
import { listAll } from "#kubernetes/api/list-all.ts";

describe("a list of all objects", () => {
  const asked: string[] = [];
  const api = (...answers: readonly object[]): Api =>
    ({
      ask: (_method: string, path: string) => {
        asked.push(path);
        return Promise.resolve(answers[asked.length - 1]);
      },
    }) as unknown as Api;
  beforeEach(() => asked.splice(0));

  it("is asked for part by part, also with a selector", async () => {
    const parts = [
      { status: 200, body: { items: [1, 2], metadata: { continue: "a=b" } } },
      { status: 200, body: { items: [3], metadata: {} } },
    ];
    expect(await listAll(api(...parts), "/api/v1/secrets?fieldSelector=type%3Dx")).to.deep.equal([1, 2, 3]);
    expect(asked).to.deep.equal([
      "/api/v1/secrets?fieldSelector=type%3Dx&limit=500",
      "/api/v1/secrets?fieldSelector=type%3Dx&limit=500&continue=a%3Db",
    ]);
  });

  it("is an error with its path if a part is refused", async () => {
    const refused = api({ status: 403, body: { message: "no" } });
    const error = await listAll(refused, "/api/v1/pods").catch((one: unknown) => one as Error);
    expect(String(error)).to.contain("/api/v1/pods cannot be listed");
  });
});
