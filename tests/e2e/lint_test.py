"""Lint() says of a page what promtool says of it, word for word."""

import pathlib
import subprocess
import sys
import unittest

LINT_PAGE = pathlib.Path(sys.argv.pop())


def lines_of(what):
    return subprocess.run([LINT_PAGE, what], capture_output=True, text=True, timeout=60, check=True).stdout


class LintTest(unittest.TestCase):
    def test_agrees_with_promtool(self):
        promtool = subprocess.run(["promtool", "check", "metrics"], input=lines_of("page"), capture_output=True,
                                  text=True, timeout=60, check=False)
        self.assertEqual(promtool.returncode, 3, "promtool read the page, and has advice: " + promtool.stderr)
        ours = lines_of("problems").splitlines()
        self.assertEqual(sorted(ours), sorted(promtool.stderr.splitlines()))
        self.assertGreater(len(ours), 20)


if __name__ == "__main__":
    unittest.main()
