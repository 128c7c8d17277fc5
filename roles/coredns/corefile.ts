/**
 * Answers for the cluster's domain from the API, and for all other domains from the node's own name servers. They are
 * asked by UDP even for queries by TCP, because some servers do not accept TCP.
 */
export const corefile = (domain: string): string => `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes ${domain} in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
        prefer_udp
        max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;
