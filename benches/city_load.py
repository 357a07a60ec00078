#!/usr/bin/env python3
"""A load benchmark over HTTP on a city's data (benches/city.py), for one build or for several in one run.

    python3 benches/city_load.py --data DIR [--engine postgres|sqlite] [NAME=]PROGRAM...

Generates the data when the folder has none. Each program serves a copy of its own, so that one that migrates leaves
the data as they are; all are up at the same time and measured in turn, round by round, and the median of the rounds is
printed. Before anything is measured each query must answer without errors and with all its rows; with several
programs it is told whether they answer alike. Server, database and client share the machine: the client is `wrk`
where there is one (Debian's package), else a Python program that takes much more of it.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import json
import math
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

from city import ACCOUNTS, FIRST_WARD, PASSWORD, generate, settings, ward_codes
from cluster import Cluster

FIGURE = "id key indicatorCode numerator denominator value missing revision supersededRevision recordedAt"
UNITS = "[DIVISION, OFFICE, ONE_STOP_CENTRE, PUBLIC_SERVICE_UNIT, POLITICAL_ORG]"
PULL = """query($after: String) { indicatorObservations(changedSince: 0, first: 1000, after: $after) {
  nodes { %s } pageInfo { hasNextPage endCursor } } }""" % FIGURE
TICKS = os.sysconf("SC_CLK_TCK")
SCRIPT = """
local file = io.open("%s", "rb")
wrk.method, wrk.body = "POST", file:read("*a")
file:close()
wrk.headers["Content-Type"], wrk.headers["Authorization"] = "application/json", "Bearer %s"
function done(summary, latency)
  local errors = summary.errors
  print(string.format("result %%d %%d %%d %%d %%d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def queries(wards):
    """The five queries: name, document, variables, how many rows the answer has, and a function that counts them."""
    def nodes(field):
        return lambda data: len(data[field]["nodes"])

    def statistics_of(data):
        return sum(len(procedure["latestStatistics"]) for unit in data["organisations"]["nodes"]
                   for procedure in unit["procedures"]["nodes"])

    codes = ward_codes(wards)
    return [
        ("Q1 20 organisations", "{ organisations(first: 20) { nodes { code name kind parent { code name } } } }", {},
         20, nodes("organisations")),
        ("Q2 20 x 10 x 3", """{ organisations(first: 20, kinds: %s) { nodes { code name procedures(first: 10) {
           nodes { code name latestStatistics(first: 3) { period { code } receivedTotal resolvedTotal pendingTotal
           } } } } } }""" % UNITS, {}, 600, statistics_of),
        ("Q3 two indicators, 60 months", """query($ward: String!) { indicatorObservations(organisations: [$ward],
           indicators: ["II.2.a.3-3", "ON_TIME.RESOLVED"], kinds: [MONTH], first: 200) {
           nodes { indicatorCode period { code } numerator denominator value } } }""",
         {"ward": codes[len(codes) // 2]}, 120, nodes("indicatorObservations")),
        ("Q4 all wards, one quarter", """query($wards: [String!]) { indicatorObservations(organisations: $wards,
           indicators: ["II.2.a.3-3"], period: "2025-Q3", first: 200) {
           nodes { organisation { code name } numerator denominator value } } }""",
         {"wards": codes}, wards, nodes("indicatorObservations")),
        ("Q5 1,000 flat figures", "{ indicatorObservations(first: 1000) { nodes { %s } } }" % FIGURE, {}, 1000,
         nodes("indicatorObservations")),
    ]


class Server:
    """A program that serves, and what it takes of the machine."""

    def __init__(self, name, program, data, url):
        self.name = name
        command = [program, *settings(data, url), "--listen", "127.0.0.1:0", "--requests-per-minute", "0",
                   "--access-token-minutes", "1440"]
        begun = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = next((int(found.group(1)) for line in self.process.stdout
                          if (found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line))), None)
        if self.port is None:
            raise SystemExit(f"{name} does not start")
        self.token = None
        self.ask(b'{"query": "{ __typename }"}')
        self.started = time.perf_counter() - begun
        self.idle = self.memory("VmRSS")
        sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }"
        person = {"input": {"username": next(iter(ACCOUNTS)), "password": PASSWORD}}
        answer = self.ask(json.dumps({"query": sign_in, "variables": person}).encode())[0]
        self.token = json.loads(answer)["data"]["signIn"]["session"]["accessToken"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def headers(self):
        headers = {"Content-Type": "application/json"}
        return headers | {"Authorization": "Bearer " + self.token} if self.token else headers

    def ask(self, body, connection=None):
        """The answer as it came, and the statements that `Server-Timing` tells of."""
        connection = connection or self.connection()
        connection.request("POST", "/graphql", body, self.headers())
        response = connection.getresponse()
        answer = response.read()
        told = re.search(r"(\d+) statements", response.getheader("Server-Timing") or "")
        if response.status != 200:
            raise SystemExit(f"{self.name}: {response.status} {answer[:500]}")
        return answer, told.group(1) if told else "-"

    def memory(self, what):
        """Of the process, in MiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            return int(re.search(what + r":\s+(\d+) kB", status.read()).group(1)) / 1024


def cpu_of(pid, with_reaped=False):
    """The CPU seconds of a process; with those of children that ended, on demand. None of one that ended itself."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return sum(map(int, fields[11:15 if with_reaped else 13])) / TICKS


def cpu_of_cluster(cluster):
    """Of all processes of the cluster, those that ended among them."""
    if cluster is None:
        return 0
    with open(f"/proc/{cluster.postmaster}/task/{cluster.postmaster}/children", encoding="utf-8") as file:
        children = file.read().split()
    return cpu_of(cluster.postmaster, with_reaped=True) + sum(map(cpu_of, children))


def cpu_of_machine():
    """Of everything on the machine."""
    with open("/proc/stat", encoding="utf-8") as file:
        user, nice, system, _idle, _wait, *interrupts = map(int, file.readline().split()[1:8])
    return (user + nice + system + sum(interrupts)) / TICKS


def cpu_of_client():
    """Of this program and of those that it started and that ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def by_wrk(server, body, clients, seconds):
    """Requests, seconds, and the latencies in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        written, script = pathlib.Path(folder, "body.json"), pathlib.Path(folder, "request.lua")
        written.write_bytes(body)
        script.write_text(SCRIPT % (written, server.token), encoding="utf-8")
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s", "-s", script,
                   f"http://127.0.0.1:{server.port}/graphql"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    count, micros, middle, late, errors = map(int, re.search(r"^result (.*)$", output, re.M).group(1).split())
    if errors:
        raise SystemExit(f"{server.name}: {errors} requests failed")
    return count, micros / 1e6, middle / 1e3, late / 1e3


def by_python(server, body, clients, seconds):
    """The same without wrk."""
    begun = time.perf_counter()

    def work(_):
        connection, took = server.connection(), []
        while time.perf_counter() - begun < seconds:
            started = time.perf_counter()
            server.ask(body, connection)
            took.append((time.perf_counter() - started) * 1000)
        return took

    with concurrent.futures.ThreadPoolExecutor(clients) as executor:
        took = sorted(one for part in executor.map(work, range(clients)) for one in part)
    return len(took), time.perf_counter() - begun, took[len(took) // 2], took[len(took) * 99 // 100]


def settle(server):
    """Waits until a server has done what was asked of it before: it goes on when a client has hung up."""
    spent = math.inf
    while spent > 0.02:
        before = cpu_of(server.process.pid)
        time.sleep(0.2)
        spent = cpu_of(server.process.pid) - before


drive = by_wrk if shutil.which("wrk") else by_python


def measure(server, cluster, body, clients, seconds):
    """Requests a second, median and 99th percentile in ms, CPU ms a request of the server and of the database, and the
    cores that were busy with something else. Infinite where there was no answer in time."""
    def spent():
        return cpu_of(server.process.pid), cpu_of_cluster(cluster), cpu_of_client(), cpu_of_machine()

    settle(server)
    before = spent()
    count, took, middle, late = drive(server, body, clients, seconds)
    if count == 0:
        return 0, *[math.inf] * 4, 0
    own, database, client, all_of_it = (now - then for then, now in zip(before, spent()))
    others = max(0, all_of_it - own - database - client) / took
    return count / took, middle, late, own * 1000 / count, database * 1000 / count, others


def check(servers, name, body, expected, count):
    """Asks everyone once: without errors, with all rows, and all alike. Answers the statements of each."""
    told, first = {}, None
    for server in servers:
        answer, told[server.name] = server.ask(body)
        answer = json.loads(answer)
        if answer.get("errors") or count(answer["data"]) != expected:
            raise SystemExit(f"{server.name}, {name}: not {expected} rows: {json.dumps(answer)[:1000]}")
        first = first or answer
        if answer["data"] != first["data"]:
            print(f"{name}: {server.name} answers otherwise than {servers[0].name}\n", flush=True)
    return told


def pull(server, pages):
    """Follows the figures page by page; seconds, rows, bytes. A page is not parsed: that is the reader's own cost."""
    connection, after, rows, size = server.connection(), None, 0, 0
    begun = time.perf_counter()
    for _ in range(pages):
        answer, _ = server.ask(json.dumps({"query": PULL, "variables": {"after": after}}).encode(), connection)
        if b'"errors":' in answer:
            raise SystemExit(f"{server.name}, pull: {answer[:500]}")
        rows, size = rows + answer.count(b'"indicatorCode":'), size + len(answer)
        after = re.search(rb'"endCursor":"([^"]*)"', answer).group(1).decode()
        if b'"hasNextPage":false' in answer:
            break
    return time.perf_counter() - begun, rows, size


def serve_copies(stack, cluster, data, programs):
    """Starts each program on a copy of the data."""
    servers = []
    for number, (name, program) in enumerate(programs):
        if cluster:
            database = f"run_{number}"
            drop = f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"
            cluster.run("postgres", drop, f"CREATE DATABASE {database} TEMPLATE city STRATEGY FILE_COPY")
            stack.callback(cluster.run, "postgres", drop)
            url = cluster.url(database)
        else:
            file = data / f"run_{number}.db"
            shutil.copyfile(data / "city.db", file)
            for ending in ("", "-wal", "-shm"):
                stack.callback(pathlib.Path(f"{file}{ending}").unlink, missing_ok=True)
            url = f"sqlite://{file}?mode=rwc"
        servers.append(stack.enter_context(Server(name, program, data, url)))
    return servers


def run(arguments, data, wards):
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(Cluster(data / "postgres")) if arguments.engine == "postgres" else None
        servers = serve_copies(stack, cluster, data, arguments.programs)
        if not shutil.which("wrk"):
            print("wrk is missing: the client is a Python program, and rates are far below what the server can do\n")
        asked = []
        for name, document, variables, expected, count in queries(wards):
            body = json.dumps({"query": document, "variables": variables}).encode()
            asked.append((name, body, check(servers, name, body, expected, count)))
        found, pulled = {}, {}
        for _ in range(arguments.rounds):
            for name, body, _ in asked:
                for clients in arguments.clients:
                    for server in servers:
                        # Whoever is measured first must not find colder caches than the others.
                        drive(server, body, clients, 1)
                        result = measure(server, cluster, body, clients, arguments.seconds)
                        found.setdefault((name, clients, server.name), []).append(result)
            for server in servers:
                pulled.setdefault(server.name, []).append(pull(server, arguments.pages))
        print("| query | clients | program | requests/s | p50 ms | p99 ms | server CPU ms | database CPU ms "
              "| SQL statements |")
        print("|---|---:|---|---:|---:|---:|---:|---:|---:|")
        for name, _, told in asked:
            for clients in arguments.clients:
                for server in servers:
                    rate, middle, late, own, database, _ = map(
                        statistics.median, zip(*found[name, clients, server.name]))
                    database = f"{database:.2f}" if cluster else "-"
                    print(f"| {name} | {clients} | {server.name} | {rate:.0f} | {middle:.2f} | {late:.2f} | {own:.2f} "
                          f"| {database} | {told[server.name]} |")
        print("\n| program | start s | idle MiB | peak MiB | pull s | rows | MB |\n|---|---:|---:|---:|---:|---:|---:|")
        for server in servers:
            seconds, rows, size = min(pulled[server.name])
            print(f"| {server.name} | {server.started:.2f} | {server.idle:.0f} | {server.memory('VmHWM'):.0f} "
                  f"| {seconds:.1f} | {rows:,} | {size / 1e6:.0f} |")
        others = statistics.median(result[-1] for results in found.values() for result in results)
        print(f"\nBusy with something else: {others:.2f} of {os.cpu_count()} cores.")


def named(text):
    name, _, program = text.rpartition("=")
    return name or pathlib.Path(program).name, pathlib.Path(program).resolve()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", type=named, metavar="[NAME=]PROGRAM", help="release builds")
    parser.add_argument("--data", type=pathlib.Path, help="folder of the data, kept; a throw-away one when left out")
    parser.add_argument("--engine", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--scale", type=float, default=1, help="of data that are yet to be generated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6, help="of each measurement")
    parser.add_argument("--clients", type=lambda text: list(map(int, text.split(","))), default=[1, 16], metavar="1,16")
    parser.add_argument("--pages", type=int, default=200, help="of 1,000 rows that are pulled")
    arguments = parser.parse_args()
    if len(dict(arguments.programs)) < len(arguments.programs):
        parser.error("programs need names of their own: NAME=PROGRAM")
    with contextlib.ExitStack() as stack:
        data = arguments.data
        if data is None:
            data = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            # The cluster's user must get through to its own folder.
            data.chmod(0o755)
        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
        run(arguments, data, generate(arguments.programs[0][1], data, arguments.engine, arguments.scale))


main()
