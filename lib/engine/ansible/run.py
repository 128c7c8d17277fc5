"""Runs packed Ansible modules one after the other, each call in a process of its own. Runs on the host.

Reads {"modules": {digest: packed}, "calls": [{"digest": …, "arguments": {…}, "environment": {…}}]} and writes one line
of JSON for each call: {"code": …, "stdout": …, "stderr": …}.

The first call of a module forks a process that imports what all of its calls need, and each call is a fork of that one:
a hundred calls import it once.
"""

import json
import os
import shutil
import sys
import tempfile


class Begin(BaseException):
    """In the process of a call: leaves everything that led to it."""


def memory():
    """An open file that no other program finds. A service that a module starts may keep it open."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("kubeplay")
    file, path = tempfile.mkstemp()
    os.unlink(path)
    return file


def contents(file):
    data = os.pread(file, os.fstat(file).st_size, 0)
    os.close(file)
    return data.decode("utf-8", "replace")


def import_parts(module, folder):
    """Imports what Ansible's own program would import first. If that fails, the program itself will say why."""
    try:
        import base64

        file = os.path.join(folder, module["digest"] + ".zip")
        with open(file, "wb") as out:
            out.write(base64.b64decode(module["zip"]))
        sys.path.insert(0, file)
        import ansible.module_utils.basic  # noqa: F401
    except Exception:
        pass


def begin(call, out, err):
    empty = os.open(os.devnull, os.O_RDONLY)
    for file, place in ((empty, 0), (out, 1), (err, 2)):
        os.dup2(file, place)
        os.close(file)
    os.environ.update(call["environment"])
    raise Begin


def made(module, call, folder):
    """The result of one call."""
    out, err = memory(), memory()
    child = os.fork()
    if child == 0:
        begin(call, out, err)
    status = os.waitpid(child, 0)[1]
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
    return {"code": code, "stdout": contents(out), "stderr": contents(err)}


def serve(module, calls, folder, requests, answers):
    """The process of one module: takes indexes of calls, and answers with their results."""
    import_parts(module, folder)
    for line in requests:
        current.update(module=module, call=calls[int(line)])
        answers.write(json.dumps(made(module, current["call"], folder)) + "\n")
        answers.flush()
    os._exit(0)


def start(module, calls, folder, others):
    ours, theirs = os.pipe(), os.pipe()
    if os.fork() == 0:
        for pipes in others:
            for pipe in pipes:
                os.close(pipe.fileno())
        os.close(ours[1])
        os.close(theirs[0])
        serve(module, calls, folder, os.fdopen(ours[0]), os.fdopen(theirs[1], "w"))
    os.close(ours[0])
    os.close(theirs[1])
    return os.fdopen(ours[1], "w"), os.fdopen(theirs[0])


def run_all(request, folder):
    processes = {}
    calls = request["calls"]
    for index, call in enumerate(calls):
        digest = call["digest"]
        if digest not in processes:
            processes[digest] = start(request["modules"][digest], calls, folder, list(processes.values()))
        requests, answers = processes[digest]
        requests.write("%d\n" % index)
        requests.flush()
        sys.stdout.write(answers.readline() or '{"code": 1, "stdout": "", "stderr": "its process has ended"}\n')
    sys.stdout.flush()


def program(module, arguments):
    holes = {"zip": module["zip"], "arguments": repr(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))}
    parts = module["parts"]
    return parts[0] + "".join(holes[hole] + part for hole, part in zip(module["holes"], parts[1:]))


def memory_folder():
    """A check leaves no trace on a disk, not even the time of a change of /tmp."""
    return "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None


sys.dont_write_bytecode = True
current = {}
folder = tempfile.mkdtemp(prefix="kubeplay-ansible-", dir=memory_folder())
owner = os.getpid()
try:
    run_all(json.load(sys.stdin), folder)
except Begin:
    pass
finally:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
if current:
    arguments = dict(current["call"]["arguments"])
    if arguments["_ansible_check_mode"]:
        tempfile.tempdir = folder
    # A module makes a folder there if it needs one, and removes it. By default it would make ~/.ansible first.
    arguments["_ansible_remote_tmp"] = tempfile.gettempdir()
    exec(compile(program(current["module"], arguments), "<ansible>", "exec"), {"__name__": "__main__"})
