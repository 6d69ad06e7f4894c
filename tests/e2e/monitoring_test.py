"""What examples/job_worker/monitoring ships: configuration, alerts and dashboard are well-formed."""

import json
import subprocess
import unittest

import hosts

MONITORING = hosts.SOURCE_DIR / "examples" / "job_worker" / "monitoring"


class PromtoolTest(unittest.TestCase):
    def promtool(self, *arguments):
        check = subprocess.run([hosts.find_server("promtool"), *arguments], cwd=MONITORING, text=True,
                               capture_output=True, check=False)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_configuration_is_valid(self):
        self.promtool("check", "config", "--lint-fatal", "prometheus.yml")

    def test_rules_are_valid(self):
        self.promtool("check", "rules", "--lint-fatal", "alerts.yml")

    def test_alerts_fire_and_resolve(self):
        self.promtool("test", "rules", "alerts_test.yml")


class DashboardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dashboard = json.loads((MONITORING / "dashboard.json").read_text())
        cls.panels = cls.dashboard["panels"]

    def test_lets_the_user_choose_the_data_source(self):
        variables = {variable["name"]: variable for variable in self.dashboard["templating"]["list"]}
        self.assertEqual(variables["datasource"]["type"], "datasource")
        for panel in self.panels:
            for part in (panel, *panel["targets"]):
                self.assertEqual(part["datasource"], {"type": "prometheus", "uid": "${datasource}"})

    def test_every_panel_says_what_it_shows_and_in_which_unit(self):
        self.assertEqual(len({panel["id"] for panel in self.panels}), len(self.panels))
        for panel in self.panels:
            self.assertTrue(panel["title"] and panel["description"])
            self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])
            self.assertTrue(all(target["expr"] and target["legendFormat"] for target in panel["targets"]))

    def test_panels_do_not_overlap(self):
        taken = set()
        for panel in self.panels:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(place["x"] + place["w"], 24)
            taken |= cells


if __name__ == "__main__":
    unittest.main()
