#!/usr/bin/env python3
"""A city's data for benchmarks: 114 wards of ten units, 34,200 procedures, 60 months of accepted statistics.

    python3 benches/city.py --data DIR [--engine postgres|sqlite|both] [--scale 0.02] PROGRAM

The program migrates the database, loads the organisations and makes the accounts; the rest (2.05 million lines of
68,400 forms, the measures that these add up to, 1.9 million figures of indicators) goes straight into the tables, as
entering it through the API would take a day. The figures are those that the program would have computed:
`rebuild-measures --check` finds nothing to say against them, which on a small scale takes seconds. Beside the figures
in force there are those that they superseded, of wards and of the city, one for each month in which a longer period
grew; those of units and of single forms of a ward's month are left out, and so is the journal.

The folder is kept: benches/city_load.py measures on copies of what is in it.
"""

import argparse
import collections
import contextlib
import datetime
import functools
import json
import pathlib
import shutil
import sqlite3
import subprocess
import time
import tomllib

from cluster import ROOT, Cluster

WARDS, MONTHS, FIRST_YEAR, PROCEDURES = 114, 60, 2021, 30
PASSWORD = "an-bien-2026-demo"
# Who has which role on the whole city. The chair may read everything.
ACCOUNTS = {"city.chair": "CHAIR", "city.officer": "UNIT_OFFICER", "city.head": "UNIT_HEAD",
            "city.standing": "STANDING_BODY"}
CITY, FIRST_WARD = "HAI-PHONG", "AN-BIEN"

COUNTERS = ["received_online", "received_direct", "received_postal", "carried_over", "resolved_early",
            "resolved_on_time", "resolved_late", "pending_in_time", "pending_overdue", "returned_or_withdrawn",
            "own_authority", "dossiers_digitised", "components_reused", "results_issued", "results_digitised",
            "fee_dossiers", "fee_dossiers_paid_online", "payment_transactions", "payment_transactions_online",
            "resolved_online", "pending_online_in_time", "pending_online_overdue", "synchronised",
            "components_reused_national", "fee_dossiers_paid_national"]
# The measure that each counter is summed into (src/dossier/rules.rs), and the two of procedures provided online.
MEASURES = ["DOSSIER." + name for name in (
    "RECEIVED_ONLINE", "RECEIVED_DIRECT", "RECEIVED_POSTAL", "CARRIED_OVER", "RESOLVED_EARLY", "RESOLVED_ON_TIME",
    "RESOLVED_LATE", "PENDING_IN_TIME", "PENDING_OVERDUE", "RETURNED_OR_WITHDRAWN", "OWN_AUTHORITY", "DIGITISED",
    "COMPONENTS_REUSED", "RESULTS_ISSUED", "RESULTS_DIGITISED", "FEE", "FEE_PAID_ONLINE")] + [
    "PAYMENT.TRANSACTIONS", "PAYMENT.TRANSACTIONS_ONLINE"] + ["DOSSIER." + name for name in (
        "RESOLVED_ONLINE", "PENDING_ONLINE_IN_TIME", "PENDING_ONLINE_OVERDUE", "SYNCHRONISED",
        "COMPONENTS_REUSED_NATIONAL", "FEE_PAID_NATIONAL", "RECEIVED_OF_ONLINE_PROCEDURES",
        "RECEIVED_ONLINE_OF_ONLINE_PROCEDURES")]
# The kinds of line there are: which one a procedure has in a month moves on by one each month, so that what is
# carried over is what was pending, and every sum over a form is one of as many.
KINDS = 97


def line_of(kind):
    """The counters of a kind of line."""
    def pending(kind):
        return kind * 5 % 7

    online, direct, postal = 6 + kind * 3 % 11, 2 + kind % 5, kind % 3
    received, carried, left = online + direct + postal, pending((kind - 1) % KINDS), pending(kind)
    resolved, overdue = received + carried - left, left // 3
    late, early = resolved // 9, resolved // 3
    fee = received // 2
    paid = fee * (40 + kind % 50) // 100
    return (online, direct, postal, carried, early, resolved - early - late, late, left - overdue, overdue, kind % 2,
            received - postal, received * 3 // 4, received // 4, resolved - kind % 2, resolved // 2, fee, paid, fee,
            paid, resolved * 2 // 3, (left - overdue) // 2, overdue // 2, online // 2, received // 8, paid // 2)


def version_of(number):
    """What the register says of the procedure of a number in its unit; the keys are columns of `procedure_version`."""
    financial, eligible = number % 3 != 0, number % 5 != 0
    payable, provided = financial and number % 4 != 0, eligible and number % 7 != 0
    return {"has_financial_obligation": financial, "online_payment_enabled": payable, "online_eligible": eligible,
            "online_provided": provided, "integrated_on_national_portal": provided and number % 2 == 0,
            "payable_on_national_portal": payable and number % 2 == 0, "inter_agency": number % 10 == 0,
            "online_level": ("FULL" if number % 3 == 1 else "PARTIAL") if provided else "INFORMATION",
            "access_channels": 5, "statutory_limit": 10 + number % 10, "committed_limit": 7 + number % 10}


def register_sums():
    """The measures of the register of a unit (src/procedure/figures.rs)."""
    versions = [version_of(number) for number in range(PROCEDURES)]
    full = [one for one in versions if one["online_level"] == "FULL"]

    def count(*flags):
        return sum(all(one[flag] for flag in flags) for one in versions)

    return {"PROCEDURE.IN_FORCE": PROCEDURES, "PROCEDURE.FEE": count("has_financial_obligation"),
            "PROCEDURE.FEE_ONLINE_PAYMENT": count("online_payment_enabled"),
            "PROCEDURE.ONLINE_ELIGIBLE": count("online_eligible"),
            "PROCEDURE.ONLINE_PROVIDED": count("online_provided"),
            "PROCEDURE.NATIONAL_PORTAL": count("online_eligible", "integrated_on_national_portal"),
            "PROCEDURE.FULL_ONLINE": len(full), "PROCEDURE.FULL_ONLINE_SEVERAL_DEVICES": len(full),
            "PROCEDURE.STATUTORY_WORKING_DAYS": sum(one["statutory_limit"] for one in versions),
            "PROCEDURE.COMMITTED_WORKING_DAYS": sum(one["committed_limit"] for one in versions),
            "PROCEDURE.INTERNAL_IN_FORCE": 0}


Period = collections.namedtuple("Period", "kind code start end months")


def period(kind, code, year, first, months):
    """A period of the ND09 calendar: from the 15th of the month before its first month to the 14th of its last."""
    def day(month, of_month):
        return datetime.date(year + (month - 1) // 12, (month - 1) % 12 + 1, of_month).isoformat()

    return Period(kind, f"{year}{code}", day(first - 1, 15), day(first + months - 1, 14), months)


def longer_periods(year):
    """The periods of a year that are longer than a month, each with its first month."""
    quarters = [(3 * number - 2, period("QUARTER", f"-Q{number}", year, 3 * number - 2, 3)) for number in range(1, 5)]
    halves = [(6 * number - 5, period("HALF_YEAR", f"-H{number}", year, 6 * number - 5, 6)) for number in (1, 2)]
    return [*quarters, *halves, (1, period("NINE_MONTHS", "-9M", year, 1, 9)), (1, period("YEAR", "", year, 1, 12))]


@functools.cache
def around(month):
    """A month, from 0, and the periods around it; with each how many of its months are over with this one."""
    year, number = FIRST_YEAR + month // 12, month % 12 + 1
    found = [(period("MONTH", f"-M{number:02}", year, number, 1), 1)]
    for first, one in longer_periods(year):
        if first <= number < first + one.months:
            found.append((one, number - first + 1))
    return found


def missing(months, known):
    """How many parts of a period are missing when so many of its months are there (src/period/cover.rs)."""
    count = 0
    for part in {12: (6, 6), 9: (3, 3, 3), 6: (3, 3), 3: (1, 1, 1), 1: ()}[months]:
        here = min(known, part)
        known -= here
        count += missing(part, here) if here else 1
    return count


class Postgres:
    """Writes rows by COPY."""

    def __init__(self, cluster):
        self.cluster = cluster

    def query(self, sql):
        return self.cluster.run("city", sql)

    @staticmethod
    def id(table, number):
        # UUIDv7 in the order of creation, as the program makes them.
        return f"0176c3e0-{table:04x}-7000-8000-{number:012x}"

    def load(self, table, columns, rows):
        # What is written is consistent: no foreign key is looked up row by row.
        process = self.cluster.psql("city", "SET session_replication_role = replica",
                                    f"COPY {table} ({', '.join(columns)}) FROM STDIN", stdin=subprocess.PIPE)
        write = process.stdin.write
        for row in rows:
            write("\t".join(["\\N" if value is None else str(value) for value in row]) + "\n")
        process.stdin.close()
        if process.wait() != 0:
            raise SystemExit(f"{table} was not loaded")

    def finish(self):
        # As autovacuum does on a server that runs for longer.
        self.cluster.run("city", "VACUUM ANALYZE")


class Sqlite:
    """Writes rows by INSERT, identifiers as the program stores them: 16 bytes."""

    def __init__(self, file):
        self.connection = sqlite3.connect(file)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -1000000"):
            self.connection.execute(f"PRAGMA {pragma}")

    def query(self, sql):
        return self.connection.execute(sql).fetchall()

    @staticmethod
    def id(table, number):
        return bytes.fromhex(f"0176c3e0{table:04x}70008000{number:012x}")

    def load(self, table, columns, rows):
        places = ", ".join("?" * len(columns))
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        self.connection.commit()

    def finish(self):
        self.connection.commit()
        # Nothing analyses the database in production either.
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.close()


Form = collections.namedtuple("Form", "id month ward unit place revision kind accepted")


class City:
    """The rows of every table, made from what the program has loaded."""

    def __init__(self, store, wards):
        self.store, self.wards = store, wards
        (self.programme, self.base), = store.query("SELECT id, revision FROM programme")
        self.base = int(self.base)
        self.people = dict(store.query("SELECT username, id FROM person"))
        self.organisations = dict(store.query("SELECT code, id FROM organisation"))
        under = collections.defaultdict(list)
        parents = "SELECT p.code, o.code FROM organisation o JOIN organisation p ON p.id = o.parent_id ORDER BY o.code"
        for parent, code in store.query(parents):
            under[parent].append(code)
        self.units = [[self.organisations[unit] for unit in under[ward]] for ward in ward_codes(wards)]
        self.ward_ids = [self.organisations[ward] for ward in ward_codes(wards)]
        self.lines = [line_of(kind) for kind in range(KINDS)]
        self.online = [version_of(number)["online_provided"] for number in range(PROCEDURES)]
        self.sums = [self._sums(kind) for kind in range(KINDS)]
        self.forms = list(self._forms())
        self._read_indicators()

    def _sums(self, first):
        """The measures of a form whose first line is of a kind."""
        lines = [self.lines[(first + number) % KINDS] for number in range(PROCEDURES)]
        online = [line for line, provided in zip(lines, self.online) if provided]
        sums = [sum(column) for column in zip(*lines)]
        return sums + [sum(sum(line[:3]) for line in online), sum(line[0] for line in online)]

    def _forms(self):
        """All forms in the order of their acceptance, each with its revision; the register has the first."""
        number = 0
        for month in range(MONTHS):
            end = datetime.datetime.fromisoformat(around(month)[0][0].end + "T02:00:00+00:00")
            first = end + datetime.timedelta(days=6)
            for ward, units in enumerate(self.units):
                for place, unit in enumerate(units):
                    at = first + datetime.timedelta(seconds=20 * (ward * len(units) + place))
                    kind = (ward * 31 + place * 17 + month) % KINDS
                    yield Form(self.store.id(3, number), month, ward, unit, place, self.base + 2 + number, kind,
                               at.isoformat())
                    number += 1

    def _read_indicators(self):
        """The indicators that rest on dossier statistics, their terms by the measure's place, and those of the
        register, their two sums in a unit."""
        self.additivity = dict(self.store.query("SELECT code, additivity FROM measure"))
        terms = collections.defaultdict(lambda: {"NUMERATOR": [], "DENOMINATOR": []})
        for indicator, side, measure, coefficient in self.store.query(
                "SELECT indicator_code, side, measure_code, coefficient FROM indicator_term"):
            terms[indicator][side].append((measure, int(coefficient)))
        places = {measure: place for place, measure in enumerate(MEASURES)}
        register = register_sums()
        self.of_forms, self.of_register = [], []
        for indicator, sides in sorted(terms.items()):
            used = {measure for side in sides.values() for measure, _ in side}
            if used <= places.keys():
                self.of_forms.append((indicator, *([(places[measure], times) for measure, times in sides[side]]
                                                   for side in ("NUMERATOR", "DENOMINATOR"))))
            elif used <= register.keys():
                self.of_register.append((indicator, *(sum(register[measure] * times for measure, times in sides[side])
                                                      for side in ("NUMERATOR", "DENOMINATOR"))))

    def procedures(self):
        """Procedures with their identifiers: unit by unit, 30 of each."""
        for place, unit in enumerate(unit for units in self.units for unit in units):
            for number in range(PROCEDURES):
                yield place * PROCEDURES + number, number, unit

    def procedure_rows(self):
        for index, _, unit in self.procedures():
            yield (self.store.id(1, index), self.programme, unit, f"1.{100000 + index}", False, 1,
                   ENTERED, ENTERED)

    def version_rows(self):
        for index, number, _ in self.procedures():
            yield (self.store.id(2, index), self.store.id(1, index), "NEW", REGISTERED, REGISTERED, "0001-01-01",
                   "9999-12-31", f"Thủ tục hành chính số {index + 1}", f"thu tuc hanh chinh so {index + 1}", "HOTICH",
                   "Hộ tịch", "OTHER", "COMMUNE", "CITIZEN", "WORKING_DAY", "WORKING_DAY", "[]", "[]", ENTERED,
                   ENTERED, *version_of(number).values())

    def revision_rows(self):
        yield self.programme, self.base + 1, ENTERED, "IMPORT_PROCEDURES", None
        for form in self.forms:
            yield self.programme, form.revision, form.accepted, "ACCEPT_FORM", form.id

    def submission_rows(self):
        officer, head, standing = (self.people[name] for name in ("city.officer", "city.head", "city.standing"))
        for form in self.forms:
            month = around(form.month)[0][0]
            yield (form.id, self.programme, form.unit, "DOSSIER_STATISTICS", "ND09", month.kind, month.code,
                   month.start, month.end, 1, 3, "ACCEPTED", officer, head, form.accepted, standing, form.accepted,
                   form.accepted, form.accepted)

    def author_rows(self):
        for form in self.forms:
            yield form.id, self.people["city.officer"], False
            yield form.id, self.people["city.standing"], True

    def event_rows(self):
        steps = (("SAVE_FORM", None, "DRAFT", "city.officer"), ("SUBMIT_FORM", "DRAFT", "SUBMITTED", "city.head"),
                 ("ACCEPT_FORM", "SUBMITTED", "ACCEPTED", "city.standing"))
        number = 0
        for form in self.forms:
            for action, before, after, who in steps:
                yield (self.store.id(4, number), form.id, action, before, after, self.people[who], ACCOUNTS[who],
                       form.accepted)
                number += 1

    def line_rows(self):
        procedures = [self.store.id(1, index) for index, _, _ in self.procedures()]
        for form in self.forms:
            end = around(form.month)[0][0].end
            first = (form.ward * len(self.units[0]) + form.place) * PROCEDURES
            for number in range(PROCEDURES):
                yield (form.id, procedures[first + number], number + 1, end, self.online[number],
                       *self.lines[(form.kind + number) % KINDS])

    def value_rows(self):
        number = 0
        for units in self.units:
            for unit in units:
                for measure, value in register_sums().items():
                    yield (self.store.id(5, number), self.programme, unit, measure, "CALENDAR", "DAY", REGISTERED,
                           REGISTERED, REGISTERED, value, "REGISTER", None, self.base + 1, ENTERED)
                    number += 1
        for form in self.forms:
            month = around(form.month)[0][0]
            for measure, value in zip(MEASURES, self.sums[form.kind]):
                yield (self.store.id(5, number), self.programme, form.unit, measure, "ND09", month.kind, month.code,
                       month.start, month.end, value, "SUBMISSION", form.id, form.revision, form.accepted)
                number += 1

    def observation_rows(self):
        for number, row in enumerate(self._observations()):
            yield self.store.id(6, number), self.programme, *row

    def _observations(self):
        yield from self._register_observations()
        per_month = len(self.forms) // MONTHS
        unit_count = len(self.units[0])
        known = [collections.defaultdict(dict) for _ in range(3)]
        ward_sums, city_sums = [0] * len(MEASURES), [0] * len(MEASURES)
        for form in self.forms:
            sums = self.sums[form.kind]
            yield from self._grow(form, form.unit, known[0][form.unit], sums, 0, 0)
            ward_sums = [one + other for one, other in zip(ward_sums, sums)]
            if form.place != unit_count - 1:
                continue
            ward = self.ward_ids[form.ward]
            yield from self._grow(form, ward, known[1][ward], ward_sums, unit_count, per_month)
            city_sums = [one + other for one, other in zip(city_sums, ward_sums)]
            ward_sums = [0] * len(MEASURES)
            if form.ward == self.wards - 1:
                city = self.organisations[CITY]
                yield from self._grow(form, city, known[2][city], city_sums, per_month, per_month)
                city_sums = [0] * len(MEASURES)

    def _grow(self, form, organisation, known, sums, units, next_revision):
        """The figures that an organisation's sums of a month make: of periods that are complete with it; and where
        it is said how many revisions later the next month comes, those of the others, which that one supersedes."""
        for one, over in around(form.month):
            if over == 1:
                known[one.kind] = sums
            else:
                known[one.kind] = [COMBINED[self.additivity[measure]](before, now)
                                   for measure, before, now in zip(MEASURES, known[one.kind], sums)]
            complete = over == one.months
            if not complete and not next_revision:
                continue
            superseded = None if complete else form.revision + next_revision
            lacking = missing(one.months, over) * units
            values = known[one.kind]
            for indicator, numerator, denominator in self.of_forms:
                yield (indicator, organisation, "ND09", one.kind, one.code, one.start, one.end,
                       sum(values[place] * times for place, times in numerator),
                       sum(values[place] * times for place, times in denominator), lacking, form.revision, superseded,
                       form.accepted)

    def _register_observations(self):
        """The register's figures: of the programme's years and the one before, as the program keeps them."""
        owners = [(unit, 1) for units in self.units for unit in units]
        owners += [(ward, len(self.units[0])) for ward in self.ward_ids]
        owners.append((self.organisations[CITY], len(self.units[0]) * self.wards))
        for year in range(2025, 2031):
            for _, one in longer_periods(year):
                for organisation, units in owners:
                    for indicator, numerator, denominator in self.of_register:
                        yield (indicator, organisation, "ND09", one.kind, one.code, one.start, one.end,
                               numerator * units, denominator * units, 0, self.base + 1, None, ENTERED)

    def load(self):
        """Writes every table; says how many rows and how long it took."""
        for table, columns, rows in (
                ("programme_revision", "programme_id revision recorded_at cause source_id", self.revision_rows()),
                ("procedure", "id programme_id organisation_id code internal version created_at updated_at",
                 self.procedure_rows()),
                ("procedure_version", "id procedure_id change_kind announced_on effective_from shown_from shown_to "
                 "name search_name field_code field_name field_group level audience statutory_limit_unit "
                 "committed_limit_unit fees components created_at updated_at " + " ".join(version_of(0)),
                 self.version_rows()),
                ("submission", "id programme_id organisation_id form calendar period_kind period_code period_start "
                 "period_end edition version state drafted_by submitted_by submitted_at decided_by decided_at "
                 "created_at updated_at", self.submission_rows()),
                ("submission_author", "submission_id person_id appraiser", self.author_rows()),
                ("submission_event", "id submission_id action from_state to_state actor_id actor_role at",
                 self.event_rows()),
                ("dossier_statistics_line", "submission_id procedure_id line period_end online_procedure "
                 + " ".join(COUNTERS), self.line_rows()),
                ("measure_value", "id programme_id organisation_id measure_code calendar period_kind period_code "
                 "period_start period_end value source_kind source_id revision recorded_at", self.value_rows()),
                ("indicator_observation", "id programme_id indicator_code organisation_id calendar period_kind "
                 "period_code period_start period_end numerator denominator missing revision superseded_revision "
                 "recorded_at", self.observation_rows())):
            begun, counted = time.perf_counter(), Counted(rows)
            self.store.load(table, columns.split(), counted)
            print(f"  {table}: {counted.count:,} rows in {time.perf_counter() - begun:.0f} s", flush=True)
        self.store.query(f"UPDATE programme SET revision = {self.forms[-1].revision}")
        self.store.finish()


# The day since which the procedures are in force, and when they were entered.
REGISTERED, ENTERED = "2010-01-01", "2021-01-01T00:00:00+00:00"
# How a month's sum is added to those of the months before it (domain facts 13.10).
COMBINED = {"FLOW": lambda before, now: before + now, "STOCK": lambda before, now: now,
            "OPENING": lambda before, now: before}


class Counted:
    """Rows that are counted as they go by."""

    def __init__(self, rows):
        self.rows, self.count = rows, 0

    def __iter__(self):
        for row in self.rows:
            self.count += 1
            yield row


def ward_codes(wards):
    return [FIRST_WARD] + [f"P{number:03}" for number in range(2, wards + 1)]


def write_reference(folder, wards):
    """The reference data of An Biên with the city itself as the top of the programme, and with more wards like it."""
    shutil.copytree(ROOT / "data/reference/an-bien", folder, dirs_exist_ok=True)
    file = folder / "organisations.toml"
    text = file.read_text(encoding="utf-8").replace("above_programme = true\n", "")
    entries = tomllib.loads(text)["organisation"]
    ward = next(entry for entry in entries if entry["code"] == FIRST_WARD)
    units = [entry for entry in entries if entry.get("parent") == FIRST_WARD]
    for number, code in enumerate(ward_codes(wards)[1:], 2):
        for entry in [ward, *units]:
            name_vi = entry["name_vi"].replace("An Biên", f"số {number}")
            name_en = entry["name_en"].replace("An Biên", f"No. {number}")
            own = code if entry is ward else f"{code}-{entry['code']}"
            text += (f'\n[[organisation]]\ncode = "{own}"\nkind = "{entry["kind"]}"\n'
                     f'parent = "{CITY if entry is ward else code}"\nname_vi = "{name_vi}"\nname_en = "{name_en}"\n'
                     f'effective_from = "{entry["effective_from"]}"\n')
    file.write_text(text, encoding="utf-8")


def settings(data, url, reference="reference"):
    """What the program must be told to work on a database of the folder. It starts with the reference data of one
    ward, as it does elsewhere: loading deletes nothing, and those of all wards would be read at each start."""
    return ["--data-dir", data / "program", "--database-url", url, "--reference-data", data / reference]


def generate(program, data, engine, scale):
    """Makes the data of one engine in a folder; answers how many wards there are. What is there is left alone."""
    done = data / f"{engine}.json"
    if done.exists():
        return json.loads(done.read_text(encoding="utf-8"))["wards"]
    wards = max(2, round(WARDS * scale))
    print(f"{engine}: {wards} wards", flush=True)
    write_reference(data / "reference", 1)
    write_reference(data / "reference-city", wards)
    with contextlib.ExitStack() as stack:
        if engine == "postgres":
            cluster = stack.enter_context(Cluster(data / "postgres"))
            cluster.run("postgres", "DROP DATABASE IF EXISTS city",
                        "CREATE DATABASE city TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            url = cluster.url("city")
        else:
            for file in data.glob("city.db*"):
                file.unlink()
            url = f"sqlite://{data}/city.db?mode=rwc"
        for name, role in ACCOUNTS.items():
            for command in (["add", name, "--display-name", name], ["grant", name, role, CITY, "--from", "2025-07-01"]):
                subprocess.run([program, *settings(data, url, "reference-city"), "--log", "warn", "user", *command],
                               check=True, input=PASSWORD + "\n", text=True, stdout=subprocess.DEVNULL)
        City(Postgres(cluster) if engine == "postgres" else Sqlite(data / "city.db"), wards).load()
    done.write_text(json.dumps({"wards": wards}), encoding="utf-8")
    return wards


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="a release build of reform-api")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder; made when it is missing")
    parser.add_argument("--engine", choices=["postgres", "sqlite", "both"], default="postgres")
    parser.add_argument("--scale", type=float, default=1, help="the share of the 114 wards, two at the least")
    arguments = parser.parse_args()
    data = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    for engine in ["postgres", "sqlite"] if arguments.engine == "both" else [arguments.engine]:
        begun = time.perf_counter()
        generate(arguments.program.resolve(), data, engine, arguments.scale)
        print(f"{engine}: ready after {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
