#!/usr/bin/env python3
"""Shows that check_docs.py catches what it is for."""

import pathlib
import tempfile
import unittest

import check_docs

SOURCE = """int main() {
  // [hello]
  Hello();
    Nested();
  // [/hello]
}
"""


def check(page, extra=None):
    """Errors of a page beside SOURCE, and its lines as --update would write them."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in {"README.md": page, "examples/a/main.cc": SOURCE, **(extra or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        checked = check_docs.Page(root, root / "README.md")
        lines = checked.check()
        return checked.errors, "\n".join(lines) + "\n"


class DocsTest(unittest.TestCase):
    good = "<!-- sample: examples/a/main.cc#hello -->\n```cpp\nHello();\n  Nested();\n```\n"

    def test_a_quote_is_accepted(self):
        self.assertEqual(check(self.good), ([], self.good))

    def test_a_stale_quote_is_found_and_updated(self):
        stale = self.good.replace("Hello", "Goodbye")
        errors, updated = check(stale)
        self.assertIn("README.md:2: differs from examples/a/main.cc#hello", errors[0])
        self.assertEqual(updated, self.good)

    def test_a_block_without_a_marker_is_refused(self):
        self.assertIn("without a marker", check("```cpp\nHello();\n```\n")[0][0])
        self.assertEqual(check("```sh\nmake demo\n```\n")[0], [])

    def test_an_unknown_region_or_file_is_refused(self):
        self.assertIn("no region", check(self.good.replace("#hello", "#other"))[0][0])
        self.assertIn("No such file", check(self.good.replace("main.cc", "none.cc"))[0][0])

    def test_links_resolve(self):
        extra = {"docs/a.md": "# One `two` three\n"}
        self.assertEqual(check("[a](docs/a.md#one-two-three) [b](https://example.org)\n", extra)[0], [])
        self.assertIn("no such file", check("[a](docs/b.md)\n", extra)[0][0])
        self.assertIn("no such heading", check("[a](docs/a.md#four)\n", extra)[0][0])


if __name__ == "__main__":
    unittest.main()
