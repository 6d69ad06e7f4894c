"""A real Prometheus scrapes the example host and answers with the right values."""

import json
import math
import re
import tempfile
import unittest

import hosts
from known_tree import KnownTree

MONITORING = hosts.SOURCE_DIR / "examples" / "job_worker" / "monitoring"
SCRAPES_PER_RANGE = "5s"


def dashboard_queries():
    """(title of the panel, query) for every query, its variables filled in as Grafana does."""
    variables = {"$__rate_interval": SCRAPES_PER_RANGE, "$__range": SCRAPES_PER_RANGE,
                 "$job": "busy|known", "$instance": ".*"}
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            query = target["expr"]
            for name, value in variables.items():
                query = query.replace(name, value)
            yield panel["title"], query


class PrometheusTest(unittest.TestCase):
    """Scrapes two workers: `known` has done one pass and serves, `busy` goes on working."""

    @classmethod
    def setUpClass(cls):
        cls.tree = cls.enterClassContext(KnownTree())
        known = cls.enterClassContext(
            hosts.JobWorker(cls.tree.path, "--threads=2", "--once", "--duration=600"))
        busy = cls.enterClassContext(hosts.JobWorker(cls.tree.path, "--threads=2", "--pause=0.05"))
        known.wait_for_work()
        targets = {"known": known.url().removeprefix("http://"),
                   "busy": busy.url().removeprefix("http://")}
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.prometheus = cls.enterClassContext(
            hosts.Prometheus(folder, targets, [MONITORING / "alerts.yml"]))
        failures = 'increase(guestkit_checksum_verifications_total{job="busy",status="failure"}[5s]) > 0'
        hosts.wait_until(lambda: cls.prometheus.query(failures), "two scrapes of the busy worker")
        hosts.wait_until(lambda: cls.prometheus.query('up{job="known"} == 1'), "a scrape of the other")

    def values(self, expression, *labels):
        """The values by these labels."""
        found = {}
        for series, value in self.prometheus.query(expression).items():
            key = tuple(dict(series)[label] for label in labels)
            found[key] = value
        return found

    def test_answers_with_the_jobs_that_were_done(self):
        expected = self.tree.jobs()
        jobs = 'guestkit_worker_jobs_total{job="known"}'
        self.assertEqual(self.values(jobs, "operation", "status"), expected)
        durations = 'guestkit_worker_jobs_duration_seconds_count{job="known"}'
        self.assertEqual(self.values(durations, "operation", "status"), expected)
        executions = 'sum by (handler) (guestkit_handler_executions_total{job="known"})'
        self.assertEqual(set(self.values(executions, "handler").values()), {self.tree.file_count})

    def test_answers_with_the_checksums_that_were_verified(self):
        found = self.values('guestkit_checksum_verifications_total{job="known"}', "status")
        self.assertEqual(found, {(status,): count for status, count in self.tree.verifications().items()})

    def test_answers_with_the_bytes_that_moved(self):
        read = self.values('guestkit_worker_disk_read_bytes_total{job="known"}')
        written = self.values('guestkit_worker_disk_write_bytes_total{job="known"}')
        self.assertEqual((read, written), ({(): self.tree.read_bytes()}, {(): self.tree.written_bytes()}))

    def test_knows_the_types_and_help_texts(self):
        metadata = self.prometheus.get("metadata")
        # OpenMetrics names a counter without its suffix.
        self.assertEqual(metadata["guestkit_worker_jobs"][0]["type"], "counter")
        self.assertEqual(metadata["guestkit_worker_jobs_duration_seconds"][0]["type"], "histogram")
        self.assertEqual(metadata["guestkit_worker_queue_depth"][0]["type"], "gauge")
        self.assertTrue(metadata["guestkit_worker_queue_depth"][0]["help"])

    def test_every_query_of_the_dashboard_returns_data(self):
        for title, query in dashboard_queries():
            with self.subTest(title, query=query):
                self.assertIsNone(re.search(r"\$", query), "a variable that the test does not know")
                values = self.prometheus.query(query).values()
                self.assertTrue(values)
                self.assertTrue(all(math.isfinite(value) for value in values), values)

    def test_every_alert_can_be_evaluated(self):
        def rules():
            found = self.prometheus.get("rules")["groups"][0]["rules"]
            return all(rule["health"] != "unknown" for rule in found) and found

        alerts = hosts.wait_until(rules, "the first evaluation of the alerts")
        self.assertEqual({alert["name"]: alert["health"] for alert in alerts},
                         {"HighJobFailureRate": "ok", "WorkerStalled": "ok", "ChecksumFailures": "ok",
                          "WorkerUnhealthy": "ok", "ComponentUnhealthy": "ok"})

    def test_the_changed_file_raises_an_alert_on_the_busy_worker(self):
        def firing():
            alerts = self.prometheus.get("alerts")["alerts"]
            return [alert["labels"] for alert in alerts
                    if alert["state"] == "firing" and alert["labels"]["job"] == "busy"]

        alerts = hosts.wait_until(firing, "a firing alert")
        self.assertEqual({alert["alertname"] for alert in alerts}, {"ChecksumFailures"})


if __name__ == "__main__":
    unittest.main()
