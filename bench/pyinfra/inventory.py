"""The bench's hosts, as kubeplay has read them from its inventory."""

import json
import os

with open(os.environ["BENCH_HOSTS"], encoding="utf-8") as file:
    hosts = [
        (
            each["name"],
            {
                "ssh_hostname": each["address"],
                "ssh_port": each["port"],
                "ssh_user": each["user"],
                "ssh_key": each["privateKeyFile"],
                "ssh_known_hosts_file": each["knownHostsFiles"][0],
                "ssh_strict_host_key_checking": "yes",
            },
        )
        for each in json.load(file)
    ]
