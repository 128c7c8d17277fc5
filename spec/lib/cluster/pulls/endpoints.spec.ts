import { expect } from "chai";
import { namesOf, endpointsOf } from "#cluster/pulls/endpoints.ts";

const image = { host: "docker.io", repository: "library/registry", tag: "3.1.2" };
const urls = (...args: Parameters<typeof endpointsOf>): string[] => endpointsOf(...args).map(({ url }) => url);

describe("the endpoints of an image", () => {
  it("are its registry alone without mirrors, under the name by which Docker's registry answers", () => {
    expect(urls(image, [])).to.deep.equal(["https://registry-1.docker.io/v2/library/registry/manifests/3.1.2"]);
  });

  it("are the mirrors of its registry first, in their order", () => {
    const mirrors = [
      { registry: "quay.io", endpoints: ["https://other.example"] },
      {
        registry: "docker.io",
        endpoints: ["http://one.example:5000/", "https://two.example/v2/hub"],
        override_path: true,
      },
    ];
    expect(urls(image, mirrors).slice(0, 2)).to.deep.equal([
      "http://one.example:5000/library/registry/manifests/3.1.2?ns=docker.io",
      "https://two.example/v2/hub/library/registry/manifests/3.1.2?ns=docker.io",
    ]);
  });

  it("are those of all registries only if its own has none", () => {
    const all = { registry: "_default", endpoints: ["https://all.example"] };
    expect(urls(image, [all])[0]).to.equal("https://all.example/v2/library/registry/manifests/3.1.2?ns=docker.io");
    expect(urls(image, [all, { registry: "docker.io", endpoints: ["https://own.example"] }])).not.to.include(
      "https://all.example/v2/library/registry/manifests/3.1.2?ns=docker.io",
    );
  });

  it("give a mirror its login, and the registry none", () => {
    const login = { username: "kim", password: "secret" };
    const [mirror, registry] = endpointsOf(image, [{ registry: "docker.io", endpoints: ["https://m.example"], login }]);
    expect(mirror?.authorization).to.equal("Basic a2ltOnNlY3JldA==");
    expect(registry?.authorization).to.equal(undefined);
  });

  it("are asked by the digest that the reference has", () => {
    const digest = `sha256:${"1".repeat(64)}`;
    expect(urls({ ...image, digest }, [])[0]).to.match(new RegExp(`/manifests/${digest}$`));
    expect(namesOf({ ...image, digest })).to.deep.equal([
      "docker.io/library/registry:3.1.2",
      `docker.io/library/registry@${digest}`,
    ]);
  });
});
