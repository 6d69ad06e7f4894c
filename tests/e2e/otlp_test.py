"""Spans that vitals exports, read back with the message definitions of OpenTelemetry's own exporters."""

import gzip
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest


class Collector(http.server.BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def attributes(owner):
    """Attributes by key, as (kind, value)."""
    return {item["key"]: next(iter(item["value"].items())) for item in owner.get("attributes", [])}


def understood(lines):
    """The requests as OpenTelemetry's definitions read them."""
    reader = pathlib.Path(os.environ["VITALS_OTLP_READER"], "read.js")
    result = subprocess.run(["node", str(reader)], input=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, timeout=60)
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return [json.loads(line) for line in result.stdout.splitlines()]


class OtlpTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
        server.requests = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "spans.jsonl")
                url = f"http://127.0.0.1:{server.server_port}/v1/traces"
                subprocess.run([os.environ["VITALS_WRITE_SPANS"], str(path), url], check=True, timeout=60)
                cls.file = path.read_text(encoding="utf-8")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        cls.requests = server.requests

    def check_full_span(self, span):
        """Against FullSpan() of tests/export/spans.h."""
        self.assertEqual(attributes(span), {
            "count": ("intValue", "9007199254740993"), "ratio": ("doubleValue", 0.1),
            "cached": ("boolValue", False), "path": ("stringValue", "a\nb"),
            "thread.id": ("intValue", "4711"), "thread.name": ("stringValue", "worker/0")})
        retry, done = span["events"]
        self.assertEqual((retry["name"], retry["timeUnixNano"]), ("retry", "1700000000150000000"))
        self.assertEqual(attributes(retry), {"attempt": ("intValue", "2")})
        self.assertEqual(done, {"name": "done", "timeUnixNano": "1700000000200000001"})
        link, = span["links"]
        self.assertEqual(attributes(link), {"why": ("stringValue", "batch")})
        del link["attributes"]
        self.assertEqual(link, {"traceId": "00000000000000010000000000000002", "spanId": "0000000000000003",
                                "traceState": "k=v", "flags": 1})
        rest = {key: value for key, value in span.items() if key not in ("attributes", "events", "links")}
        self.assertEqual(rest, {
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331",
            "parentSpanId": "00f067aa0ba902b7", "traceState": "vendor=t61rcWkgMzE,other=1",
            "flags": 0x303, "name": 'GET "/jobs"', "kind": 2, "startTimeUnixNano": "1700000000123456789",
            "endTimeUnixNano": "1700000000223456790", "droppedAttributesCount": 5, "droppedEventsCount": 6,
            "droppedLinksCount": 7, "status": {"message": "caf\u00e9 is closed", "code": 2}})

    def check_request(self, request):
        resource_spans, = request["resourceSpans"]
        resource = attributes(resource_spans["resource"])
        self.assertEqual(resource["service.name"], ("stringValue", "writer"))
        self.assertEqual(resource["telemetry.sdk.language"], ("stringValue", "cpp"))
        self.assertEqual(resource["process.pid"][0], "intValue")
        api, worker = resource_spans["scopeSpans"]
        self.assertEqual((api["scope"], worker["scope"]), ({"name": "api"}, {"name": "worker"}))
        full, = api["spans"]
        self.check_full_span(full)
        self.assertEqual(worker["spans"], [{
            "traceId": "000000000000000000000000000000ab", "spanId": "00000000000000ab", "flags": 0x100,
            "name": "step", "kind": 1, "startTimeUnixNano": "1000", "endTimeUnixNano": "2000"}])

    def test_the_file_is_understood(self):
        request, = understood(self.file)
        self.check_request(request)

    def test_what_is_pushed_is_understood(self):
        (path, headers, body), = self.requests
        self.assertEqual(path, "/v1/traces")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(headers["Content-Encoding"], "gzip")
        request, = understood(gzip.decompress(body).decode())
        self.check_request(request)

    def test_the_reader_is_strict(self):
        for right, wrong in (('"kind":2', '"kind":"SPAN_KIND_SERVER"'), ('"kind":2', '"Kind":2'),
                             ('"startTimeUnixNano":"1000"', '"startTimeUnixNano":1000'),
                             ('"spanId":"00000000000000ab"', '"spanId":"00000000000000AB"'),
                             ('"intValue":"2"', '"intValue":2')):
            self.assertIn(right, self.file)
            with self.assertRaises(AssertionError):
                understood(self.file.replace(right, wrong))


if __name__ == "__main__":
    unittest.main()
