"""The walk with curl of docs/guide/health.md: what the guide shows is what the job worker says.

Blocks that are fenced as ```console hold commands, each after "$ ", and below it what it prints: "..."
stands for anything, and where the guide breaks a line the output may or may not.
"""

import os
import re
import shlex
import subprocess
import unittest

import hosts

PAGE = hosts.SOURCE_DIR / "docs" / "guide" / "health.md"

# What stands in the guide for the worker that the test starts.
WORKER = "build/dev/examples/job_worker/job_worker"
URL = "http://127.0.0.1:9090"
PID = "$!"


def steps(text):
    """The commands of a page, as (command, lines that it prints)."""
    result = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                result.append((line[2:], []))
            else:
                result[-1][1].append(line)
    return result


def pattern_of(lines):
    """What matches an output that these lines show."""
    shown = [r"(?s:.*?)".join(re.escape(part) for part in line.strip().split("...")) for line in lines]
    return r"\s*" + r"\s*".join(shown) + r"\s*"


class PatternTest(unittest.TestCase):
    def matches(self, shown, output):
        return re.fullmatch(pattern_of(shown.splitlines()), output) is not None

    def test_dots_stand_for_anything_and_line_breaks_for_none(self):
        self.assertTrue(self.matches('{"a":...,\n  "b":2}', '{"a":17,"b":2}'))
        self.assertTrue(self.matches("HTTP/1.1 200 OK\n...\nx", "HTTP/1.1 200 OK\r\nDate: y\r\n\r\nx"))
        self.assertFalse(self.matches('{"a":...}', '{"b":17}'))
        self.assertFalse(self.matches("a 1", "a 1\nb 2"))
        self.assertFalse(self.matches("", "x"))

    def test_commands_are_told_from_what_they_print(self):
        page = "text\n```console\n$ a &\n$ b\n1\n2\n```\n\n```console\n$ c\n```\n    $ d\n"
        self.assertEqual(steps(page), [("a &", []), ("b", ["1", "2"]), ("c", [])])


class WalkthroughTest(unittest.TestCase):
    def start(self, command):
        words = shlex.split(command.removesuffix("&"))
        self.assertEqual(words[0], WORKER)
        return self.enterContext(hosts.JobWorker(*words[1:]))

    def run_command(self, command):
        return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True,
                              timeout=hosts.DEADLINE_SECONDS).stdout

    def show(self, command, lines):
        """Runs a command that asks, again while a busy machine has not come so far."""
        pattern = pattern_of(lines)
        output = ""

        def is_shown():
            nonlocal output
            output = self.run_command(command)
            return re.fullmatch(pattern, output)

        try:
            hosts.wait_until(is_shown, command)
        except AssertionError:
            self.fail(f"{command}\nprints\n{output}\nwhere the guide shows\n" + "\n".join(lines))

    def test_prints_what_the_guide_shows(self):
        # The guide's paths are those of the repository.
        os.chdir(hosts.SOURCE_DIR)
        (start, _), *others = steps(PAGE.read_text(encoding="utf-8"))
        worker = self.start(start)
        url = worker.url()
        for command, lines in others:
            with self.subTest(command):
                self.assertTrue(URL in command or PID in command or command.startswith("sleep "))
                command = command.replace(URL, url).replace(PID, str(worker.pid))
                if lines:
                    self.show(command, lines)
                else:
                    self.run_command(command)
        self.assertEqual(worker.wait(), 0)
        self.assertGreater(sum(bool(lines) for _, lines in others), 10)


if __name__ == "__main__":
    unittest.main()
