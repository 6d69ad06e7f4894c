"""Debian's prometheus_client, a parser that others wrote, reads our pages as we mean them.

Its pages are those of print_page, whose path the environment gives in VITALS_PRINT_PAGE.
"""

import math
import os
import subprocess
import unittest

from prometheus_client import parser as text_parser
from prometheus_client.openmetrics import parser as openmetrics_parser

PRINT_PAGE = os.environ["VITALS_PRINT_PAGE"]
STATE = 'a "b"\\\n☃'


def page(text_format):
    return subprocess.run([PRINT_PAGE, text_format], capture_output=True, check=True,
                          timeout=60).stdout.decode()


class Families:
    """What a parser found, by name."""

    def __init__(self, families):
        self._families = {family.name: family for family in families}

    def types(self):
        return {name: family.type for name, family in self._families.items()}

    def __getitem__(self, name):
        return self._families[name]

    def sample(self, family, name, **labels):
        labels["shard"] = "3"
        found = [sample for sample in self[family].samples
                 if sample.name == name and sample.labels == labels]
        if len(found) != 1:
            raise AssertionError(f"{name} {labels}: {len(found)} in {self[family].samples}")
        return found[0]

    def value(self, family, name, **labels):
        return self.sample(family, name, **labels).value


class OpenMetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.families = Families(openmetrics_parser.text_string_to_metric_families(page("openmetrics")))

    def test_families(self):
        self.assertEqual(self.families.types(), {
            "build": "info", "jobs": "counter", "level_celsius": "gauge", "mode": "stateset", "odd": "unknown",
            "old": "unknown", "size_bytes": "summary", "wait_seconds": "histogram"})
        self.assertEqual(self.families["jobs"].documentation, 'Jobs "done", \\ and\nmore.')
        self.assertEqual(self.families["wait_seconds"].unit, "seconds")

    def test_counter_with_exemplar_and_time_of_creation(self):
        total = self.families.sample("jobs", "jobs_total", state=STATE)
        self.assertEqual(total.value, 3)
        self.assertEqual(total.exemplar.labels, {"trace_id": "4bf9"})
        self.assertEqual(total.exemplar.value, 1)
        self.assertEqual(float(total.exemplar.timestamp), 1700000001.25)
        self.assertEqual(self.families.value("jobs", "jobs_created", state=STATE), 1700000000.123)

    def test_values_and_timestamps(self):
        samples = [self.families.sample("level_celsius", "level_celsius", n=str(n)) for n in range(7)]
        self.assertEqual([sample.value for sample in samples[:6]],
                         [0.1, 0, 1e300, 5e-324, math.inf, -math.inf])
        self.assertTrue(math.isnan(samples[6].value))
        self.assertEqual(float(samples[0].timestamp), 1520879607.789)
        self.assertIsNone(samples[2].timestamp)

    def test_histogram(self):
        buckets = [(sample.labels["le"], sample.value, sample.exemplar and sample.exemplar.labels["id"])
                   for sample in self.families["wait_seconds"].samples
                   if sample.name.endswith("_bucket") and sample.labels["q"] == "x"]
        self.assertEqual(buckets, [("0.005", 1, None), ("1.0", 3, "fast"), ("100000.0", 3, None),
                                   ("1e+06", 3, None), ("+Inf", 4, "slow")])
        self.assertEqual(self.families.value("wait_seconds", "wait_seconds_sum", q="x"), 2.5)
        self.assertEqual(self.families.value("wait_seconds", "wait_seconds_created", q="x"), 1700000000)

    def test_summary_info_and_states(self):
        self.assertEqual(self.families.value("size_bytes", "size_bytes", kind="in", quantile="0.5"), 3.25)
        self.assertEqual(self.families.value("size_bytes", "size_bytes_count", kind="in"), 7)
        self.assertEqual(self.families.value("build", "build_info", version="1.2"), 1)
        self.assertEqual(self.families.value("mode", "mode", mode="on"), 1)
        self.assertEqual(self.families.value("mode", "mode", mode="off"), 0)


class TextTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.families = Families(text_parser.text_string_to_metric_families(page("text")))

    def test_families(self):
        # This parser takes `_total` off the names of counters.
        self.assertEqual(self.families.types(), {
            "build_info": "gauge", "jobs": "counter", "level_celsius": "gauge", "mode": "gauge", "odd": "unknown",
            "old": "counter", "size_bytes": "summary", "wait_seconds": "histogram"})
        self.assertEqual(self.families["jobs"].documentation, 'Jobs "done", \\ and\nmore.')

    def test_samples(self):
        self.assertEqual(self.families.value("jobs", "jobs_total", state=STATE), 3)
        level = self.families.sample("level_celsius", "level_celsius", n="0")
        self.assertEqual((level.value, level.timestamp), (0.1, 1520879607.789))
        self.assertEqual(self.families.value("wait_seconds", "wait_seconds_bucket", q="x", le="1"), 3)
        self.assertEqual(self.families.value("wait_seconds", "wait_seconds_bucket", q="x", le="+Inf"), 4)
        self.assertEqual(self.families.value("size_bytes", "size_bytes", kind="in", quantile="0.5"), 3.25)


if __name__ == "__main__":
    unittest.main()
