import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { askNow } from "#engine/queries/define.ts";
import { envoyImage, envoySources } from "#roles/preflight/envoy.ts";
import { areNamed, problems, withFindings } from "./good.ts";

const vars = {
  cni: "cilium",
  cilium_l7_proxy: true,
  images_registry: "",
  containerd_mirrors: [
    { registry: "docker.io", endpoints: ["http://docker.mirror"] },
    { registry: "quay.io", endpoints: ["http://quay.mirror/"] },
  ],
};
const sources = ["http://r:5000/v2/cilium/cilium-envoy/tags/list", "https://quay.io/v2/"];

describe("preflight's check of Envoy's image", () => {
  it("checks no registry if Envoy is not used, or if the images are official ones", () => {
    expect(envoySources(vars, false)).to.equal(undefined);
    for (const change of [{ cni: "bridge" }, { cilium_l7_proxy: false }])
      expect(envoySources({ ...vars, ...change }, true)).to.equal(undefined);
  });

  it("checks the registries that hosts use: images_registry, mirrors of quay.io, and quay.io itself", () => {
    expect(envoySources(vars, true)).to.deep.equal([
      "http://quay.mirror/v2/cilium/cilium-envoy/tags/list",
      "https://quay.io/v2/",
    ]);
    expect(envoySources({ ...vars, images_registry: "r:5000", containerd_mirrors: [] }, true)).to.deep.equal(sources);
  });

  describe("asks the registries", () => {
    let server: Server;
    let status = 200;
    before((done) => {
      server = createServer((_, response) => response.writeHead(status).end()).listen(0, "127.0.0.1", done);
    });
    after(() => server.close());
    const ask = () => {
      const { port } = server.address() as AddressInfo;
      return askNow(envoyImage(["http://127.0.0.1:1/v2/", `http://127.0.0.1:${port}/v2/`]));
    };

    for (const [answer, expected] of [
      [200, true],
      [401, true],
      [404, false],
    ] as const)
      it(`and takes status ${answer} as ${expected ? "present" : "missing"}`, async () => {
        status = answer;
        expect(await ask()).to.equal(expected);
      });
  });

  areNamed([
    [
      "an image that is to be made and cannot be",
      { standIns: [{ name: "docker.io/grafana/grafana:13.0.2", reason: "it is no Go module" }] },
      "MadeImages: images_source is build, and docker.io/grafana/grafana:13.0.2 cannot be made: it is no Go module. Outside the lab kubeplay makes no stand-ins. Set images_source: official, or the state of their addons to absent",
    ],
    [
      "an image of Envoy that no registry has",
      { envoySources: sources, ...withFindings({ envoy: false }) },
      `EnvoyImage: cilium_l7_proxy is true, but its image quay.io/cilium/cilium-envoy was not found: neither kubeplay nor its bundle can build it, and the controller cannot get it from ${sources.join(", ")}. Set cilium_l7_proxy: false, or push the image to one of them`,
    ],
  ]);

  it("accepts an image that one registry has", () =>
    expect(problems({ envoySources: sources, ...withFindings({ envoy: true }) })).to.deep.equal([]));
});
