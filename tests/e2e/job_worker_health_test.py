"""The health of the example host as operators, probes and Prometheus meet it."""

import datetime
import json
import pathlib
import signal
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import hosts
from known_tree import KnownTree

COMPONENTS = ["process", "queue/age", "queue/progress", "scratch", "workers", "workers/0", "workers/1"]

# Three intervals of a second and a timeout of half of one; the rest is for a machine that is busy.
DETECTION_SECONDS = 3.5
SLACK_SECONDS = 2.5


class Watched:
    """The pages of health of a worker."""

    def __init__(self, worker):
        self.url = worker.url()

    def get(self, path):
        """Status code and document."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=hosts.DEADLINE_SECONDS) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def wait_for(self, path, status, code):
        """Waits until the page says `status`, and returns its reason."""
        hosts.wait_until(lambda: self.get(path)[1]["status"] == status, f"{path} is {status}")
        found, document = self.get(path)
        assert found == code, (path, found)
        return document.get("reason")


def seconds_of(time_text):
    """Since 1970, of a time as the pages write it."""
    return datetime.datetime.fromisoformat(time_text[:26] + "+00:00").timestamp()


class StoppedWorkerTest(unittest.TestCase):
    def setUp(self):
        tree = self.enterContext(KnownTree())
        self.worker = self.enterContext(
            hosts.JobWorker(tree.path, "--threads=2", "--once", "--duration=600"))
        self.worker.wait_for_work()
        self.health = Watched(self.worker)
        self.assertIsNone(self.health.wait_for("/health", "healthy", 200))

    def test_shows_its_components(self):
        components = self.health.get("/health?verbose")[1]["components"]
        self.assertEqual(list(components), COMPONENTS)
        page = self.worker.page()
        for component in COMPONENTS:
            self.assertIn(f'component_health_status{{component="{component}"}} 1\n', page)

    def test_one_stopped_worker_degrades_within_the_bound(self):
        stopped = time.time()
        self.worker.send(signal.SIGUSR1)
        self.assertEqual(self.health.wait_for("/health/workers/1", "unhealthy", 503), "the thread has ended")
        self.assertEqual(self.health.wait_for("/health?exclude=workers/1", "degraded", 200),
                         "workers: 1 of 2 workers do not work")
        for component in ("workers", "workers%2F1"):
            newest = self.health.get(f"/api/v1/health/history?limit=1&component={component}")[1]["data"][0]
            self.assertLess(seconds_of(newest["time"]) - stopped, DETECTION_SECONDS + SLACK_SECONDS)
        page = self.worker.page()
        self.assertIn('component_health_status{component="workers/1"} 0\n', page)
        self.assertIn('component_health_status{component="workers"} 0.5\n', page)
        self.assertEqual(self.health.get("/readyz")[0], 200)
        self.assertIn("warning [job-worker] [- -] health: workers/1 is unhealthy, was healthy: "
                      "the thread has ended", self.worker.log())

    def test_without_workers_it_is_unhealthy_and_still_serves(self):
        for answer in ("worker 1 takes no more jobs", "worker 0 takes no more jobs",
                       "there is no worker left to stop"):
            self.worker.send(signal.SIGUSR1)
            self.worker.wait_for_log(answer)
        reason = "workers: 2 of 2 workers do not work"
        for path in ("/health", "/readyz", "/health?group=live"):
            self.assertEqual(self.health.wait_for(path, "unhealthy", 503), reason)
        self.assertEqual(self.health.get("/livez"), (200, {"status": "healthy"}))
        self.assertRegex(self.worker.log(), "error .* health: workers is unhealthy, was .*: 2 of 2 workers")
        self.assertEqual(self.worker.terminate(), 0)


class EndTest(unittest.TestCase):
    def test_a_stop_shows_and_is_no_failure(self):
        with tempfile.TemporaryDirectory() as tree:
            with open(pathlib.Path(tree) / "sparse", "wb") as file:
                file.truncate(64 << 30)
            worker = self.enterContext(hosts.JobWorker(tree, "--threads=2", "--drain-time=600"))
            hosts.wait_until(lambda: "guestkit_worker_active_jobs 2\n" in worker.page(), "two active jobs")
            health = Watched(worker)
            worker.send(signal.SIGTERM)
            self.assertEqual(health.wait_for("/health", "degraded", 200), "workers: stopping")
            worker.send(signal.SIGTERM)
            self.assertEqual(worker.wait(), 0)
            self.assertNotIn("unhealthy", worker.log())

    def test_goes_on_without_pages(self):
        with KnownTree() as tree:
            worker = self.enterContext(hosts.JobWorker(
                tree.path, "--threads=1", "--once", "--duration=600", "--metrics-enabled=false"))
            worker.wait_for_work()
            worker.send(signal.SIGUSR1)
            worker.wait_for_log("error .* health: workers is unhealthy, was healthy: 1 of 1 workers")


if __name__ == "__main__":
    unittest.main()
