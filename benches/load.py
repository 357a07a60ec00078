#!/usr/bin/env python3
"""A load benchmark over HTTP on a ward's data: 10 units, 300 procedures, 60 months (18,000 statistics rows).

    cargo build --release
    python3 benches/load.py [PROGRAM]        # target/release/reform-api when left out

Starts the program's demo (SQLite, without figures) in a folder of its own, enters the data through the API
and measures what docs/performance.md reports. Needs Python 3 and nothing else. Bounded in count and time.
"""

import concurrent.futures
import http.client
import json
import re
import subprocess
import sys
import tempfile
import time

PASSWORD = "an-bien-2026-demo"
UNITS = ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC", "VP"]
OVERVIEW = """{ programmeOverview { period { code } statusCounts { status count } reporting { expected accepted }
  targets { target { section title value } status series { indicator { code } status current { value numerator denominator }
  previous { value } trend { value } } } } }"""
NESTED = """{ organisations(first: 20) { nodes { code name procedures(first: 10) { nodes { code name
  latestStatistics(first: 3) { period { code } receivedTotal receivedInPeriod receivedOnline receivedDirect receivedPostal
  carriedOver resolvedTotal resolvedEarly resolvedOnTime resolvedLate pendingTotal pendingInTime pendingOverdue } } } } } }"""
FLAT = """{ indicatorObservations(first: 1000) { nodes { key numerator denominator value missing revision recordedAt } } }"""
SAVE = """mutation($input: SaveDossierStatisticsInput!) { saveDossierStatistics(input: $input) {
  submission { id version } userErrors { message } } }"""
STEP = """mutation($input: %sInput!) { %s(input: $input) { submission { version } userErrors { message } } }"""
IMPORT = """mutation($input: ImportProceduresInput!) { importProcedures(input: $input) { created userErrors { message } } }"""


class Client:
    """A person on one kept-alive connection."""

    def __init__(self, port, token=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def ask(self, query, variables=None):
        body = json.dumps({"query": query, "variables": variables or {}})
        self.connection.request("POST", "/graphql", body, self.headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        timing = response.getheader("Server-Timing") or ""
        if answer.get("errors"):
            raise RuntimeError(answer["errors"])
        for payload in answer["data"].values():
            if isinstance(payload, dict) and payload.get("userErrors"):
                raise RuntimeError(payload["userErrors"][:3])
        statements = re.search(r'(\d+) statements', timing)
        return answer["data"], int(statements.group(1)) if statements else -1


def token(port, username):
    document = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { message } } }"
    data, _ = Client(port).ask(document, {"input": {"username": username, "password": PASSWORD}})
    return data["signIn"]["session"]["accessToken"]


def procedure(number):
    return {"code": f"1.{number:06}", "name": f"Thủ tục số {number}", "fieldCode": "HOTICH", "fieldName": "Hộ tịch",
            "fieldGroup": "OTHER", "level": "COMMUNE", "audience": "CITIZEN", "onlineLevel": "FULL",
            "hasFinancialObligation": True, "onlinePaymentEnabled": True, "onlineEligible": True,
            "onlineProvided": True, "integratedOnNationalPortal": True, "payableOnNationalPortal": True,
            "effectiveFrom": "2010-01-01"}


def lines(seed):
    return [{"procedure": f"1.{number:06}", "receivedOnline": 8 + (number + seed) % 5, "receivedDirect": 2,
             "resolvedOnTime": 10 + (number + seed) % 5, "feeDossiers": 5, "paymentTransactions": 5,
             "paymentTransactionsOnline": 3} for number in range(900001, 900301)]


def months(year, count):
    return [f"{year + index // 12}-M{index % 12 + 1:02}" for index in range(count)]


def enter(port):
    one_stop, officer = Client(port, token(port, "onestop")), Client(port, token(port, "ttpvhcc.officer"))
    head, standing = Client(port, token(port, "ttpvhcc.head")), Client(port, token(port, "standing"))
    for place, unit in enumerate(UNITS):
        first = 900001 + place * 60
        listed = [procedure(number) for number in range(first, first + 60)]
        one_stop.ask(IMPORT, {"input": {"organisation": unit, "procedures": {"list": listed}}})
    for index, period in enumerate(months(2021, 60)):
        form = {"organisation": "TTPVHCC", "period": period, "lines": lines(index)}
        data, _ = officer.ask(SAVE, {"input": form})
        key = {"key": {"organisation": "TTPVHCC", "form": "DOSSIER_STATISTICS", "period": period}}
        version = data["saveDossierStatistics"]["submission"]["version"]
        for who, name, more in ((head, "submitForm", {"warningsNote": "benchmark"}), (standing, "acceptForm", {})):
            document = STEP % (name[0].upper() + name[1:], name)
            step = {"submission": key, "expectedVersion": version, **more}
            data, _ = who.ask(document, {"input": step})
            version = data[name]["submission"]["version"]


def measure(port, bearer, name, count, clients, request):
    """Runs `count` requests over some clients; prints requests per second, median and 99th percentile."""
    pool = [Client(port, bearer) for _ in range(clients)]
    statements = request(pool[0], -1)
    took = []

    def work(place):
        for number in range(place, count, clients):
            started = time.perf_counter()
            request(pool[place], number)
            took.append((time.perf_counter() - started) * 1000)

    begun = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as executor:
        for done in [executor.submit(work, place) for place in range(clients)]:
            done.result()
    rate = count / (time.perf_counter() - begun)
    took.sort()
    median, late = took[len(took) // 2], took[min(len(took) - 1, len(took) * 99 // 100)]
    print(f"| {name} | {clients} | {rate:.0f} | {median:.2f} | {late:.2f} | {statements} |", flush=True)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "target/release/reform-api"
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "demo", "--without-figures", "--listen", "127.0.0.1:0", "--data-dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = next(int(found.group(1)) for line in server.stdout
                        if (found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)))
            begun = time.perf_counter()
            enter(port)
            print(f"entered 60 forms of 300 lines in {time.perf_counter() - begun:.1f} s\n")
            print("| request | clients | requests/s | median ms | p99 ms | SQL statements |\n|---|---:|---:|---:|---:|---:|")
            chair, officer = token(port, "chair"), token(port, "vp.officer")
            for clients in (1, 16):
                for name, document, count in (("overview", OVERVIEW, 400), ("nested 20 x 10 x 3", NESTED, 200),
                                              ("1,000 flat rows", FLAT, 100)):
                    measure(port, chair, name, count, clients, lambda client, _, text=document: client.ask(text)[1])
                periods = months(2010 if clients == 1 else 2016, 61)

                def save(client, number, periods=periods):
                    form = {"organisation": "VP", "period": periods[number + 1], "lines": lines(number)}
                    return client.ask(SAVE, {"input": form})[1]

                measure(port, officer, "save a form of 300 lines", 60, clients, save)
            with open(f"/proc/{server.pid}/status", encoding="utf-8") as status:
                print("\nmemory:", re.search(r"VmHWM:\s+(.*)", status.read()).group(1), "at the peak")
        finally:
            server.terminate()
            server.wait()


main()
