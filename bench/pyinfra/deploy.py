"""The workload, written for pyinfra."""

import io
import json
import os

from pyinfra import host
from pyinfra.facts.files import File
from pyinfra.operations import files, server, systemd

with open(os.environ["BENCH_WORKLOAD"], encoding="utf-8") as file:
    things = json.load(file)
sources = os.environ["BENCH_SOURCES"]

for path in things["directories"]:
    files.directory(name=f"Make {path}", path=path, mode="755")
for each in things["templates"]:
    files.template(
        name=f"Write {each['dest']}",
        src=f"{sources}/templates/service.conf.j2",
        dest=each["dest"],
        mode="644",
        jinja_env_kwargs={"trim_blocks": True},
        service=each["values"],
    )
for dest in things["copies"]:
    files.put(name=f"Copy {dest}", src=f"{sources}/files/copy.txt", dest=dest, mode="644")
for each in things["lines"]:
    files.line(name=f"Have {each['line']}", path=each["path"], line=f"^{each['line']}$")
for each in things["links"]:
    files.link(name=f"Link {each['dest']}", path=each["dest"], target=each["target"])
for name in things["users"]:
    server.user(name=f"Have {name}", user=name, shell="/bin/bash", ensure_home=True)
for each in things["commands"]:
    # pyinfra has no "creates": a fact tells whether the command must run.
    if not host.get_fact(File, path=each["creates"]):
        server.shell(name=f"Make {each['creates']}", commands=[each["run"]])
for each in things["units"]:
    files.put(
        name=f"Write {each['name']}",
        src=io.StringIO(each["content"]),
        dest=f"/etc/systemd/system/{each['name']}",
        mode="644",
    )
for name in things["services"]:
    systemd.service(name=f"Start {name}", service=name, running=True, enabled=True)
