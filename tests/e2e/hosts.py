"""Processes that the end-to-end tests drive: started, waited for with a deadline, always stopped."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES_DIR = pathlib.Path(
    os.environ.get("VITALS_EXAMPLES_DIR", SOURCE_DIR / "build/dev/examples"))
JOB_WORKER = EXAMPLES_DIR / "job_worker" / "job_worker"

# Far more than anything takes on an idle machine; a busy one only makes tests slower.
DEADLINE_SECONDS = 60


def wait_until(condition, what, seconds=DEADLINE_SECONDS):
    """Polls until `condition()` is true and returns what it returned; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)


class Process:
    """A process with its output in one log. Stopped at the end of a `with` block if it still runs."""

    def __init__(self, *command):
        self._log = tempfile.TemporaryFile()
        self._popen = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                                       stdout=self._log, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Asked first, so that it removes what it made.
        self._popen.terminate()
        try:
            self._popen.wait(10)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self._popen.stdin.close()
        self._log.close()

    @property
    def pid(self):
        return self._popen.pid

    def log(self):
        """All that it printed so far."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def wait_for_log(self, pattern):
        """Waits for a line that matches, and returns the match."""

        def find():
            # The order matters: what an ended process printed is all there.
            ended = self._popen.poll() is not None
            match = re.search(pattern, self.log())
            if ended and not match:
                raise AssertionError(f"ended without printing {pattern!r}:\n{self.log()}")
            return match

        return wait_until(find, f"{pattern!r} in the log of process {self.pid}")

    def send(self, signal_number):
        self._popen.send_signal(signal_number)

    def close_input(self):
        self._popen.stdin.close()

    def wait(self, seconds=DEADLINE_SECONDS):
        """Waits for the end and returns the exit code."""
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still runs after {seconds} s:\n{self.log()}") from None

    def terminate(self):
        self.send(signal.SIGTERM)
        return self.wait()

    def count_sockets(self):
        """How many sockets it has open."""
        count = 0
        for fd in pathlib.Path(f"/proc/{self.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                count += os.readlink(fd).startswith("socket:")
        return count


class JobWorker(Process):
    """The example host, on a port of its own choice unless the arguments say otherwise."""

    def __init__(self, *arguments):
        words = [str(word) for word in arguments]
        if not any(word.startswith("--metrics-") for word in words):
            words.append("--metrics-addr=127.0.0.1:0")
        super().__init__(JOB_WORKER, *words)

    def url(self):
        return self.wait_for_log(r"serving metrics at (\S+),").group(1)

    def page(self):
        return http_get(self.url() + "/metrics")

    def wait_for_work(self):
        """Waits until --once or --jobs are done and it only serves."""
        self.wait_for_log("all jobs are done")

    def summary(self):
        """What it says at the end, as {"guestkit.inspect": "6 completed, ...", ...}."""
        return dict(re.findall(r"summary: (\S+): (.*)", self.log()))


def find_server(name):
    """The path of a server that only tests need."""
    path = shutil.which(name)
    if path is None:
        sys.exit(f"{name} is not in PATH: run the tests through ctest, which unpacks it")
    return path


class Prometheus(Process):
    """A Prometheus that scrapes `targets`, a dictionary from job names to addresses."""

    def __init__(self, folder, targets, rule_files=(), flags=()):
        folder = pathlib.Path(folder)
        config = folder / "prometheus.yml"
        # JSON is YAML.
        config.write_text(json.dumps({
            "global": {"scrape_interval": "200ms", "evaluation_interval": "1s"},
            "rule_files": [str(file) for file in rule_files],
            "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [address]}]}
                               for job, address in targets.items()],
        }))
        super().__init__(find_server("prometheus"), f"--config.file={config}",
                         f"--storage.tsdb.path={folder / 'data'}", "--web.listen-address=127.0.0.1:0", *flags)
        port = self.wait_for_log(r'msg="Listening on" address=\S*:(\d+)').group(1)
        self.base_url = f"http://127.0.0.1:{port}"
        self.wait_for_log("Server is ready to receive web requests")

    def get(self, path, **parameters):
        """The `data` of an answer of the HTTP API; fails when it is an error."""
        query = urllib.parse.urlencode(parameters)
        answer = json.loads(http_get(f"{self.base_url}/api/v1/{path}?{query}"))
        if answer["status"] != "success":
            raise AssertionError(f"{path} {parameters}: {answer}")
        return answer["data"]

    def query(self, expression):
        """An instant vector, as {frozenset of the labels' items: value}."""
        data = self.get("query", query=expression)
        return {frozenset(sample["metric"].items()): float(sample["value"][1])
                for sample in data["result"]}


def http_get(url, headers=None):
    """The body of a page; fails for every status but 200."""
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{url}: {error.code} {error.read().decode()}") from None


def http_get_over_unix_socket(path, target):
    """The body of a page that is served on a unix-domain socket."""

    class Connection(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(DEADLINE_SECONDS)
            self.sock.connect(str(path))

    connection = Connection("localhost")
    connection.request("GET", target)
    with contextlib.closing(connection):
        return connection.getresponse().read().decode()
