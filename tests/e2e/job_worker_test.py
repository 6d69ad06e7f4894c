"""The example host as an operator meets it: its page, its flags, its log, its end."""

import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import unittest

import hosts
from known_tree import KnownTree

# What every host shows.
HOST_PREFIXES = ("vitals_", "process_", "component_health_")

# What /metrics shows beside that, and the labels of each family; a histogram's `le` apart.
FAMILIES = {
    "guestkit_worker_jobs_total": ("counter", {"operation", "status"}),
    "guestkit_worker_jobs_duration_seconds": ("histogram", {"operation", "status"}),
    "guestkit_worker_active_jobs": ("gauge", set()),
    "guestkit_worker_queue_depth": ("gauge", set()),
    "guestkit_handler_executions_total": ("counter", {"handler", "status"}),
    "guestkit_handler_duration_seconds": ("histogram", {"handler"}),
    "guestkit_checksum_verifications_total": ("counter", {"status"}),
    "guestkit_worker_disk_read_bytes_total": ("counter", set()),
    "guestkit_worker_disk_write_bytes_total": ("counter", set()),
}


def samples(page):
    """The samples of a page, as {text of the series: value}."""
    lines = (line.rpartition(" ") for line in page.splitlines() if not line.startswith("#"))
    return {series: float(value) for series, _, value in lines}


class PageTest(unittest.TestCase):
    """One worker that has done one pass over a known tree, and goes on serving."""

    @classmethod
    def setUpClass(cls):
        cls.tree = cls.enterClassContext(KnownTree())
        worker = cls.enterClassContext(
            hosts.JobWorker(cls.tree.path, "--threads=2", "--once", "--duration=600"))
        worker.wait_for_work()
        cls.page = worker.page()

    def test_holds_exactly_the_families_it_documents(self):
        types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", self.page, re.MULTILINE))
        shown = {name: kind for name, kind in types.items() if not name.startswith(HOST_PREFIXES)}
        self.assertEqual(shown, {name: kind for name, (kind, _) in FAMILIES.items()})
        for series in samples(self.page):
            name, _, labels = series.partition("{")
            if name.startswith(HOST_PREFIXES):
                continue
            family = name if name in FAMILIES else re.sub("_(bucket|sum|count)$", "", name)
            found = set(re.findall(r'(\w+)="', labels)) - {"le"}
            self.assertEqual(found, FAMILIES[family][1], series)

    def test_counts_what_was_done(self):
        found = samples(self.page)
        for (operation, status), count in self.tree.jobs().items():
            labels = f'operation="{operation}",status="{status}"'
            self.assertEqual(found[f"guestkit_worker_jobs_total{{{labels}}}"], count)
            self.assertEqual(found[f"guestkit_worker_jobs_duration_seconds_count{{{labels}}}"], count)
        for status, count in self.tree.verifications().items():
            self.assertEqual(found[f'guestkit_checksum_verifications_total{{status="{status}"}}'], count)
        handler = 'guestkit_handler_executions_total{{handler="guestkit.checksum",status="{}"}}'
        self.assertEqual(found[handler.format("success")], self.tree.file_count - 1)
        self.assertEqual(found[handler.format("error")], 1)
        self.assertEqual(found["guestkit_worker_disk_read_bytes_total"], self.tree.read_bytes())
        self.assertEqual(found["guestkit_worker_disk_write_bytes_total"], self.tree.written_bytes())
        self.assertEqual(found["guestkit_worker_active_jobs"], 0)
        self.assertEqual(found["guestkit_worker_queue_depth"], 0)

    def test_job_durations_have_buckets_from_1_to_2048_seconds(self):
        pattern = (r'guestkit_worker_jobs_duration_seconds_bucket\{operation="guestkit.inspect",'
                   r'status="completed",le="([^"]+)"\}')
        bounds = re.findall(pattern, self.page)
        self.assertEqual(bounds, [str(2**power) for power in range(12)] + ["+Inf"])

    def test_promtool_has_no_complaint(self):
        check = subprocess.run([hosts.find_server("promtool"), "check", "metrics"], input=self.page,
                               text=True, capture_output=True, check=False)
        self.assertEqual((check.returncode, check.stdout + check.stderr), (0, ""))


class WorkTest(unittest.TestCase):
    def setUp(self):
        self.tree = self.enterContext(KnownTree())

    def start(self, *arguments):
        return self.enterContext(hosts.JobWorker(self.tree.path, *arguments))

    def test_does_the_same_work_without_metrics_and_opens_no_port(self):
        summaries = []
        for enabled in ("true", "false"):
            worker = self.start("--once", "--duration=600", f"--metrics-enabled={enabled}",
                                "--metrics-addr=127.0.0.1:0")
            worker.wait_for_work()
            self.assertEqual(worker.count_sockets() > 0, enabled == "true")
            self.assertEqual(worker.terminate(), 0)
            summaries.append(worker.summary())
        self.assertEqual(summaries[0], summaries[1])
        self.assertEqual(summaries[0]["guestkit.checksum"], "5 completed, 1 failed, 0 timeout")
        self.assertEqual(
            summaries[0]["disk"],
            f"{self.tree.read_bytes()} bytes read, {self.tree.written_bytes()} bytes written")

    def test_stops_after_one_pass(self):
        worker = self.start("--once")
        self.assertEqual(worker.wait(), 0)
        self.assertIn("stopping: all jobs are done", worker.log())

    def test_stops_after_a_number_of_jobs_even_in_the_midst_of_a_later_pass(self):
        worker = self.start(f"--jobs={self.tree.job_count + 4}", "--pause=0", "--metrics-enabled=false")
        self.assertEqual(worker.wait(), 0)
        self.assertIn("guestkit.inspect", worker.summary())
        counts = [int(count) for operation, text in worker.summary().items()
                  if operation.startswith("guestkit.") for count in re.findall(r"\d+", text)]
        self.assertEqual(sum(counts), self.tree.job_count + 4)

    def test_stops_after_its_duration(self):
        worker = self.start("--duration=0.2", "--pause=0")
        self.assertEqual(worker.wait(), 0)
        self.assertIn("stopping: the duration is over", worker.log())

    def test_says_which_file_is_not_what_the_manifest_says(self):
        worker = self.start("--once", "--worker-id=rack-7")
        worker.wait()
        self.assertRegex(worker.log(), r"warning \[rack-7\] \[[0-9a-f]{32} [0-9a-f]{16}\] "
                         r"guestkit\.checksum \S+changed\.conf: SHA-256 is")

    def test_takes_another_manifest(self):
        with tempfile.TemporaryDirectory() as folder:
            manifest = pathlib.Path(folder) / "sums"
            manifest.write_text("")
            worker = self.start("--once", f"--manifest={manifest}")
            self.assertEqual(worker.wait(), 0)
            self.assertEqual(worker.summary()["checksums"], "0 success, 0 failure, 6 skipped")

    def test_a_tree_that_goes_away_is_an_error(self):
        worker = self.start("--pause=0.05")
        worker.wait_for_log(r"18 jobs on 6 files")
        self.tree.path.rename(self.tree.path.with_suffix(".moved"))
        self.addCleanup(lambda: self.tree.path.with_suffix(".moved").rename(self.tree.path))
        self.assertEqual(worker.wait(), 1)
        self.assertIn(f"cannot list the files of {self.tree.path}", worker.log())

    def test_serves_on_ipv6_and_on_a_unix_socket(self):
        ipv6 = self.start("--once", "--duration=600", "--metrics-addr=[::1]:0")
        self.assertIn("http://[::1]:", ipv6.url())
        self.assertIn("guestkit_worker_active_jobs", ipv6.page())
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "worker.sock"
            worker = self.start("--once", "--duration=600", f"--metrics-addr=unix:{path}")
            self.assertEqual(worker.url(), f"unix:{path}")
            page = hosts.http_get_over_unix_socket(path, "/metrics")
            self.assertIn("guestkit_worker_active_jobs", page)
            self.assertEqual(worker.terminate(), 0)
            self.assertFalse(path.exists())


class StopTest(unittest.TestCase):
    """A tree whose one file takes minutes to compress: 64 GiB of which nothing is on the disk."""

    def setUp(self):
        self.scratch = self.enterContext(tempfile.TemporaryDirectory())
        tree = self.enterContext(tempfile.TemporaryDirectory())
        with open(pathlib.Path(tree) / "sparse", "wb") as file:
            file.truncate(64 << 30)
        self.arguments = (tree, "--threads=2", f"--scratch={self.scratch}")

    def start(self, *arguments):
        worker = self.enterContext(hosts.JobWorker(*self.arguments, *arguments))
        hosts.wait_until(lambda: "guestkit_worker_active_jobs 2\n" in worker.page(), "two active jobs")
        return worker

    def assert_abandoned(self, worker):
        self.assertEqual(worker.wait(15), 0)
        self.assertEqual(worker.summary()["guestkit.compress"], "0 completed, 0 failed, 1 timeout")
        self.assertEqual(list(pathlib.Path(self.scratch).iterdir()), [])

    def test_gives_running_jobs_their_time_and_then_ends_them(self):
        for number, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "SIGINT")):
            with self.subTest(name):
                worker = self.start("--drain-time=0.1")
                worker.send(number)
                self.assert_abandoned(worker)
                self.assertIn(f"stopping: {name}", worker.log())

    def test_a_second_signal_ends_the_wait(self):
        worker = self.start("--drain-time=3600")
        worker.send(signal.SIGTERM)
        worker.wait_for_log("stopping: SIGTERM")
        worker.send(signal.SIGTERM)
        self.assert_abandoned(worker)

    def test_a_job_that_takes_too_long_is_a_timeout(self):
        worker = self.enterContext(
            hosts.JobWorker(*self.arguments, "--once", "--job-timeout=0.2"))
        self.assertEqual(worker.wait(), 0)
        summary = worker.summary()
        self.assertEqual(summary["guestkit.inspect"], "1 completed, 0 failed, 0 timeout")
        self.assertEqual(summary["guestkit.checksum"], "0 completed, 0 failed, 1 timeout")
        self.assertEqual(summary["guestkit.compress"], "0 completed, 0 failed, 1 timeout")


class MistakeTest(unittest.TestCase):
    def run_worker(self, *arguments):
        with hosts.JobWorker(*arguments) as worker:
            return worker.wait(), worker.log()

    def test_a_busy_port_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            code, log = self.run_worker(f"--metrics-addr=127.0.0.1:{port}")
        self.assertEqual(code, 1)
        self.assertRegex(log, rf"127\.0\.0\.1:{port}.*in use")

    def test_a_bad_value_names_its_flag(self):
        for argument in ("--threads=0", "--threads=many", "--jobs=-1", "--duration=nan", "--duration=0",
                         "--duration=1e300", "--job-timeout=0", "--metrics-enabled=maybe",
                         "--metrics-addr=9090", "--metrics-addr=127.0.0.1:65536",
                         "--metrics-addr=::1:9090", "--manifest=/nonexistent", "--unknown"):
            with self.subTest(argument):
                code, log = self.run_worker(argument)
                self.assertEqual(code, 2, log)
                self.assertIn(argument.partition("=")[0], log)

    def test_an_address_that_is_none(self):
        code, log = self.run_worker("--metrics-addr=worker.invalid:9090")
        self.assertEqual(code, 1)
        self.assertIn("worker.invalid", log)

    def test_a_tree_that_is_not_there(self):
        code, log = self.run_worker("/nonexistent")
        self.assertEqual(code, 2)
        self.assertIn("/nonexistent", log)

    def test_a_bad_manifest_is_shown_with_its_line(self):
        with tempfile.TemporaryDirectory() as tree:
            manifest = pathlib.Path(tree) / "SHA256SUMS"
            manifest.write_text("# sums\nabc  file\n")
            code, log = self.run_worker(tree)
        self.assertEqual(code, 1)
        self.assertIn(f"{manifest}:2: ", log)

    def test_help_names_every_flag(self):
        code, log = self.run_worker("--help")
        self.assertEqual(code, 0)
        for flag in ("--worker-id", "--metrics-enabled", "--metrics-addr", "--jobs", "--threads", "--once",
                     "--duration", "--attempts", "--trace-share", "--otlp-url"):
            self.assertIn(flag, log)


if __name__ == "__main__":
    unittest.main()
