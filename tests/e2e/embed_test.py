"""The embedding example of the README: it serves what it says."""

import unittest

import hosts


class EmbedTest(unittest.TestCase):
    def test_serves_its_metrics_until_its_input_ends(self):
        with hosts.Process(hosts.EXAMPLES_DIR / "embed" / "embed") as process:
            url = process.wait_for_log(r"(http://\S+/metrics)").group(1)
            page = hosts.http_get(url)
            self.assertIn('jobs_total{status="completed"} 900\n', page)
            self.assertIn('jobs_total{status="failed"} 100\n', page)
            self.assertIn("job_seconds_count 1000\n", page)
            process.close_input()
            self.assertEqual(process.wait(), 0)


if __name__ == "__main__":
    unittest.main()
