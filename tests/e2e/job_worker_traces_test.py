"""The example host's traces as an operator meets them: through its HTTP API, its page and its log."""

import http.server
import json
import pathlib
import re
import shlex
import tempfile
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

import hosts
from known_tree import KnownTree

README = hosts.SOURCE_DIR / "examples" / "job_worker" / "README.md"
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
STAGES = ["submit", "wait in queue", "attempt"]
STEPS = {"guestkit.inspect": {"open", "read"},
         "guestkit.checksum": {"open", "read", "hash", "verify"},
         "guestkit.compress": {"open", "create", "read", "compress", "write"}}


def get(worker, path, **query):
    """The parsed answer to a request. A value that is a list gives its field more than once."""
    text = urllib.parse.urlencode(query, doseq=True)
    return json.loads(hosts.http_get(f"{worker.url()}{path}" + (f"?{text}" if text else "")))


def get_data(worker, path, **query):
    """The `data` of an answer in the envelope of Prometheus's API."""
    answer = get(worker, path, **query)
    if answer["status"] != "success":
        raise AssertionError(answer)
    return answer["data"]


def get_error(worker, target):
    """The status and the parsed answer of a request that is refused."""
    try:
        with urllib.request.urlopen(worker.url() + target, timeout=hosts.DEADLINE_SECONDS) as response:
            raise AssertionError(f"{target}: {response.status} {response.read()}")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def wait_for_traces(worker, count, **query):
    """The traces that match, once as many are decided."""

    def find():
        traces = get_data(worker, "/api/v1/traces", limit=1000, **query)
        decided = [trace for trace in traces if "pending" not in trace["marks"]]
        return decided if len(decided) == len(traces) == count else None

    return hosts.wait_until(find, f"{count} traces of {query}")


class TracesTest(unittest.TestCase):
    """One worker that has done one pass over a known tree with every trace kept, and goes on serving."""

    @classmethod
    def setUpClass(cls):
        cls.tree = cls.enterClassContext(KnownTree())
        cls.worker = cls.enterClassContext(hosts.JobWorker(
            cls.tree.path, "--threads=2", "--once", "--duration=600", "--trace-share=1", "--attempts=2",
            "--worker-id=rack-7"))
        cls.worker.wait_for_work()
        cls.jobs = wait_for_traces(cls.worker, cls.tree.job_count, component="worker")

    def trace_of(self, operation, file):
        """The one trace of a job, with its spans."""
        found = get_data(self.worker, "/api/v1/traces", name=operation, attribute=[
            f"job.operation={operation}", f"file.path={self.tree.path.resolve() / file}"])
        self.assertEqual(len(found), 1, found)
        return get(self.worker, f"/api/v1/traces/{found[0]['trace_id']}")

    def test_every_job_is_a_trace(self):
        for operation in STEPS:
            traces = get_data(self.worker, "/api/v1/traces", name=operation, component="worker", limit=1000)
            self.assertEqual(len(traces), self.tree.file_count)
            self.assertEqual({trace["root_name"] for trace in traces}, {operation})
        self.assertEqual(len({trace["trace_id"] for trace in self.jobs}), self.tree.job_count)

    def test_newest_come_first_and_no_more_than_asked_for(self):
        starts = [int(trace["start_unix_ns"]) for trace in self.jobs]
        self.assertEqual(starts, sorted(starts, reverse=True))
        newest = get_data(self.worker, "/api/v1/traces", component="worker", limit=3)
        self.assertEqual(newest, self.jobs[:3])

    def test_finds_by_status_duration_and_start(self):
        failed = get_data(self.worker, "/api/v1/traces", status="error")
        self.assertEqual([trace["root_name"] for trace in failed], ["guestkit.checksum"])
        self.assertEqual(failed[0]["kept_for"], "error")
        self.assertEqual(get_data(self.worker, "/api/v1/traces", min_duration="1h"), [])
        self.assertEqual(get_data(self.worker, "/api/v1/traces", attribute="job.operation=none"), [])
        start = int(failed[0]["start_unix_ns"])
        self.assertEqual(get_data(self.worker, "/api/v1/traces", status="error", start=start // 10**9 + 1), [])
        self.assertEqual(get_data(self.worker, "/api/v1/traces", status="error", start=start // 10**9,
                                  end=start // 10**9 + 1), failed)

    def test_a_trace_holds_the_stages_and_the_steps_of_its_job(self):
        for operation, steps in STEPS.items():
            spans = self.trace_of(operation, "hello.txt")["spans"]
            root = spans[0]
            self.assertEqual((root["name"], root["component"], root["status"]), (operation, "worker", "unset"))
            self.assertNotIn("parent_span_id", root)
            stages = [span for span in spans if span.get("parent_span_id") == root["span_id"]]
            self.assertEqual([span["name"] for span in stages], STAGES)
            inner = [span for span in spans[1:] if span not in stages]
            self.assertEqual({span["parent_span_id"] for span in inner}, {stages[-1]["span_id"]})
            self.assertEqual({span["component"] for span in inner}, {operation})
            self.assertEqual({span["name"] for span in inner}, steps)

    def test_the_spans_of_a_job_are_from_two_threads(self):
        spans = {span["name"]: span for span in self.trace_of("guestkit.compress", "sub/noise.bin")["spans"]}
        self.assertEqual(spans["submit"]["thread_name"], "feeder")
        self.assertRegex(spans["attempt"]["thread_name"], r"^worker [01]$")
        self.assertNotEqual(spans["submit"]["thread_id"], spans["attempt"]["thread_id"])
        for name in ("guestkit.compress", "wait in queue", "compress", "write"):
            self.assertEqual(spans[name]["thread_id"], spans["attempt"]["thread_id"])

    def test_the_critical_path_covers_the_job_from_its_end_to_its_start(self):
        for summary in self.jobs:
            trace = get(self.worker, f"/api/v1/traces/{summary['trace_id']}")
            root = trace["spans"][0]
            self.assertEqual(trace["root_span_id"], root["span_id"])
            reached = root["end_unix_ns"]
            for section in trace["critical_path"]:
                self.assertEqual(section["end_unix_ns"], reached)
                reached = section["start_unix_ns"]
            self.assertEqual(reached, root["start_unix_ns"])
            self.assertEqual(sum(section["duration_ns"] for section in trace["critical_path"]),
                             root["duration_ns"])
            self.assertEqual(sum(name["critical_path_ns"] for name in trace["names"]), root["duration_ns"])

    def test_the_critical_path_leads_through_queue_and_steps(self):
        trace = self.trace_of("guestkit.compress", "sub/noise.bin")
        names = {span["span_id"]: span["name"] for span in trace["spans"]}
        path = [names[section["span_id"]] for section in trace["critical_path"]]
        for name in ("wait in queue", "attempt", "read", "compress", "write"):
            self.assertIn(name, path)

    def test_counts_the_bytes_of_steps(self):
        spans = self.trace_of("guestkit.checksum", "sub/zeros.bin")["spans"]
        self.assertEqual(sum(span["attributes"]["bytes"] for span in spans if span["name"] == "read"), 300_000)

    def test_a_failed_job_says_where_why_and_how_often(self):
        spans = self.trace_of("guestkit.checksum", "changed.conf")["spans"]
        failed = [span["name"] for span in spans if span["status"] == "error"]
        self.assertEqual(failed, ["guestkit.checksum", "attempt", "verify", "attempt", "verify"])
        for span in spans:
            if span["status"] == "error":
                self.assertRegex(span["status_message"], "^SHA-256 is [0-9a-f]{64}, the manifest says ")
        attempts = [span["attributes"]["job.attempt"] for span in spans if span["name"] == "attempt"]
        self.assertEqual(attempts, [1, 2])
        self.assertEqual([(event["name"], event["attributes"]) for event in spans[0]["events"]],
                         [("retry", {"job.attempt": 2})])

    def test_jobs_lead_to_their_pass(self):
        (found,) = wait_for_traces(self.worker, 1, name="pass")
        trace = get(self.worker, f"/api/v1/traces/{found['trace_id']}")
        spans = {span["name"]: span for span in trace["spans"]}
        self.assertEqual(set(spans), {"pass", "list files", "submit jobs", "wait for jobs"})
        self.assertEqual(spans["pass"]["attributes"], {"pass.files": self.tree.file_count,
                                                        "pass.jobs": self.tree.job_count})
        (link,) = self.trace_of("guestkit.inspect", "hello.txt")["spans"][0]["links"]
        self.assertEqual((link["trace_id"], link["span_id"]),
                         (found["trace_id"], spans["submit jobs"]["span_id"]))

    def test_otlp_holds_the_same_spans(self):
        trace = self.trace_of("guestkit.compress", "hello.txt")
        page = get(self.worker, f"/api/v1/traces/{trace['trace_id']}", format="otlp")
        (resource,) = page["resourceSpans"]
        who = {entry["key"]: entry["value"] for entry in resource["resource"]["attributes"]}
        self.assertEqual(who["service.name"], {"stringValue": "job-worker"})
        self.assertEqual(who["service.instance.id"], {"stringValue": "rack-7"})
        found = {(span["spanId"], span["name"], scope["scope"]["name"])
                 for scope in resource["scopeSpans"] for span in scope["spans"]}
        self.assertEqual(found, {(span["span_id"], span["name"], span["component"]) for span in trace["spans"]})

    def test_chrome_holds_the_same_spans_on_their_threads(self):
        trace = self.trace_of("guestkit.compress", "hello.txt")
        events = get(self.worker, f"/api/v1/traces/{trace['trace_id']}", format="chrome")["traceEvents"]
        names = sorted(span["name"] for span in trace["spans"])
        self.assertEqual(sorted(event["name"] for event in events if event["ph"] in "Xb"), names)
        threads = {event["args"]["name"] for event in events if event["name"] == "thread_name"}
        self.assertTrue(any(name.startswith("feeder") for name in threads), threads)
        self.assertTrue(any(name.startswith("worker ") for name in threads), threads)

    def test_the_summary_tells_where_the_time_went(self):
        summary = get_data(self.worker, "/api/v1/traces/summary", component="worker")
        self.assertEqual(summary["traces"], self.tree.job_count)
        names = {(entry["component"], entry["name"]): entry for entry in summary["names"]}
        expected = {("worker", stage) for stage in STAGES} | {("worker", operation) for operation in STEPS}
        expected |= {(operation, step) for operation, steps in STEPS.items() for step in steps}
        self.assertEqual(set(names), expected)
        self.assertEqual(names["worker", "wait in queue"]["count"], self.tree.job_count)
        self.assertEqual(names["worker", "attempt"]["count"], self.tree.job_count + 1)
        self.assertEqual(names["guestkit.checksum", "verify"]["errors"], 2)
        self.assertEqual(sum(entry["critical_path_ns"] for entry in summary["names"]),
                         summary["critical_path_ns"])
        self.assertAlmostEqual(sum(entry["critical_path_share"] for entry in summary["names"]), 1)
        for entry in summary["names"]:
            self.assertLessEqual(entry["p50_ns"], entry["p95_ns"])
            self.assertLessEqual(entry["p95_ns"], entry["p99_ns"])

    def test_exemplars_lead_from_buckets_to_traces(self):
        page = hosts.http_get(self.worker.url() + "/metrics", OPENMETRICS)
        roots = {trace["trace_id"]: trace["root_name"] for trace in self.jobs}
        for name, label in (("guestkit_worker_jobs_duration_seconds_bucket", "operation"),
                            ("guestkit_worker_jobs_total", "operation"),
                            ("guestkit_handler_duration_seconds_bucket", "handler")):
            found = re.findall(rf'^{name}{{{label}="([^"]+)".*}} \S+ '
                               r'# {trace_id="([0-9a-f]{32})",span_id="([0-9a-f]{16})"}', page, re.MULTILINE)
            self.assertEqual({operation for operation, _, _ in found}, set(STEPS), name)
            for operation, trace_id, _ in found:
                self.assertEqual(roots[trace_id], operation)

    def test_log_lines_name_trace_and_span(self):
        match = self.worker.wait_for_log(
            r"warning \[rack-7\] \[([0-9a-f]{32}) ([0-9a-f]{16})\] guestkit\.checksum \S+changed\.conf: SHA-256 is")
        root = self.trace_of("guestkit.checksum", "changed.conf")["spans"][0]
        self.assertEqual((self.trace_of("guestkit.checksum", "changed.conf")["trace_id"], root["span_id"]),
                         match.groups())
        self.assertRegex(self.worker.log(), r"\[rack-7\] \[- -\] serving metrics at")

    def test_refuses_what_it_cannot_answer_and_says_why(self):
        for target, code, words in (
                ("/api/v1/traces/0123", 400, "32 lower-case hexadecimal digits"),
                (f"/api/v1/traces/{'0' * 32}", 400, "not all zero"),
                (f"/api/v1/traces/{'1' * 32}", 404, "1" * 32),
                (f"/api/v1/traces/{self.jobs[0]['trace_id']}?format=xml", 400, "format=chrome"),
                ("/api/v1/traces?status=bad", 400, "status 'bad'"),
                ("/api/v1/traces?limit=0", 400, "limit '0'"),
                ("/api/v1/traces?limit=1001", 400, "limit '1001'"),
                ("/api/v1/traces?min_duration=5", 400, "min_duration '5'"),
                ("/api/v1/traces?start=yesterday", 400, "start 'yesterday'"),
                ("/api/v1/traces?attribute=job.id", 400, "attribute 'job.id'"),
                ("/api/v1/traces?operation=x", 400, "'operation'"),
                ("/api/v1/traces/summary?max_duration=-1s", 400, "max_duration '-1s'")):
            with self.subTest(target):
                found, answer = get_error(self.worker, target)
                self.assertEqual((found, answer["status"]), (code, "error"))
                self.assertIn(words, answer["error"])

    def test_the_index_leads_there(self):
        page = hosts.http_get(self.worker.url() + "/")
        for path in ("/api/v1/traces", "/api/v1/traces/summary", "/api/v1/traces/active"):
            self.assertIn(path, page)

    def test_the_commands_of_the_readme_work(self):
        commands = re.findall(r"^    curl (.*)$", README.read_text(), re.MULTILINE)
        commands = [shlex.split(command.partition(" | ")[0].partition(" > ")[0]) for command in commands]
        urls = [words[-1] for words in commands if "/api/" in words[-1]]
        self.assertGreaterEqual(len(urls), 6)
        for url in urls:
            with self.subTest(url):
                url = url.replace("http://127.0.0.1:9090", self.worker.url())
                json.loads(hosts.http_get(url.replace("$id", self.jobs[0]["trace_id"])))


class KeepingTest(unittest.TestCase):
    def test_failures_are_kept_when_nothing_is_kept_by_chance(self):
        with KnownTree() as tree, hosts.JobWorker(
                tree.path, "--threads=1", "--pause=0", "--trace-share=0", f"--jobs={20 * tree.job_count}",
                "--duration=600") as worker:
            worker.wait_for_work()
            failed = wait_for_traces(worker, 20, status="error")
            self.assertEqual({trace["kept_for"] for trace in failed}, {"error"})
            # Of the others the slowest: fewer than there were.
            kept = [trace for trace in get_data(worker, "/api/v1/traces", limit=1000)
                    if "pending" not in trace["marks"]]
            reasons = {trace["kept_for"] for trace in kept if trace["error_count"] == 0}
            self.assertEqual(reasons, {"slow"})
            self.assertLess(len(kept), 20 * tree.job_count)


class ActiveTest(unittest.TestCase):
    def test_jobs_in_progress_are_shown_with_what_they_are_at(self):
        with tempfile.TemporaryDirectory() as tree, tempfile.TemporaryDirectory() as scratch:
            # It takes minutes to compress: 64 GiB of which nothing is on the disk.
            with open(pathlib.Path(tree) / "sparse", "wb") as file:
                file.truncate(64 << 30)
            worker = self.enterContext(hosts.JobWorker(
                tree, "--threads=1", f"--scratch={scratch}", "--drain-time=0", "--once"))

            def busy():
                spans = get_data(worker, "/api/v1/traces/active")
                # The compression waits in the queue, and the pass for both.
                expected = {"attempt", "guestkit.checksum", "guestkit.compress", "pass", "wait for jobs"}
                return spans if expected <= {span["name"] for span in spans} else None

            hosts.wait_until(lambda: "guestkit_worker_jobs_total{operation=\"guestkit.inspect\","
                             "status=\"completed\"} 1\n" in worker.page(), "an inspection")
            spans = hosts.wait_until(busy, "an attempt at the next job")
            (attempt,) = [span for span in spans if span["name"] == "attempt"]
            (job,) = [span for span in spans if span["span_id"] == attempt["parent_span_id"]]
            self.assertEqual(job["name"], "guestkit.checksum")
            self.assertEqual(job["trace_id"], attempt["trace_id"])
            self.assertEqual((attempt["kind"], attempt["thread_name"]), ("consumer", "worker 0"))
            self.assertGreaterEqual(job["duration_ns"], attempt["duration_ns"])
            starts = [int(span["start_unix_ns"]) for span in spans]
            self.assertEqual(starts, sorted(starts))
            self.assertEqual(worker.terminate(), 0)


class Collector(http.server.ThreadingHTTPServer):
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.requests = []
        self._thread = threading.Thread(target=self.serve_forever)
        self._thread.start()

    def __exit__(self, *arguments):
        self.shutdown()
        self._thread.join()
        super().__exit__(*arguments)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.requests.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass


class CollectorTest(unittest.TestCase):
    def test_pushes_every_span_before_it_ends(self):
        with KnownTree() as tree, Collector() as collector:
            url = f"http://127.0.0.1:{collector.server_port}/v1/traces"
            with hosts.JobWorker(tree.path, "--once", f"--otlp-url={url}") as worker:
                self.assertEqual(worker.wait(), 0, worker.log())
            names = []
            for path, kind, page in collector.requests:
                self.assertEqual((path, kind), ("/v1/traces", "application/json"))
                for resource in page["resourceSpans"]:
                    self.assertIn({"key": "service.name", "value": {"stringValue": "job-worker"}},
                                  resource["resource"]["attributes"])
                    names += [span["name"] for scope in resource["scopeSpans"] for span in scope["spans"]]
            for name in ("guestkit.inspect", "guestkit.checksum", "guestkit.compress"):
                self.assertEqual(names.count(name), tree.file_count)
            self.assertEqual(names.count("attempt"), tree.job_count)
            self.assertEqual(names.count("pass"), 1)


class MistakeTest(unittest.TestCase):
    def test_a_bad_value_names_its_flag(self):
        for argument in ("--trace-share=2", "--trace-share=-0.1", "--trace-share=nan", "--attempts=0",
                         "--attempts=101", "--otlp-url=collector", "--otlp-url=ftp://collector/"):
            with self.subTest(argument), hosts.JobWorker(argument) as worker:
                self.assertEqual(worker.wait(), 2, worker.log())
                self.assertIn(argument.partition("=")[0], worker.log())


if __name__ == "__main__":
    unittest.main()
