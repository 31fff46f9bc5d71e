import json
import signal
import time
import unittest

from fake_checkout import FakeCheckout


class Figures(FakeCheckout):
    def test_a_figure_is_the_median_of_each_side_and_their_ratio(self):
        self.describe("fast", [self.metric(goal=0.9)])
        self.program("fast", ours=[1, 95, 900, 90, 100], floor=[100, 1, 100, 900, 100])
        status, figures, out, _ = self.figures("fast")
        self.assertEqual(0, status)
        self.assertEqual([{"name": "fast", "metric": "speed", "unit": "msg/s", "value": 95.0, "floor": 100.0,
                           "ratio": 0.95, "goal": 0.9, "better": "higher"}], figures)
        self.assertIn("0.950", out)
        self.assertIn("≥ 0.9", out)
        self.assertIn("1–900", out)
        self.assertRegex(out, r"\bmet\b")

    def test_where_higher_is_better_a_ratio_below_the_goal_misses_it(self):
        self.describe("slow", [self.metric(goal=0.95)])
        self.program("slow", ours=[94] * 5, floor=[100] * 5)
        status, figures, out, err = self.figures("slow")
        self.assertEqual(4, status)
        self.assertEqual(0.94, figures[0]["ratio"])
        self.assertIn("MISSED", out)
        self.assertIn("slow speed misses its goal: the ratio is 0.940, it has to be at least 0.95", err)

    def test_where_lower_is_better_a_ratio_above_the_goal_misses_it(self):
        self.describe("dear", [self.metric(unit="us", better="lower", goal=1.15)])
        self.program("dear", ours=[self.says(unit="us", speed=116)] * 5, floor=[self.says(unit="us",
                                                                                          speed=100)] * 5)
        status, figures, _, err = self.figures("dear")
        self.assertEqual(4, status)
        self.assertEqual((1.16, "lower"), (figures[0]["ratio"], figures[0]["better"]))
        self.assertIn("it has to be at most 1.15", err)

    def test_a_ratio_of_exactly_the_goal_meets_it_in_both_directions(self):
        self.describe("even", [self.metric(goal=1), self.metric("cost", better="lower", goal=1)])
        self.program("even", ours=[self.says(speed=5, cost=7)] * 5, floor=[self.says(speed=5, cost=7)] * 5)
        status, figures, _, _ = self.figures("even")
        self.assertEqual(0, status)
        self.assertEqual(["speed", "cost"], [figure["metric"] for figure in figures])

    def test_one_missed_goal_among_met_ones_is_told_and_all_figures_are_written(self):
        self.describe("a", [self.metric()])
        self.describe("b", [self.metric()])
        self.program("a", ours=[1] * 5, floor=[2] * 5)
        self.program("b", ours=[2] * 5, floor=[2] * 5)
        status, figures, out, err = self.figures("all")
        self.assertEqual(4, status)
        self.assertEqual(["a", "b"], [figure["name"] for figure in figures])
        self.assertEqual(1, out.count("MISSED"))
        self.assertEqual(1, err.count("misses its goal"))

    def test_parts_are_told_beside_the_figures_with_the_greatest_of_ours_first_and_nobody_judges_them(self):
        def says(**parts):
            told = [{"part": name, "unit": "us/order", "value": value} for name, value in parts.items()]
            return self.says(speed=1) + "".join(f"\nprint('{json.dumps(one)}')" for one in told)

        self.describe("one", [self.metric()])
        self.program("one", ours=[says(disk=0), *[says(disk=2, broker=30)] * 4], floor=[says(broker=10)] * 5)
        status, told, out, _ = self.figures("one")
        self.assertEqual(0, status)
        self.assertEqual([("broker", 30, 10), ("disk", 2, None)],
                         [(one["part"], one["value"], one["floor"]) for one in told if "part" in one])
        self.assertEqual(1, len([one for one in told if "metric" in one]))
        self.assertRegex(out, r"one +broker +us/order +30 +10\n")
        self.assertRegex(out, r"one +disk +us/order +2 +–\n")


class Runs(FakeCheckout):
    def setUp(self):
        super().setUp()
        self.describe("one", [self.metric()])

    def test_the_sides_take_turns_and_change_who_goes_first(self):
        self.program("one", ours=[1] * 6, floor=[1] * 6)
        self.bench("one", "--runs", "6")
        sides = [line.split()[1] for line in self.log()]
        self.assertEqual(["ours", "floor", "floor", "ours"] * 3, sides)

    def test_fewer_than_five_runs_are_refused(self):
        status, _, err = self.bench("one", "--runs", "4")
        self.assertEqual(2, status)
        self.assertIn("--runs 4", err)

    def test_quick_is_one_run_each_that_nobody_judges(self):
        self.program("one", ours=[1], floor=[100])
        status, out, _ = self.bench("one", "--quick")
        self.assertEqual(0, status)
        self.assertIn("not judged", out)
        self.assertEqual(["one ours --quick no servers", "one floor --quick no servers"], self.log())

    def test_list_tells_what_there_is(self):
        status, out, _ = self.bench("--list")
        self.assertEqual(0, status)
        self.assertRegex(out, r"^one +about one\n$")

    def test_an_unknown_name_and_no_name_are_refused(self):
        status, _, err = self.bench("two")
        self.assertEqual(2, status)
        self.assertIn("no benchmark is called two; choose of: one, all", err)
        status, _, err = self.bench()
        self.assertEqual(2, status)
        self.assertIn("name the benchmarks to run", err)

    def test_a_program_that_is_not_built_is_named_before_anything_runs(self):
        self.describe("two", [self.metric()], servers=["postgres"])
        self.program("one", ours=[1] * 5, floor=[1] * 5)
        status, _, err = self.bench("all")
        self.assertEqual(2, status)
        self.assertIn("two: there is no", err)
        self.assertIn("build/release/bin/bench_two", err)
        self.assertEqual([], self.log())


class Failures(FakeCheckout):
    def setUp(self):
        super().setUp()
        self.describe("one", [self.metric(), self.metric("cost", unit="us")], timeout_s=20)

    def assert_fails(self, ours, *words, floor=None):
        good = self.says(speed=1) + "\n" + self.says(unit="us", cost=1)
        self.program("one", ours=[good, ours, good, good, good], floor=[good, good, floor or good, good,
                                                                        good])
        status, out, err = self.bench("one", "--json", str(self.root / "figures"))
        self.assertEqual(2, status)
        self.assertEqual("", out)
        self.assertFalse((self.root / "figures").exists())
        for word in words:
            self.assertIn(word, err)

    def test_a_missing_metric_is_told_with_its_program(self):
        self.assert_fails(self.says(speed=1), "bench_one ours did not report cost")

    def test_a_metric_that_nobody_described_is_told(self):
        self.assert_fails(self.says(pace=1), "bench_one ours reported 'pace'",
                          "bench.json of one does not know")

    def test_a_metric_told_twice_is_told(self):
        self.assert_fails(self.says(speed=1) + "\n" + self.says(speed=2), "reported 'speed' twice")

    def test_another_unit_is_told(self):
        self.assert_fails(self.says(unit="ms", speed=1), "reported 'speed' in ms, but bench.json says msg/s")

    def test_a_value_that_is_no_positive_number_is_told(self):
        for value in (0, -1, "fast", None, True):
            with self.subTest(value):
                told = {"metric": "speed", "unit": "msg/s", "value": value}
                said = f"import json; print(json.dumps({told!r}))"
                self.assert_fails(said, f"bench_one ours reported {value} for 'speed'")
        self.assert_fails("print('{\"metric\": \"speed\", \"unit\": \"msg/s\", \"value\": Infinity}')",
                          "reported inf")

    def test_a_line_that_is_no_metric_is_told(self):
        self.assert_fails("print('warming up')", "bench_one ours printed 'warming up'",
                          "one JSON object a line")
        self.assert_fails("print('{\"metric\": \"speed\"}')", "bench_one ours printed")

    def test_a_program_that_fails_is_named_with_the_end_of_what_it_said(self):
        self.assert_fails("print('no such queue', file=sys.stderr); sys.exit(3)",
                          "bench_one ours ended with status 3", "no such queue")

    def test_a_program_that_crashes_is_named_with_its_signal(self):
        good = self.says(speed=1) + "\n" + self.says(unit="us", cost=1)
        self.assert_fails(good, "bench_one floor was ended by SIGABRT", floor="os.abort()")

    def test_a_program_that_hangs_is_ended_and_named(self):
        self.describe("one", [self.metric(), self.metric("cost", unit="us")], timeout_s=0.5)
        self.program("one", ours=["import signal; signal.pause()"], floor=[])
        status, _, err = self.bench("one")
        self.assertEqual(2, status)
        self.assertIn("bench_one ours took longer than the 0.5 s of its bench.json", err)

    def test_a_manifest_that_is_wrong_is_told_with_its_place(self):
        for wrong, told in (({"executable": None}, "'executable' is missing"),
                            ({"metrics": []}, "metrics must be there"),
                            ({"metrics": [self.metric(), self.metric()]}, "each once"),
                            ({"metrics": [self.metric(better="more")]},
                             "'better' of speed is 'higher' or 'lower'"),
                            ({"metrics": [self.metric(goal=0)]}, "'goal' of speed is a ratio above 0"),
                            ({"metrics": [{"metric": "speed", "unit": "s", "goal": 1}]},
                             "'better' is missing"),
                            ({"servers": ["kafka"]}, "not kafka"), ({"repeat": 3}, "unknown: repeat")):
            with self.subTest(told):
                self.describe("one", **{"metrics": [self.metric()], **wrong})
                status, _, err = self.bench("one")
                self.assertEqual(2, status)
                self.assertIn("tests/bench/one/bench.json: ", err)
                self.assertIn(told, err)
        (self.root / "tests/bench/one/bench.json").write_text("{")
        self.assertIn("cannot be read as JSON", self.bench("one")[2])


class Servers(FakeCheckout):
    def setUp(self):
        super().setUp()
        self.describe("one", [self.metric()], servers=["postgres", "rabbitmq"])

    def test_servers_are_brought_up_told_to_the_programs_and_removed(self):
        self.program("one", ours=[1] * 5, floor=[1] * 5)
        status, _, err = self.bench("one")
        self.assertEqual(0, status, err)
        log = self.log()
        place = f"stack --dir {self.root}/var/bench"
        self.assertRegex(log[0], f"^{place} up --until \\d+$")
        self.assertEqual([f"{place} env --json", "one ours postgresql://fake"], log[1:3])
        self.assertEqual(f"{place} reset", log[-1])

    def test_only_the_servers_that_are_needed_are_brought_up(self):
        self.describe("one", [self.metric()], servers=["postgres"])
        self.program("one", ours=[1] * 5, floor=[1] * 5)
        self.bench("one")
        self.assertRegex(self.log()[0], "up --until \\d+ --only postgres$")
        self.describe("one", [self.metric()])
        self.program("one", ours=[1] * 5, floor=[1] * 5)
        (self.root / "log").unlink()
        self.bench("one")
        self.assertNotIn("stack", "".join(self.log()))

    def test_servers_are_removed_when_a_program_fails(self):
        self.program("one", ours=["sys.exit(1)"], floor=[])
        self.assertEqual(2, self.bench("one")[0])
        self.assertTrue(self.log()[-1].endswith("var/bench reset"))

    def test_servers_that_do_not_come_up_are_told_and_removed(self):
        self.stack(up=1)
        self.program("one", ours=[1] * 5, floor=[1] * 5)
        status, _, err = self.bench("one")
        self.assertEqual(2, status)
        self.assertIn("ended with status 1", err)
        self.assertTrue(self.log()[-1].endswith("var/bench reset"))

    def test_servers_are_removed_when_the_run_is_interrupted(self):
        for interruption in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(interruption.name):
                (self.root / "log").unlink(missing_ok=True)
                self.program("one", ours=["import signal; signal.pause()"], floor=[])
                process = self.start("one")
                self.eventually(lambda: any(line.startswith("one ours") for line in self.log()))
                process.send_signal(interruption)
                _, err = process.communicate(timeout=60)
                self.assertEqual(130, process.returncode, err)
                self.assertIn("interrupted", err)
                self.assertTrue(self.log()[-1].endswith("var/bench reset"))

    def eventually(self, holds, within_s=30):
        end = time.monotonic() + within_s
        while not holds():
            self.assertLess(time.monotonic(), end, f"not within {within_s} s")
            time.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
