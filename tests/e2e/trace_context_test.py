"""A service on vitals, driven as the W3C's test suite of Trace Context drives services: a request with
headers goes in, and what comes out at the other end must be what the specification says."""

import contextlib
import http.client
import http.server
import json
import os
import re
import string
import threading
import unittest
import urllib.parse

import hosts

TRACE_ID = "12345678901234567890123456789012"
SPAN_ID = "1234567890123456"
SAMPLED = f"00-{TRACE_ID}-{SPAN_ID}-01"
UNSAMPLED = f"00-{TRACE_ID}-{SPAN_ID}-00"
TRACE_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-0([0-3])")

# What may be in a key and in a value.
KEY = string.ascii_lowercase + string.digits + "_-*/"
VALUE = "".join(chr(c) for c in range(0x20, 0x7f) if chr(c) not in ",=")
MEMBERS = [f"bar{i:02}={i:02}" for i in range(1, 34)]

# Values of traceparent, and whether the trace goes on.
PARENTS = [
    ([SAMPLED], True),
    ([UNSAMPLED], True),
    ([], False),
    ([""], False),
    # More than one.
    ([SAMPLED.replace("12-", "11-", 1), SAMPLED], False),
    ([SAMPLED, SAMPLED], False),
    # Blanks.
    *[([before + SAMPLED + after], True)
      for before, after in [(" ", ""), ("\t", ""), ("", " "), ("", "\t"), ("\t ", " \t")]],
    # Versions.
    ([SAMPLED + "."], False),
    ([SAMPLED + "-what-the-future-will-be-like"], False),
    (["cc" + SAMPLED[2:]], True),
    (["cc" + SAMPLED[2:] + "-what-the-future-will-be-like"], True),
    (["cc" + SAMPLED[2:] + ".what-the-future-will-be-like"], False),
    (["ff" + SAMPLED[2:]], False),
    *[([version + SAMPLED[2:]], False) for version in (".0", "0.", "000", "0000", "0", "")],
    # Ids.
    *[([f"00-{trace_id}-{SPAN_ID}-01"], False)
      for trace_id in ("0" * 32, "." + TRACE_ID[1:], TRACE_ID[:-1] + ".", TRACE_ID + "3", TRACE_ID[:-1],
                       TRACE_ID[:-1] + "A")],
    *[([f"00-{TRACE_ID}-{span_id}-01"], False)
      for span_id in ("0" * 16, "." + SPAN_ID[1:], SPAN_ID[:-1] + ".", SPAN_ID + "7", SPAN_ID[:-1],
                      SPAN_ID[:-1] + "A")],
    # Flags.
    *[([f"00-{TRACE_ID}-{SPAN_ID}-{flags}"], False) for flags in (".0", "0.", "001", "1", "", "0A")],
    *[([f"00-{TRACE_ID}-{SPAN_ID}-{flags}"], True) for flags in ("02", "03", "09", "ff")],
]

# Values of tracestate, and what goes out.
STATES = [
    (["foo=1,bar=2"], "foo=1,bar=2"),
    ([], None),
    ([""], None),
    (["foo=1", ""], "foo=1"),
    (["", "foo=1"], "foo=1"),
    (["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3"),
    # Keys twice.
    (["foo=1,foo=1"], None),
    (["foo=1,foo=2"], None),
    (["foo=1", "foo=1"], None),
    (["foo=1", "foo=2"], None),
    # Characters.
    ([f"{KEY}={VALUE}"], f"{KEY}={VALUE}"),
    ([f"{KEY}@a-z0-9_-*/={VALUE}"], f"{KEY}@a-z0-9_-*/={VALUE}"),
    # Blanks.
    (["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
    (["foo=1\t \t,\t \tbar=2,\t \tbaz=3"], "foo=1,bar=2,baz=3"),
    *[([before + "foo=1" + after], "foo=1")
      for before, after in [(" ", ""), ("\t", ""), ("", " "), ("", "\t"), ("\t ", " \t")]],
    # Keys and values that are none.
    *[([member], None)
      for member in ("foo =1", "FOO=1", "foo.bar=1", "foo@=1,bar=2", "@foo=1,bar=2", "foo@@bar=1,bar=2",
                     "foo@bar@baz=1,bar=2", "foo=bar=baz", "foo=,bar=3")],
    # Limits.
    ([",".join(MEMBERS[:10]), ",".join(MEMBERS[10:20]), ",".join(MEMBERS[20:32])], ",".join(MEMBERS[:32])),
    ([",".join(MEMBERS[:10]), ",".join(MEMBERS[10:20]), ",".join(MEMBERS[20:33])], None),
    (["foo=1", "z" * 256 + "=1"], "foo=1," + "z" * 256 + "=1"),
    (["foo=1", "z" * 257 + "=1"], None),
    (["foo=1", "t" * 241 + "@" + "v" * 14 + "=1"], "foo=1," + "t" * 241 + "@" + "v" * 14 + "=1"),
    (["foo=1", "t" * 242 + "@v=1"], None),
    (["foo=1", "t@" + "v" * 15 + "=1"], None),
]


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what is posted to it, by path."""

    daemon_threads = True

    def __init__(self):
        self.received = {}
        received = self.received

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received[self.path] = (self.headers.items(), json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __exit__(self, *exception):
        self.shutdown()
        self._thread.join()
        super().__exit__(*exception)


def values_of(headers, name):
    return [value for key, value in headers if key.lower() == name]


class TraceContextTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.receiver = cls.enterClassContext(Receiver())
        service = cls.enterClassContext(hosts.Process(os.environ["VITALS_TRACE_CONTEXT_SERVICE"]))
        cls.url = service.wait_for_log(r"listening at (\S+)").group(1)

    def post(self, body, headers=()):
        """Posts to the service as it stands, header by header; returns the status of its answer."""
        url = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=hosts.DEADLINE_SECONDS)
        with contextlib.closing(connection):
            connection.putrequest("POST", url.path)
            for name, value in headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return connection.getresponse().status

    def call(self, headers, count=1):
        """Has the service make calls; returns a tuple of trace id, span id, flags and tracestate for each."""
        self.receiver.received.clear()
        calls = [{"url": f"{self.receiver.url}/{i}", "arguments": [i]} for i in range(count)]
        self.assertEqual(self.post(json.dumps(calls).encode(), headers), 200)
        self.assertEqual(len(self.receiver.received), count)
        return [self.context(f"/{i}", [i]) for i in range(count)]

    def context(self, path, arguments):
        """The context that came with a call."""
        headers, received = self.receiver.received[path]
        self.assertEqual(received, arguments)
        parents = values_of(headers, "traceparent")
        self.assertEqual(len(parents), 1, parents)
        self.assertRegex(parents[0], TRACE_PARENT)
        trace_id, span_id, flags = TRACE_PARENT.fullmatch(parents[0]).groups()
        self.assertNotEqual(int(trace_id, 16), 0)
        self.assertNotEqual(int(span_id, 16), 0)
        states = values_of(headers, "tracestate")
        return trace_id, span_id, int(flags), ",".join(states) if states else None

    def test_traceparent(self):
        for values, goes_on in PARENTS:
            with self.subTest(traceparent=values):
                headers = [("traceparent", value) for value in values] + [("tracestate", "foo=1")]
                trace_id, span_id, flags, state = self.call(headers)[0]
                self.assertEqual(trace_id == TRACE_ID, goes_on, trace_id)
                self.assertEqual(state, "foo=1" if goes_on else None)
                if not goes_on:
                    self.assertNotIn(trace_id, "".join(values))
                if flags & 1:
                    self.assertNotEqual(span_id, SPAN_ID)

    def test_tracestate(self):
        for values, expected in STATES:
            for parent in (SAMPLED, UNSAMPLED):
                with self.subTest(tracestate=values, traceparent=parent):
                    headers = [("traceparent", parent)] + [("tracestate", value) for value in values]
                    trace_id, _, _, state = self.call(headers)[0]
                    self.assertEqual(trace_id, TRACE_ID)
                    self.assertEqual(state, expected)

    def test_names_of_headers(self):
        for name in ("traceparent", "TraceParent", "TrAcEpArEnT", "TRACEPARENT"):
            with self.subTest(name=name):
                self.assertEqual(self.call([(name, SAMPLED)])[0][0], TRACE_ID)
        for name in ("trace-parent", "trace.parent"):
            with self.subTest(name=name):
                self.assertNotEqual(self.call([(name, SAMPLED)])[0][0], TRACE_ID)
        for name in ("tracestate", "TraceState", "TrAcEsTaTe", "TRACESTATE"):
            with self.subTest(name=name):
                self.assertEqual(self.call([("traceparent", SAMPLED), (name, "foo=1")])[0][3], "foo=1")
        for name in ("trace-state", "trace.state"):
            with self.subTest(name=name):
                self.assertIsNone(self.call([("traceparent", SAMPLED), (name, "foo=1")])[0][3])

    def test_flags(self):
        for sent, expected in {"00": 0, "01": 1, "02": 2, "03": 3, "09": 1, "fc": 0, "ff": 3}.items():
            with self.subTest(flags=sent):
                self.assertEqual(self.call([("traceparent", SAMPLED[:-2] + sent)])[0][2], expected)

    def test_several_calls(self):
        for parent, goes_on in ((SAMPLED, True), (f"00-{'0' * 32}-{SPAN_ID}-01", False), ("", False)):
            with self.subTest(traceparent=parent):
                contexts = self.call([("traceparent", parent)] if parent else [], count=3)
                trace_ids = {context[0] for context in contexts}
                self.assertEqual(len(trace_ids), 1)
                self.assertEqual(trace_ids == {TRACE_ID}, goes_on)
                self.assertEqual(len({context[1] for context in contexts} - {SPAN_ID}), 3)

    def test_through_several_services(self):
        self.receiver.received.clear()
        calls = [{"url": f"{self.receiver.url}/end", "arguments": []}]
        for _ in range(2):
            calls = [{"url": self.url, "arguments": calls}]
        state = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"
        headers = [("traceparent", SAMPLED), ("tracestate", state)]
        self.assertEqual(self.post(json.dumps(calls).encode(), headers), 200)
        trace_id, span_id, flags, received = self.context("/end", [])
        self.assertEqual((trace_id, flags, received), (TRACE_ID, 1, state))
        self.assertNotEqual(span_id, SPAN_ID)

    def test_bad_requests(self):
        for body in (b"", b"{}", b"[1]", b'[{"url": 1, "arguments": []}]', b'[{"url": "http://a"}]'):
            with self.subTest(body=body):
                self.assertEqual(self.post(body), 400)
        self.assertEqual(self.post(b'[{"url": "http://127.0.0.1:1/", "arguments": []}]'), 502)


if __name__ == "__main__":
    unittest.main()
