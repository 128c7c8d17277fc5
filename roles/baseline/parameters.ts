/**
 * The kernel parameters that roles and the programs of a cluster set, below /proc/sys, as extended regular expressions.
 * Forwarding changes those of every interface.
 */
export const parameters: readonly string[] = [
  "net/ipv4/(ip_forward|fib_multipath_use_neigh)",
  "net/ipv4/conf/[^/]+/(forwarding|route_localnet|rp_filter|accept_local|accept_redirects|send_redirects|arp_ignore|arp_announce)",
  "net/ipv4/vs/[a-z0-9_]+",
  "net/ipv6/conf/[^/]+/(forwarding|accept_ra|disable_ipv6|accept_redirects)",
  "net/bridge/bridge-nf-call-[a-z0-9]+",
  "net/netfilter/nf_conntrack_(max|tcp_be_liberal|tcp_timeout_established|tcp_timeout_close_wait|udp_timeout|udp_timeout_stream)",
  "net/core/bpf_jit_enable",
  "vm/(overcommit_memory|panic_on_oom)",
  "kernel/(panic|panic_on_oops|timer_migration|keys/root_maxkeys|keys/root_maxbytes)",
  "fs/inotify/(max_user_instances|max_user_watches)",
];

/** The modules that roles load. Others come and go with them, or stay until the next boot. */
export const modules: readonly string[] = [
  ...["overlay", "br_netfilter"],
  ...["ip_vs_rr", "ip_vs_wrr", "ip_vs_lc", "ip_vs_wlc", "ip_vs_sh", "ip_vs"],
];
