#!/usr/bin/env python3
"""Shows that check_layering.py catches what it is for: each case is a small tree with one fault."""

import pathlib
import tempfile
import unittest

import check_layering


def errors_of(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check_layering.Checker(root).run()


class LayeringTest(unittest.TestCase):
    def assert_clean(self, files):
        self.assertEqual(errors_of(files), [])

    def assert_refused(self, files, message):
        errors = errors_of(files)
        self.assertEqual(len(errors), 1, errors)
        self.assertIn(message, errors[0])

    def test_lower_layers_and_the_standard_library_are_free(self):
        self.assert_clean({
            "src/base/mutex.h": "#include <mutex>\n",
            "src/metrics/registry.cc":
                '#include <sys/mman.h>\n#include <pthread.h>\n#include "absl/status/status.h"\n'
                '#include "base/mutex.h"\n#include "fmt/format.h"\n#include "vitals/model/labels.h"\n',
        })

    def test_a_higher_layer_is_refused(self):
        self.assert_refused({"src/model/labels.cc": '#include "vitals/metrics/counter.h"\n'},
                            "src/model/labels.cc:1: module model (layer 1) may not include")

    def test_a_private_header_of_a_higher_layer_is_refused(self):
        self.assert_refused({
            "src/metrics/cells.h": "",
            "src/base/thread.cc": '#include "metrics/cells.h"\n',
        }, "module base (layer 0) may not include metrics/cells.h (layer 2)")

    def test_the_same_layer_is_refused(self):
        self.assert_refused({"src/tsdb/head.cc": '#include "vitals/promql/engine.h"\n'}, "module tsdb")

    def test_the_same_layer_is_free_where_the_table_says_so(self):
        self.assert_clean({"src/instruments/component.cc": '#include "vitals/trace/span.h"\n'})

    def test_the_command_may_not_reach_into_the_process(self):
        self.assert_refused({"src/cli/main.cc": '#include "vitals/telemetry/telemetry.h"\n'}, "module cli")

    def test_a_package_outside_its_module_is_refused(self):
        self.assert_refused({"src/api/metrics.cc": "#include <boost/asio.hpp>\n"}, "may not use Boost")
        self.assert_refused({"src/metrics/x.cc": "#include <prometheus/registry.h>\n"}, "may not use prometheus-cpp")
        self.assert_refused({"src/telemetry/x.cc": "#include <spdlog/spdlog.h>\n"}, "may not use spdlog")
        self.assert_refused({"examples/x/main.cc": "#include <sqlite3.h>\n"}, "may not use SQLite")

    def test_a_package_in_a_public_header_is_refused(self):
        self.assert_refused({"include/vitals/net/http_server.h": "#include <openssl/ssl.h>\n"},
                            "a public header may not include OpenSSL")

    def test_an_undeclared_package_is_refused(self):
        self.assert_refused({"src/base/x.cc": "#include <folly/String.h>\n"}, "of no declared package")

    def test_a_private_header_in_a_public_one_is_refused(self):
        self.assert_refused({
            "src/base/mutex.h": "",
            "include/vitals/base/log.h": '#include "base/mutex.h"\n',
        }, "a public header may not include the private base/mutex.h")

    def test_an_example_uses_public_headers_alone(self):
        self.assert_refused({
            "src/base/mutex.h": "",
            "examples/embed/main.cc": '#include "base/mutex.h"\n',
        }, "an example may not include the private")

    def test_abseil_in_a_hot_header_is_refused_also_through_another(self):
        self.assert_refused({
            "include/vitals/metrics/counter.h": '#include "vitals/metrics/cell.h"\n',
            "include/vitals/metrics/cell.h": '#include "absl/status/status.h"\n',
        }, "in a hot header (include/vitals/metrics/counter.h -> vitals/metrics/cell.h)")

    def test_locks_of_abseil_are_refused(self):
        self.assert_refused({"src/base/x.cc": '#include "absl/synchronization/mutex.h"\n'}, "Abseil's locks")
        self.assert_refused({"src/base/x.cc": "absl::Mutex mutex;\n"}, "use base::Mutex")

    def test_the_umbrella_is_for_users(self):
        self.assert_refused({"src/api/x.cc": '#include "vitals/vitals.h"\n'}, "umbrella")

    def test_a_module_must_be_declared(self):
        self.assert_refused({"src/utils/x.cc": ""}, "no module utils in LAYERS")


if __name__ == "__main__":
    unittest.main()
