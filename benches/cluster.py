"""A private PostgreSQL cluster in a folder, for benchmarks: listens on 127.0.0.1 only and may be kept."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Nobody needs this data after a power cut. Without autovacuum nothing runs beside what is measured: whoever loads the
# data vacuums and analyses it once.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 512MB
maintenance_work_mem = 256MB
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
autovacuum = off
"""


def server_user():
    """What starts a program as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL can't run as root, and there is neither a user postgres nor a user nobody")


class Cluster:
    """The cluster of a folder, made when it is missing; runs between `with` and its end."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = pathlib.Path(subprocess.check_output([ROOT / "scripts/prerequisites"], text=True).strip())
        self.user = server_user()
        self.port = None
        self.postmaster = None

    def __enter__(self):
        if not self.folder.exists():
            self._make()
        # A free port can't be reserved for another process: if somebody took it meanwhile, another is tried.
        for _ in range(20):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            if self._control("start", "--wait", f"--log={self.folder}/server.log", f"--options=-p {self.port}") == 0:
                self.postmaster = int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
                return self
        raise SystemExit(f"PostgreSQL does not start; see {self.folder}/server.log")

    def __exit__(self, *_):
        self._control("stop", "--mode=fast", "--wait")

    def url(self, database):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def psql(self, database, *statements, **pipes):
        """Starts psql on some statements, each in a transaction of its own, all in one session."""
        command = [self.programs / "psql", self.url(database), "-XqAt", "-F\t", "-vON_ERROR_STOP=1"]
        for statement in statements:
            command += ["-c", statement]
        # That something is not there to be dropped is no news.
        environment = os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}
        return subprocess.Popen(command, text=True, encoding="utf-8", env=environment, **pipes)

    def run(self, database, *statements):
        """Runs statements and answers the rows of all, their columns as text."""
        process = self.psql(database, *statements, stdout=subprocess.PIPE)
        output = process.communicate()[0]
        if process.returncode != 0:
            raise SystemExit(f"psql failed: {statements}")
        return [tuple(line.split("\t")) for line in output.splitlines()]

    def _make(self):
        try:
            self.folder.mkdir(parents=True, mode=0o700)
            if self.user:
                os.chown(self.folder, self.user["user"], self.user["group"])
            command = [self.programs / "initdb", f"--pgdata={self.folder}", "--username=postgres", "--auth=trust",
                       "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.user)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise SystemExit(f"{error}: the cluster's user must reach {self.folder.parent}") from error
        with open(self.folder / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(SETTINGS)
        (self.folder / "pg_hba.conf").write_text("host all all 127.0.0.1/32 trust\n", encoding="utf-8")

    def _control(self, *arguments):
        command = [self.programs / "pg_ctl", f"--pgdata={self.folder}", "--silent", *arguments]
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, cwd="/", **self.user).returncode
