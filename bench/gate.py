#!/usr/bin/env python3
"""Holds benchmark results against budgets.

    gate.py --budgets budgets.json RESULT.json...
    gate.py --budgets budgets.json --results DIR --run BINARY...

Results are what Google Benchmark writes with --benchmark_out_format=json; a budget is held against the
median of all repetitions. With --run the gate runs the binaries itself, keeps their results in DIR and
measures whatever is beyond its limit again before that counts.

Exits with 0 when every budget is kept, with 1 when a value is beyond its limit or a budget has no value,
with 2 when a file or a binary cannot be used.

A budget is an object with these fields; see docs/guide/benchmarks.md:

    name        what is measured, for people; unique
    benchmark   name of the benchmark, without the parts that Google Benchmark adds (real_time, ...)
    value       the counter to look at, or real_time or cpu_time
    ratio_to    optional: divides the value by the same value of this benchmark
    peer        optional: the benchmark of a peer, for the table's column "against peer"
    unit        unit of goal and limit: ns, us, ms, s for times, else any word
    comparison  max (smaller is better) or min (larger is better)
    goal        what should be reached
    limit       what fails the gate
    text        what the budget protects
"""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

TIME_UNITS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
TIMES = ("real_time", "cpu_time")
REQUIRED = ("name", "benchmark", "value", "unit", "comparison", "goal", "limit", "text")
OPTIONAL = ("ratio_to", "peer")

# What Google Benchmark adds to a name for how it was run, but for the number of threads.
RUN_DETAIL = re.compile(r"/(real_time|manual_time|process_time|iterations:\d+|repeats:\d+"
                        r"|min_time:[\d.]+s?|min_warmup_time:[\d.]+s?)(?=/|$)")


class GateError(Exception):
    """A file or a binary that cannot be used."""


class NoValue(Exception):
    """A budget asks for what no result has."""


@dataclasses.dataclass(frozen=True)
class Budget:
    name: str
    benchmark: str
    value: str
    unit: str
    comparison: str
    goal: float
    limit: float
    text: str
    ratio_to: str = ""
    peer: str = ""

    def reaches(self, value, bound):
        return value <= bound if self.comparison == "max" else value >= bound

    def benchmarks(self):
        return [name for name in (self.benchmark, self.ratio_to, self.peer) if name]


@dataclasses.dataclass(frozen=True)
class Verdict:
    budget: Budget
    value: float = math.nan
    peer_ratio: float = math.nan  # how many times better than the peer
    reason: str = ""              # why there is no value

    def passed(self):
        return not self.reason and self.budget.reaches(self.value, self.budget.limit)

    def reached_goal(self):
        return not self.reason and self.budget.reaches(self.value, self.budget.goal)


def load_json(path):
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise GateError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise GateError(f"{path}: is not JSON: {error}") from error


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def parse_budget(where, fields):
    if not isinstance(fields, dict):
        raise GateError(f"{where}: a budget is an object")
    where = f"{where} ({fields.get('name', 'without a name')})"
    unknown = sorted(set(fields) - set(REQUIRED) - set(OPTIONAL))
    if unknown:
        raise GateError(f"{where}: unknown field {unknown[0]!r}; known are {', '.join(REQUIRED + OPTIONAL)}")
    for field in REQUIRED:
        if field not in fields:
            raise GateError(f"{where}: the field {field!r} is missing")
    for field, value in fields.items():
        if field in ("goal", "limit"):
            if not is_number(value):
                raise GateError(f"{where}: {field} must be a number, not {value!r}")
        elif not isinstance(value, str) or not value:
            raise GateError(f"{where}: {field} must be a text that is not empty, not {value!r}")
    budget = Budget(**fields)
    if budget.comparison not in ("max", "min"):
        raise GateError(f"{where}: comparison must be max or min, not {budget.comparison!r}")
    if budget.value in TIMES and not budget.ratio_to and budget.unit not in TIME_UNITS:
        raise GateError(f"{where}: the unit of a time must be one of {', '.join(TIME_UNITS)}, not {budget.unit!r}")
    if not budget.reaches(budget.goal, budget.limit):
        raise GateError(f"{where}: the limit {budget.limit:g} is stricter than the goal {budget.goal:g}")
    return budget


def load_budgets(path):
    document = load_json(path)
    entries = document.get("budgets") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise GateError(f'{path}: needs a list "budgets" that is not empty')
    budgets = [parse_budget(f"{path}: budget {number}", fields) for number, fields in enumerate(entries, 1)]
    names = [budget.name for budget in budgets]
    for name in names:
        if names.count(name) > 1:
            raise GateError(f"{path}: two budgets have the name {name!r}")
    return budgets


class Results:
    """Repetitions of benchmarks by name. Loading a benchmark again replaces what there was."""

    def __init__(self):
        self._runs = {}     # name -> entries, one for each repetition
        self._sources = {}  # name -> (whoever ran it, the name it has there)

    def load(self, path, source=None):
        document = load_json(path)
        entries = document.get("benchmarks") if isinstance(document, dict) else None
        if not isinstance(entries, list):
            raise GateError(f'{path}: is not a result of Google Benchmark: it has no list "benchmarks"')
        runs = {}
        for number, entry in enumerate(entries, 1):
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                raise GateError(f"{path}: benchmark {number} has no name")
            if entry.get("run_type", "iteration") != "iteration":
                continue
            raw_name = entry.get("run_name", entry["name"])
            name = RUN_DETAIL.sub("", raw_name)
            runs.setdefault(name, []).append(entry)
            self._sources[name] = (source, raw_name)
        self._runs.update(runs)

    def source(self, name):
        return self._sources.get(name)

    def median(self, name, value, unit="ns"):
        """Median over the repetitions; times in `unit`."""
        if name not in self._runs:
            raise NoValue(f"no result of {name}")
        return statistics.median(self._number(name, entry, value, unit) for entry in self._runs[name])

    @staticmethod
    def _number(name, entry, value, unit):
        if entry.get("error_occurred"):
            raise NoValue(f"{name} failed: {entry.get('error_message', 'no message')}")
        number = entry.get(value)
        if not is_number(number):
            raise NoValue(f"{name} reports no {value}")
        if value in TIMES:
            time_unit = entry.get("time_unit", "ns")
            if time_unit not in TIME_UNITS:
                raise NoValue(f"{name} has the unknown time unit {time_unit!r}")
            number *= TIME_UNITS[time_unit] / TIME_UNITS[unit]
        return number


def divide(dividend, divisor, divisor_name):
    if divisor == 0:
        raise NoValue(f"{divisor_name} is 0: no ratio")
    return dividend / divisor


def evaluate(budget, results):
    try:
        if budget.ratio_to:
            value = divide(results.median(budget.benchmark, budget.value),
                           results.median(budget.ratio_to, budget.value), budget.ratio_to)
            return Verdict(budget, value)
        unit = budget.unit if budget.value in TIMES else "ns"
        value = results.median(budget.benchmark, budget.value, unit)
        if not budget.peer:
            return Verdict(budget, value)
        peer = results.median(budget.peer, budget.value, unit)
    except NoValue as error:
        return Verdict(budget, reason=str(error))
    better, worse = (value, peer) if budget.comparison == "max" else (peer, value)
    return Verdict(budget, value, worse / better if better else math.inf)


def text_of(number):
    if number == 0 or number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}" if number < 10 else f"{number:.1f}"


def distance_text(verdict):
    """How far a value is from its goal, on which side."""
    budget = verdict.budget
    if verdict.reason:
        return "-"
    if verdict.value == budget.goal:
        return "at goal"
    if budget.goal == 0:
        return f"{text_of(abs(verdict.value))} off"
    share = abs(verdict.value - budget.goal) / abs(budget.goal)
    return f"{share:.0%} {'better' if verdict.reached_goal() else 'short'}"


def verdict_text(verdict):
    if verdict.reason:
        return "FAIL: no value"
    if not verdict.passed():
        return "FAIL"
    return "goal" if verdict.reached_goal() else "limit"


def format_table(verdicts):
    rows = [("measurement", "value", "goal", "limit", "to goal", "against peer", "verdict")]
    for verdict in verdicts:
        budget = verdict.budget
        sign = "<=" if budget.comparison == "max" else ">="
        rows.append((
            budget.name,
            "-" if verdict.reason else f"{text_of(verdict.value)} {budget.unit}",
            f"{sign} {text_of(budget.goal)}",
            f"{sign} {text_of(budget.limit)}",
            distance_text(verdict),
            "-" if math.isnan(verdict.peer_ratio) else f"{text_of(verdict.peer_ratio)}x",
            verdict_text(verdict),
        ))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1])]
        lines.append("  ".join(cells + [row[-1]]).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def format_summary(verdicts):
    lines = []
    for verdict in verdicts:
        if not verdict.passed():
            reason = verdict.reason or f"{text_of(verdict.value)} {verdict.budget.unit} is beyond the limit"
            lines.append(f"FAIL {verdict.budget.name}: {reason}. {verdict.budget.text}")
    failed = len(lines)
    goals = sum(verdict.reached_goal() for verdict in verdicts)
    lines.append(f"{len(verdicts)} budgets: {goals} at their goal, {len(verdicts) - goals - failed} within their "
                 f"limit, {failed} failed")
    return "\n".join(lines)


def run_binary(binary, output, arguments):
    """Runs one benchmark binary, repetitions of different benchmarks mixed, so that a slow moment of
    the machine meets all twins alike."""
    started = time.monotonic()
    command = [str(binary), f"--benchmark_out={output}", "--benchmark_out_format=json",
               "--benchmark_enable_random_interleaving=true", *arguments]
    output.unlink(missing_ok=True)
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError as error:
        raise GateError(f"{binary}: cannot be run: {error.strerror}") from error
    if done.returncode != 0 or not output.exists():
        raise GateError(f"{binary}: exit code {done.returncode}\n" + "\n".join(done.stdout.splitlines()[-10:]))
    print(f"{output.name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def note_if_busy():
    """Others that use the CPUs make every time longer, and threads run one after the other."""
    load, cpus = os.getloadavg()[0], os.cpu_count()
    if load > cpus / 2:
        print(f"note: the load average is {load:.1f} on {cpus} CPUs; on a busy machine times do not tell much",
              file=sys.stderr, flush=True)


def exact_filter(names):
    return "^(" + "|".join(re.escape(name) for name in names) + ")$"


def measure(binaries, budgets, options):
    """Runs everything, then what failed again, each time judging anew what had failed."""
    options.results.mkdir(parents=True, exist_ok=True)
    note_if_busy()
    arguments = [f"--benchmark_repetitions={options.repetitions}", f"--benchmark_min_time={options.min_time}"]
    results = Results()
    for binary in binaries:
        output = options.results / f"{binary.name}.json"
        run_binary(binary, output, arguments)
        results.load(output, source=binary)
    verdicts = [evaluate(budget, results) for budget in budgets]
    for attempt in range(1, options.retries + 1):
        again = {}
        for verdict in verdicts:
            sources = [] if verdict.passed() else map(results.source, verdict.budget.benchmarks())
            for binary, raw_name in filter(None, sources):
                again.setdefault(binary, set()).add(raw_name)
        for binary, raw_names in again.items():
            output = options.results / f"{binary.name}.retry{attempt}.json"
            run_binary(binary, output, [*arguments, f"--benchmark_filter={exact_filter(sorted(raw_names))}"])
            results.load(output, source=binary)
        verdicts = [verdict if verdict.passed() else evaluate(verdict.budget, results) for verdict in verdicts]
    return verdicts


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budgets", type=pathlib.Path, required=True, help="JSON file with the budgets")
    parser.add_argument("files", nargs="*", metavar="RESULT.json", help="results to judge")
    parser.add_argument("--run", nargs="+", type=pathlib.Path, default=[], metavar="BINARY", help="binaries to run")
    parser.add_argument("--results", type=pathlib.Path, metavar="DIR", help="where --run keeps results")
    parser.add_argument("--repetitions", type=int, default=5, help="of every benchmark (default: %(default)s)")
    parser.add_argument("--min-time", type=float, default=0.05, metavar="SECONDS",
                        help="of one repetition (default: %(default)s)")
    parser.add_argument("--retries", type=int, default=2,
                        help="how often a failed budget is measured again (default: %(default)s)")
    options = parser.parse_args(arguments)
    if bool(options.files) == bool(options.run):
        parser.error("give either result files or --run with binaries")
    if options.run and not options.results:
        parser.error("--run needs --results")
    return options


def main(arguments=None):
    options = parse_arguments(arguments)
    try:
        budgets = load_budgets(options.budgets)
        if options.run:
            verdicts = measure(options.run, budgets, options)
        else:
            results = Results()
            for path in options.files:
                results.load(path)
            verdicts = [evaluate(budget, results) for budget in budgets]
    except GateError as error:
        print(f"gate: {error}", file=sys.stderr)
        return 2
    print(format_table(verdicts))
    print()
    print(format_summary(verdicts))
    return 0 if all(verdict.passed() for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
