import { request as httpsRequest } from "node:https";
import { pem, request, type RequestParts } from "../roles/kubelet-approver/request.ts";

export const clientSigner = "kubernetes.io/kube-apiserver-client-kubelet";
export const servingSigner = "kubernetes.io/kubelet-serving";
const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

/** Who asks: with a bootstrap token, or with a certificate and its key in PEM. */
export type Asker = { readonly token: string } | { readonly cert: string; readonly key: string };

export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: {
    readonly metadata?: { readonly name?: string };
    /** Empty while the request waits. The certificate is PEM in base64. */
    readonly status?: { readonly certificate?: string };
  };
}

/** As a kubelet asks. */
export interface Wish {
  readonly signer?: string;
  readonly usages?: readonly string[];
  readonly parts?: Partial<RequestParts>;
}

function call(url: string, asker: Asker, method: "GET" | "POST", body?: object): Promise<Answer> {
  const headers = {
    "Content-Type": "application/json",
    ...("token" in asker && { Authorization: `Bearer ${asker.token}` }),
  };
  return new Promise((resolve, reject) => {
    // Whether the server is the right one is not what these specs are about.
    const options = { method, headers, rejectUnauthorized: false, ...("cert" in asker && asker) };
    const sent = httpsRequest(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer["body"] });
      });
    });
    sent.once("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** Posts a request for the client certificate of a node, or another one, as whoever has a token or a key can. */
export function ask(server: string, asker: Asker, node: string, wish: Wish = {}): Promise<Answer> {
  const signerName = wish.signer ?? clientSigner;
  const parts = { commonName: `system:node:${node}`, extensions: undefined, ...wish.parts };
  return call(`${server}${path}`, asker, "POST", {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { generateName: "stolen-" },
    spec: {
      signerName,
      usages: wish.usages ?? ["digital signature", signerName === clientSigner ? "client auth" : "server auth"],
      request: Buffer.from(pem(request(parts))).toString("base64"),
    },
  });
}

/** Reads a request, as a kubelet does that waits for its certificate. */
export const read = (server: string, asker: Asker, name: string): Promise<Answer> =>
  call(`${server}${path}/${name}`, asker, "GET");
