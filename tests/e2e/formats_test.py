"""A real Prometheus scrapes every instrument, with OpenMetrics and without, and answers alike."""

import os
import tempfile
import time
import unittest

import hosts

# What a page of the host has beside its own instruments.
OWN = '{job="%s",__name__=~"test_.*"}'


class FormatsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(hosts.Process(os.environ["VITALS_EVERY_INSTRUMENT"]))
        cls.urls = {job: cls.host.wait_for_log(rf"(?m)^{job} at (\S+)$").group(1)
                    for job in ("openmetrics", "text")}
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        targets = {job: url.removeprefix("http://") for job, url in cls.urls.items()}
        cls.prometheus = cls.enterClassContext(hosts.Prometheus(
            folder, targets, flags=["--enable-feature=exemplar-storage"]))
        hosts.wait_until(lambda: all(cls.prometheus.query(OWN % job) for job in targets),
                         "a scrape of both")

    def series(self, job):
        """All values of the host's instruments, with numbers in labels as numbers."""
        found = {}
        for labels, value in self.prometheus.query(OWN % job).items():
            key = {name: text for name, text in labels if name not in ("job", "instance")}
            for name in ("le", "quantile"):
                if name in key:
                    key[name] = float(key[name])
            found[frozenset(key.items())] = value
        return found

    def test_both_formats_give_the_same_series(self):
        series = self.series("text")
        self.assertEqual(self.series("openmetrics"), series)
        self.assertEqual(series[frozenset({"__name__": "test_jobs_total", "status": "ok"}.items())], 5)
        self.assertEqual(series[frozenset({"__name__": "test_phase", "test_phase": "busy"}.items())], 1)
        self.assertEqual(series[frozenset({"__name__": "test_plugin_info", "version": "1.2"}.items())], 1)
        self.assertEqual(series[frozenset({"__name__": "test_wait_seconds_count"}.items())], 100)
        median = series[frozenset({"__name__": "test_wait_seconds", "quantile": 0.5}.items())]
        self.assertAlmostEqual(median, 50, delta=50 * 0.0109)

    def test_prometheus_asks_for_openmetrics(self):
        metadata = self.prometheus.get("targets/metadata", match_target='{job="openmetrics"}')
        types = {entry["metric"]: entry["type"] for entry in metadata}
        units = {entry["metric"]: entry["unit"] for entry in metadata}
        for name, kind in {"test_jobs": "counter", "test_odd_name": "unknown", "test_open": "gauge",
                           "test_latency_seconds": "histogram", "test_wait_seconds": "summary",
                           "test_phase": "stateset", "test_plugin": "info"}.items():
            self.assertEqual(types[name], kind, name)
        self.assertEqual(units["test_latency_seconds"], "seconds")

    def test_without_it_types_are_those_of_the_text_format(self):
        metadata = self.prometheus.get("targets/metadata", match_target='{job="text"}')
        types = {entry["metric"]: entry["type"] for entry in metadata}
        for name, kind in {"test_jobs_total": "counter", "test_odd_name": "counter",
                           "test_open": "gauge", "test_latency_seconds": "histogram",
                           "test_wait_seconds": "summary", "test_phase": "gauge"}.items():
            self.assertEqual(types[name], kind, name)

    def exemplars(self, job):
        """Trace ids and values by series and, for buckets, their bound."""
        now = time.time()
        found = {}
        for entry in self.prometheus.get("query_exemplars", query=OWN % job, start=now - 3600,
                                         end=now + 3600):
            labels = entry["seriesLabels"]
            for exemplar in entry["exemplars"]:
                key = (labels["__name__"], labels.get("le"), exemplar["labels"]["trace_id"])
                found[key] = float(exemplar["value"])
                self.assertAlmostEqual(exemplar["timestamp"], now, delta=600)
        return found

    def test_exemplars_come_back(self):
        self.assertEqual(self.exemplars("openmetrics"), {
            ("test_jobs_total", None, "4bf92f3577b34da6"): 5,
            ("test_latency_seconds_bucket", "0.1", "aaaa"): 0.05,
            ("test_latency_seconds_bucket", "+Inf", "bbbb"): 7,
        })
        self.assertEqual(self.exemplars("text"), {})

    def test_scrapes_are_counted(self):
        scrapes = 'vitals_exporter_scrapes_total{code="200"}'
        hosts.wait_until(
            lambda: len([value for value in self.prometheus.query(scrapes).values() if value >= 3]) == 2,
            "three scrapes of both")
        self.assertTrue(self.prometheus.query("vitals_exporter_scrapes_in_flight == 1"))

    def test_names_choose_families(self):
        page = hosts.http_get(self.urls["text"] + "/metrics?name[]=test_open&name[]=test_jobs_total")
        self.assertEqual(page, "# HELP test_jobs_total Jobs.\n"
                               "# TYPE test_jobs_total counter\n"
                               'test_jobs_total{status="ok"} 5\n'
                               "# HELP test_open Open.\n"
                               "# TYPE test_open gauge\n"
                               "test_open 2\n")


if __name__ == "__main__":
    unittest.main()
