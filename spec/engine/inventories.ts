/** Inventories of many kinds, each a folder of files. Ansible and kubeplay must read them alike. */
export const inventories: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "hosts without a group": { "hosts.yaml": "all:\n  hosts:\n    b:\n    a:\n      x: 1\n" },
  "groups within groups": {
    "hosts.yaml": `
cluster:
  children:
    masters:
      hosts:
        m2:
        m1:
    nodes:
      hosts: {n1: , n2: }
      children:
        gpu:
          hosts: {n3: }
          vars: {gpu: true}
      vars: {role: node}
  vars: {role: any, network: 10.0.0.0/8}
etcd:
  children: {masters: }
`,
  },
  "children that are described elsewhere": {
    "hosts.yaml": `
all:
  children:
    second:
      children: {third: }
    first:
third:
  hosts: {c: {x: 1}}
first:
  hosts: {a: }
loose:
  hosts: {z: , a: }
`,
  },
  "ranges of numbers": {
    "hosts.yaml": `
all:
  hosts:
    node-[1:3]:
    pad-[08:11]:
    step-[1:9:4]:
    long-[001:002].example.org: {x: 1}
    two-[1:2]-[a:b]:
`,
  },
  "ranges of letters": {
    "hosts.yaml": "web:\n  hosts:\n    db-[a:c]: {x: 1}\n    up-[X:Z]:\n    odd-[a:g:3]:\n",
  },
  "a port beside the name": {
    "hosts.yaml":
      "all:\n  hosts:\n    a:2222:\n    b-[1:2]:22:\n      ansible_host: 10.0.0.9\n      ansible_user: me\n    c: {ansible_host: 10.0.0.8}\n".replace(
        "      ansible_host: 10.0.0.9\n",
        "",
      ),
  },
  "a host in many groups with different values": {
    "hosts.yaml": `
zoo: {hosts: {h: }, vars: {x: zoo, only_zoo: 1}}
ant: {hosts: {h: }, vars: {x: ant, only_ant: 1}}
top: {children: {deep: }, vars: {x: top, y: top}}
deep: {hosts: {h: }, vars: {y: deep}}
`,
  },
  "priorities of groups": {
    "hosts.yaml": `
b: {hosts: {h: }, vars: {x: b, y: b}}
a: {hosts: {h: }, vars: {x: a, ansible_group_priority: 10}}
c: {hosts: {h: }, vars: {x: c, y: c, ansible_group_priority: 0}}
`,
  },
  "a host that is listed twice": {
    "hosts.yaml": "b: {hosts: {h: {x: 1, y: 1}}}\na: {hosts: {h: {x: 2}}}\nall: {hosts: {h: {z: 3}, alone: }}\n",
  },
  "a host in the group ungrouped, and one in no group": {
    "hosts.yaml": "ungrouped:\n  hosts: {a: , b: }\n  vars: {u: 1}\ng:\n  hosts: {b: }\n",
  },
  "variables of all, in many layers": {
    "hosts.yaml": `
all:
  vars: {l1: all, l2: all, l3: all, l4: all, l5: all, l6: all}
  children:
    parent:
      vars: {l2: parent, l3: parent, l4: parent, l5: parent, l6: parent}
      children:
        child:
          vars: {l3: child, l4: child, l5: child, l6: child}
          hosts:
            h: {l6: host}
            other:
`,
    "group_vars/all.yml": "l1: group_vars/all\nl4: group_vars/all\nl5: group_vars/all\n",
    "group_vars/parent": "l4: group_vars/parent\nl5: group_vars/parent\n",
    "group_vars/child/a.yaml": "l5: group_vars/child\nm: a\n",
    "group_vars/child/b.yml": "m: b\n",
    "group_vars/child/deep/c.json": '{"n": ["c", {"d": null}]}',
    "host_vars/h.json": '{"p": 1, "l6": "host_vars/h"}',
    "host_vars/other/main.yml": "q: [1, 2]\n",
  },
  "a name with dots in host_vars, with and without extension": {
    "hosts.yaml": "all:\n  hosts:\n    a.example.org:\n    b.example.org:\n",
    "host_vars/a.example.org": "x: 1\n",
    "host_vars/b.example.org.yaml": "x: 2\n",
  },
  "variables of a folder in the order of its names, without hidden files and backups": {
    "hosts.yaml": "g:\n  hosts: {h: }\n",
    "group_vars/g/2.yml": "a: 2\n",
    "group_vars/g/10.yml": "a: 10\n",
    "group_vars/g/.hidden.yml": "a: hidden\n",
    "group_vars/g/x.yml~": "a: backup\n",
    "group_vars/g/notes.txt": "a: notes\n",
    "group_vars/g/noextension": "b: 1\n",
  },
  "variables of the connection": {
    "hosts.yaml": `
all:
  vars: {ansible_user: root, ansible_become: yes, ansible_ssh_private_key_file: ~/.ssh/id}
  hosts:
    a: {ansible_host: 10.0.0.1, ansible_port: 2222, ansible_connection: ssh}
    b: {ansible_host: b.example.org, ansible_become: no, ansible_python_interpreter: /usr/bin/python3}
    localhost: {ansible_connection: local}
`,
  },
  "empty groups": {
    "hosts.yaml": "a:\nb:\n  hosts:\nc:\n  children:\n    d:\n    e: {hosts: {h: }}\nf: {vars: {x: 1}}\n",
  },
  "anchors and merges": {
    "hosts.yaml": `
all:
  hosts:
    a: &a {x: 1, list: [1, 2], map: {k: v}}
    b: *a
    c:
      <<: *a
      x: 2
  vars:
    shared: &shared {deep: {er: true}}
    again: *shared
`,
  },
  "values of every kind": {
    "hosts.yaml": `
all:
  hosts:
    h:
      words: [yes, No, on, OFF, true, False, y, n, Y, N, null, ~, "", "yes"]
      numbers: [0, 7, -3, 0644, 0x1F, 0b101, 1_000, 1.0, 1.50, -0.5, 1e3, 1.5e3, 1.5e+3, .5, 08, 0o17, 12e4567]
      texts: [1.2.3, 10.0.0.0/8, "{{ x }}", ümlaut, 'it''s', "tab\\t", 2026-13-45x]
      block: |
        one
        two
      folded: >-
        one
        two
      empty_map: {}
      empty_list: []
      nothing:
`,
  },
};
