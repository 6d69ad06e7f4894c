#!/usr/bin/env python3
"""Tests of bench/gate.py through its command line; benchmark binaries are small scripts."""

import contextlib
import importlib.util
import io
import json
import pathlib
import tempfile
import textwrap
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
SPEC = importlib.util.spec_from_file_location("gate", BENCH / "gate.py")
gate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(gate)


def budget(**fields):
    return {"name": "counter", "benchmark": "counter/vitals", "value": "ns_per_call", "unit": "ns",
            "comparison": "max", "goal": 1.0, "limit": 1.5, "text": "Why it matters.", **fields}


def runs(name, values, counter="ns_per_call", **fields):
    """One entry for each repetition, and an aggregate that the gate must not look at."""
    entries = [{"name": name, "run_name": name, "run_type": "iteration", "repetition_index": index,
                "real_time": value, "time_unit": "ns", counter: value, **fields}
               for index, value in enumerate(values)]
    return entries + [{"name": name + "_median", "run_name": name, "run_type": "aggregate", counter: 1e9}]


# Stands in for a benchmark binary: its repetitions are slow in the runs that SLOW_RUNS counts, and
# each run leaves its arguments in a log.
FAKE_BINARY = """\
    #!/usr/bin/env python3
    import json, pathlib, sys
    log = pathlib.Path(__file__).with_suffix(".log")
    earlier = log.read_text().splitlines() if log.exists() else []
    log.write_text("\\n".join(earlier + [" ".join(sys.argv[1:])]))
    value = 9.0 if len(earlier) < SLOW_RUNS else 1.0
    out = [a.split("=", 1)[1] for a in sys.argv if a.startswith("--benchmark_out=")][0]
    json.dump({"benchmarks": [{"name": "counter/vitals/real_time/threads:2", "run_type": "iteration",
                               "ns_per_call": value}]}, open(out, "w"))
    sys.exit(EXIT_CODE)
"""


class GateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def run_gate(self, *arguments):
        """Exit code and everything printed."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                code = gate.main(list(arguments))
            except SystemExit as end:
                code = end.code
        return code, output.getvalue()

    def judge(self, budgets, entries):
        return self.run_gate("--budgets", self.write("budgets.json", {"budgets": budgets}),
                             self.write("result.json", {"benchmarks": entries}))

    def assert_judged(self, expected_code, expected_text, budgets, entries):
        code, output = self.judge(budgets, entries)
        self.assertEqual(code, expected_code, output)
        self.assertIn(expected_text, output)

    def assert_unusable(self, expected_text, budgets):
        code, output = self.run_gate("--budgets", self.write("budgets.json", budgets),
                                     self.write("result.json", {"benchmarks": []}))
        self.assertEqual(code, 2, output)
        self.assertIn(expected_text, output)

    def fake_binary(self, slow_runs=0, exit_code=0):
        text = textwrap.dedent(FAKE_BINARY)
        path = self.folder / "fake_benchmark"
        path.write_text(text.replace("SLOW_RUNS", str(slow_runs)).replace("EXIT_CODE", str(exit_code)))
        path.chmod(0o755)
        return path

    def run_binary(self, binary, **fields):
        budgets = {"budgets": [budget(benchmark="counter/vitals/threads:2", **fields)]}
        return self.run_gate("--budgets", self.write("budgets.json", budgets),
                             "--results", str(self.folder / "results"), "--run", str(binary))

    # Verdicts

    def test_at_goal_and_within_limit_pass(self):
        self.assert_judged(0, "1 at their goal", [budget()], runs("counter/vitals", [0.8]))
        self.assert_judged(0, "1 within their limit", [budget()], runs("counter/vitals", [1.2]))
        self.assert_judged(0, "1 within their limit", [budget()], runs("counter/vitals", [1.5]))

    def test_beyond_limit_fails_and_says_why_it_matters(self):
        self.assert_judged(1, "FAIL counter: 1.51 ns is beyond the limit. Why it matters.",
                           [budget()], runs("counter/vitals", [1.51]))

    def test_larger_is_better(self):
        floor = budget(comparison="min", goal=15, limit=10)
        self.assert_judged(0, "1 at their goal", [floor], runs("counter/vitals", [15]))
        self.assert_judged(0, "1 within their limit", [floor], runs("counter/vitals", [10]))
        self.assert_judged(1, "beyond the limit", [floor], runs("counter/vitals", [9.9]))

    def test_one_failure_fails_all(self):
        budgets = [budget(), budget(name="slow", limit=1.1, goal=1.1)]
        code, output = self.judge(budgets, runs("counter/vitals", [1.2]))
        self.assertEqual(code, 1)
        self.assertIn("1 within their limit, 1 failed", output)

    def test_a_goal_of_zero_can_fail(self):
        nothing = budget(value="allocations", unit="", goal=0, limit=0) | {"unit": "calls"}
        self.assert_judged(0, "at goal", [nothing], runs("counter/vitals", [0], "allocations"))
        self.assert_judged(1, "3 off", [nothing], runs("counter/vitals", [3], "allocations"))

    # Values

    def test_median_over_repetitions_ignores_a_noisy_one(self):
        self.assert_judged(0, "1 ns", [budget()], runs("counter/vitals", [1.0, 50.0, 0.9, 1.0, 1.1]))
        self.assert_judged(1, "FAIL", [budget()], runs("counter/vitals", [1.0, 50.0, 60.0]))

    def test_ratio_divides_medians_of_one_run(self):
        ratio = budget(ratio_to="counter/peer", unit="x", comparison="min", goal=25, limit=16)
        twice = runs("counter/vitals", [50, 52, 900]) + runs("counter/peer", [2, 2, 2])
        self.assert_judged(0, "26.0 x", [ratio], twice)
        self.assert_judged(1, "FAIL", [ratio], runs("counter/vitals", [30]) + runs("counter/peer", [2]))

    def test_times_are_converted(self):
        page = budget(value="real_time", unit="ms", goal=1, limit=1.5)
        self.assert_judged(0, "1.2 ms", [page], runs("counter/vitals", [1200], time_unit="us"))
        self.assert_judged(1, "1.6 ms", [page], runs("counter/vitals", [1600], time_unit="us"))

    def test_table_shows_distance_and_peer(self):
        compared = budget(peer="counter/peer")
        _, output = self.judge([compared], runs("counter/vitals", [1.25]) + runs("counter/peer", [5]))
        row = next(line for line in output.splitlines() if line.startswith("counter"))
        self.assertEqual(row.split(), ["counter", "1.25", "ns", "<=", "1", "<=", "1.5", "25%", "short", "4x",
                                       "limit"])
        faster = budget(peer="counter/peer", comparison="min", goal=4, limit=2)
        _, output = self.judge([faster], runs("counter/vitals", [6]) + runs("counter/peer", [2]))
        self.assertIn("50% better", output)
        self.assertIn("3x", output)

    def test_parts_that_google_benchmark_adds_to_names_do_not_matter(self):
        self.assert_judged(0, "at their goal", [budget(benchmark="counter/vitals/threads:2")],
                           runs("counter/vitals/iterations:1/real_time/threads:2", [1]))

    # Budgets without a value

    def test_missing_result_fails(self):
        self.assert_judged(1, "no result of counter/vitals", [budget()], runs("counter/other", [1]))

    def test_missing_counter_fails(self):
        self.assert_judged(1, "reports no ns_per_call", [budget()], runs("counter/vitals", [1], "other"))

    def test_missing_twin_fails(self):
        for field in ("ratio_to", "peer"):
            self.assert_judged(1, "no result of counter/peer", [budget(**{field: "counter/peer"})],
                               runs("counter/vitals", [1]))

    def test_failed_benchmark_fails(self):
        failed = runs("counter/vitals", [1], error_occurred=True, error_message="no port")
        self.assert_judged(1, "counter/vitals failed: no port", [budget()], failed)

    def test_value_that_is_no_number_fails(self):
        self.assert_judged(1, "reports no ns_per_call", [budget()], runs("counter/vitals", [float("nan")]))

    def test_ratio_to_zero_fails(self):
        self.assert_judged(1, "counter/peer is 0", [budget(ratio_to="counter/peer")],
                           runs("counter/vitals", [1]) + runs("counter/peer", [0]))

    # Files that cannot be used

    def test_malformed_budgets(self):
        self.assert_unusable("is not JSON", "{")
        self.assert_unusable('needs a list "budgets"', [])
        self.assert_unusable('needs a list "budgets"', {"budgets": []})
        self.assert_unusable("a budget is an object", {"budgets": [1]})
        self.assert_unusable("unknown field 'gaol'", {"budgets": [budget(gaol=1)]})
        self.assert_unusable("limit must be a number", {"budgets": [budget(limit="1.5")]})
        self.assert_unusable("limit must be a number", {"budgets": [budget(limit=float("inf"))]})
        self.assert_unusable("benchmark must be a text", {"budgets": [budget(benchmark="")]})
        self.assert_unusable("comparison must be max or min", {"budgets": [budget(comparison="<")]})
        self.assert_unusable("the limit 0.5 is stricter than the goal 1", {"budgets": [budget(limit=0.5)]})
        self.assert_unusable("two budgets have the name 'counter'", {"budgets": [budget(), budget()]})
        self.assert_unusable("the unit of a time must be one of",
                             {"budgets": [budget(value="real_time", unit="sec")]})
        without_goal = budget()
        del without_goal["goal"]
        self.assert_unusable("the field 'goal' is missing", {"budgets": [without_goal]})

    def test_malformed_results(self):
        budgets = self.write("budgets.json", {"budgets": [budget()]})
        for content, expected in (("{", "is not JSON"), ("[]", 'it has no list "benchmarks"'),
                                  ('{"benchmarks": [{}]}', "benchmark 1 has no name")):
            code, output = self.run_gate("--budgets", budgets, self.write("result.json", content))
            self.assertEqual(code, 2, output)
            self.assertIn(expected, output)

    def test_missing_files(self):
        for arguments in (["--budgets", "/nowhere/b.json", "/nowhere/r.json"],
                          ["--budgets", self.write("budgets.json", {"budgets": [budget()]}), "/nowhere/r.json"]):
            code, output = self.run_gate(*arguments)
            self.assertEqual(code, 2, output)
            self.assertIn("cannot be read", output)

    def test_needs_results_or_binaries(self):
        self.assertEqual(self.run_gate("--budgets", "b.json")[0], 2)
        self.assertEqual(self.run_gate("--budgets", "b.json", "--run", "binary")[0], 2)

    # Running

    def test_runs_binaries_and_keeps_results(self):
        binary = self.fake_binary()
        code, output = self.run_binary(binary)
        self.assertEqual(code, 0, output)
        self.assertTrue((self.folder / "results" / "fake_benchmark.json").exists())
        self.assertEqual(len(binary.with_suffix(".log").read_text().splitlines()), 1)

    def test_a_failure_is_measured_again_before_it_counts(self):
        binary = self.fake_binary(slow_runs=2)
        code, output = self.run_binary(binary)
        self.assertEqual(code, 0, output)
        log = binary.with_suffix(".log").read_text().splitlines()
        self.assertEqual(len(log), 3)
        self.assertNotIn("--benchmark_filter", log[0])
        self.assertIn("--benchmark_filter=^(counter/vitals/real_time/threads:2)$", log[1])

    def test_a_failure_that_stays_counts(self):
        binary = self.fake_binary(slow_runs=99)
        code, output = self.run_binary(binary)
        self.assertEqual(code, 1, output)
        self.assertEqual(len(binary.with_suffix(".log").read_text().splitlines()), 3)

    def test_a_binary_that_fails(self):
        code, output = self.run_binary(self.fake_binary(exit_code=3))
        self.assertEqual(code, 2)
        self.assertIn("exit code 3", output)

    def test_a_binary_that_is_not_there(self):
        code, output = self.run_binary(self.folder / "nothing")
        self.assertEqual(code, 2)
        self.assertIn("cannot be run", output)


class RepositoryBudgetsTest(unittest.TestCase):
    def test_budgets_of_the_repository_are_well_formed(self):
        self.assertGreater(len(gate.load_budgets(BENCH / "budgets.json")), 0)


if __name__ == "__main__":
    unittest.main()
