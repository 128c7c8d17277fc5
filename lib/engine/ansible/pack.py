"""Packs Ansible modules by ansible-core's own code. Runs on the controller, in the Python that has ansible-core.

Reads {"modules": [name], "collections": [folder]} and writes {"version": …, "modules": {name: packed or problem}}, both
JSON. A packed module is the program that Ansible would send to a host, in parts, with two holes: the base64 text of its
zip file, and the literal of its arguments.
"""

import ast
import base64
import hashlib
import io
import json
import os
import re
import sys
import zipfile

answers = os.fdopen(os.dup(1), "w")
# Whatever Ansible prints must not come between.
os.dup2(2, 1)

from ansible import constants as C  # noqa: E402
from ansible.executor.module_common import modify_module  # noqa: E402
from ansible.module_utils.common.parameters import PASS_VARS  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.plugins.loader import action_loader, init_plugin_loader, module_loader  # noqa: E402
from ansible.release import __version__  # noqa: E402
from ansible.template import Templar  # noqa: E402

MARK = "kubeplay-arguments"


class Refused(Exception):
    def __init__(self, kind, message=""):
        super().__init__(message)
        self.kind = kind


def resolved(name):
    found = module_loader.find_plugin_with_context(name)
    if not found.resolved or found.plugin_resolved_path is None:
        raise Refused("missing", "; ".join(str(one) for one in getattr(found, "error_list", []) or []))
    return found.resolved_fqcn or name, found.plugin_resolved_path


def has_action(*names):
    return any(name.rpartition(".")[2] != "normal" and action_loader.has_plugin(name) for name in names)


def built(name, path, compression):
    made = modify_module(
        module_name=name,
        module_path=path,
        module_args={MARK: MARK},
        templar=Templar(loader=DataLoader(), variables={}),
        # The interpreter is chosen on the host.
        task_vars={"ansible_python_interpreter": "/usr/bin/python3"},
        module_compression=compression,
    )
    # A tuple before ansible-core 2.19.
    data, style = (made.b_module_data, made.module_style) if hasattr(made, "b_module_data") else made[:2]
    if style != "new" or b"ansiballz" not in data:
        raise Refused("style", "it is not written in Python with AnsibleModule")
    return data.decode()


def only(found, what):
    if len(found) != 1:
        raise Refused("unknown form", "ansible-core %s packs it with %d %s, expected 1" % (__version__, len(found), what))
    return found[0]


def packed(name):
    fqcn, path = resolved(name)
    if has_action(fqcn, name):
        raise Refused("action")
    text = built(name, path, C.DEFAULT_MODULE_COMPRESSION)
    zipped = only([one for one in re.finditer(r"(?<=['\"])[A-Za-z0-9+/=]{400,}(?=['\"])", text)], "zip files")
    literals = re.finditer(r"'[^'\n]*%s[^'\n]*'|\"[^\"\n]*%s[^\"\n]*\"" % (MARK, MARK), text)
    arguments = only([one for one in literals if is_arguments(one.group())], "literals of arguments")
    holes = sorted([("zip", zipped), ("arguments", arguments)], key=lambda hole: hole[1].start())
    ends = [0] + [hole.end() for _, hole in holes]
    starts = [hole.start() for _, hole in holes] + [len(text)]
    zip_data = base64.b64decode(zipped.group())
    return {
        "name": fqcn,
        "parts": [text[end:start] for end, start in zip(ends, starts)],
        "holes": [kind for kind, _ in holes],
        "zip": zipped.group(),
        "digest": digest(zip_data),
    }


def is_arguments(literal):
    try:
        return json.loads(ast.literal_eval(literal)) == {"ANSIBLE_MODULE_ARGS": {MARK: MARK}}
    except (SyntaxError, TypeError, ValueError):
        return False


def digest(data):
    """Of what is in a zip file, without the times in it."""
    total = hashlib.sha256(__version__.encode())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in sorted(archive.namelist()):
            total.update(name.encode() + b"\0" + hashlib.sha256(archive.read(name)).digest())
    return total.hexdigest()


def answer(name):
    try:
        return packed(name)
    except Refused as refused:
        return {"problem": refused.kind, "message": str(refused)}
    except Exception as error:
        return {"problem": "failed", "message": "%s: %s" % (type(error).__name__, error)}


def internals():
    """What Ansible tells each module besides its arguments, as far as this version has it."""
    known = {
        "version": __version__,
        "selinux_special_fs": list(C.DEFAULT_SELINUX_SPECIAL_FS),
        "syslog_facility": C.DEFAULT_SYSLOG_FACILITY,
        "shell_executable": "/bin/sh",
        "remote_tmp": "~/.ansible/tmp",
        "socket": None,
        "debug": False,
        "verbosity": 0,
        "keep_remote_files": False,
        "ignore_unknown_opts": False,
        "target_log_info": None,
        "tracebacks_for": [],
    }
    return {"_ansible_" + name: value for name, value in known.items() if name in PASS_VARS}


request = json.load(sys.stdin)
init_plugin_loader(request["collections"])
modules = {name: answer(name) for name in request["modules"]}
json.dump({"version": __version__, "internals": internals(), "modules": modules}, answers)
answers.flush()
