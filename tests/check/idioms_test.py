import unittest

from planted import PlantedTree

SLEEPS = ("std::this_thread::sleep_for(1s);", "std::this_thread::sleep_until(then);", "usleep(10);",
          "::sleep(1);", "sleep(1);",
          "nanosleep(&a, &b);")
WALL_CLOCKS = ("std::chrono::system_clock::now();", "gettimeofday(&t, nullptr);",
               "clock_gettime(CLOCK_REALTIME, &t);",
               "time(nullptr);")
THREADS = ("std::thread worker(f);", "std::jthread worker(f);", "std::vector<std::thread> all;",
           "std::async(f);",
           "pthread_create(&t, 0, f, 0);")
ANYWHERE = (
    ("worker.detach();", "detaches a thread", "join it"),
    ("worker->detach();", "detaches a thread", "join it"),
    ("using namespace std;", "opens all of std", "std::"),
    ("TEST(A, b) { GTEST_SKIP(); }", "skips a test", "make it pass"),
    ("TEST(A, DISABLED_b) {}", "skips a test", "make it pass"),
)
COROUTINES = (
    "co_spawn(io, [this]() -> awaitable<void> { co_return; }, detached);",
    "co_spawn(io.get_executor(),\n  [&] { return run(); }, detached);",
    "co_spawn(f(a, b), [x = std::move(x)]() mutable { return run(x); }(), detached);",
    "auto run = [x]() mutable -> boost::asio::awaitable<int> { co_return x; };",
    "return [&x](int n) noexcept -> asio::awaitable<void> { co_return; };",
)
HARMLESS_LAMBDAS = """\
co_spawn(io, run(x), [this](std::exception_ptr error) { ended(error); });
co_spawn(io, [] { return run(); }, detached);
co_spawn(io, []() -> awaitable<void> { co_return; }, detached);
auto run = [x](int n) -> int { return x + n; };
auto f = table[x] -> awaitable;
auto [a, b] = pair;
post(io, [this] { ended(); });
"""


class CppIdioms(PlantedTree):
    rule = "idioms"
    in_source = "libs/inbox/src/x.cpp"

    def assert_banned(self, path, uses, what, remedy):
        for use in uses:
            with self.subTest(use):
                self.plant(path, f"\n\n{use}\n")
                self.assert_found((path, 3, what, remedy))
        (self.root / path).unlink()

    def test_sleeps_are_found_outside_testkit_also_in_tests(self):
        self.assert_banned(self.in_source, SLEEPS, "sleeps", "testkit::eventually")
        self.assert_banned("libs/inbox/tests/x.cpp", SLEEPS, "sleeps", "testkit::eventually")
        self.plant("libs/testkit/src/eventually.cpp", "\n".join(SLEEPS))
        self.assert_clean()

    def test_wall_clocks_are_found_outside_base(self):
        self.assert_banned(self.in_source, WALL_CLOCKS, "wall clock", "base::Clock")
        self.plant("libs/base/src/clock.cpp", "\n".join(WALL_CLOCKS))
        self.plant(self.in_source,
                   "steady_clock::now(); clock.wall(); runtime(0); lifetime(nullptr); time(x);\n")
        self.assert_clean()

    def test_threads_are_found_outside_runtime_amqp_testkit_and_tests(self):
        self.assert_banned(self.in_source, THREADS, "starts a thread", "blocking pool")
        for path in ("libs/runtime/src/x.cpp", "libs/amqp/src/x.cpp", "libs/inbox/tests/x.cpp",
                     "libs/testkit/src/x.cpp", "tests/integration/x.cpp"):
            self.plant(path, "\n".join(THREADS))
        self.plant(self.in_source, "std::thread::id id; auto n = std::thread::hardware_concurrency();\n")
        self.assert_clean()

    def test_what_is_banned_everywhere_is_found(self):
        for use, what, remedy in ANYWHERE:
            self.assert_banned("libs/runtime/tests/x.cpp", [use], what, remedy)

    def test_look_alikes_are_not_found(self):
        self.plant(self.in_source,
                   "using namespace std::chrono_literals;\nbuffer.detach(x); co_spawn(io, f(), detached);\n"
                   "sleeper(1); fall_asleep(); node.sleep(1); node->sleep(1);\n"
                   "auto sleep_until = later;\nint DISABLED = 1;\n")
        self.assert_clean()

    def test_capturing_coroutine_lambdas_are_found(self):
        self.assert_banned(self.in_source, [use for use in COROUTINES if "\n" not in use],
                           "makes a coroutine of a capturing lambda", "named coroutine function")
        self.plant(self.in_source, COROUTINES[1])
        self.assert_found((self.in_source, 2, "capturing lambda", "named coroutine function"))

    def test_lambdas_that_are_no_coroutines_or_capture_nothing_are_not(self):
        self.plant(self.in_source, HARMLESS_LAMBDAS)
        self.assert_clean()

    def test_comments_and_texts_are_not_code(self):
        uses = [*SLEEPS, *WALL_CLOCKS, *THREADS, *(use for use, _, _ in ANYWHERE), *COROUTINES]
        texts = "".join(f"// {first}\nauto t = R\"({use})\";\nauto s = \"{first}\";\n"
                        for use in uses for first in use.splitlines()[:1])
        self.plant(self.in_source, "/*\n" + "\n".join(uses) + "\n*/\n" + texts)
        self.assert_clean()

    def test_notes_and_silenced_checks_are_found_in_comments(self):
        for word in ("TODO", "FIXME", "XXX"):
            self.assert_banned(self.in_source, [f"// {word}: later", f"int x;  /* {word} */"], word, "do it")
        self.assert_banned(self.in_source, ["f();  // NOLINT", "// NOLINTNEXTLINE(bugprone-x)"],
                           "silences a check", ".clang-tidy")
        self.plant(self.in_source, 'auto text = "TODO NOLINT";  // todos of the user\nint XXX = 1;\n')
        self.assert_clean()


class OtherIdioms(PlantedTree):
    rule = "idioms"

    def test_notes_are_found_in_comments_of_every_language(self):
        self.plant("scripts/x.py", "x = 1\ny = 2  # TODO\n")
        self.plant("scripts/x.sh", "#!/bin/bash\necho a  # FIXME later\n")
        self.plant("CMakeLists.txt", "# XXX\n")
        self.plant("libs/a/migrations/1.sql", "select 1;\n-- TODO\n")
        self.assert_found(("scripts/x.py", 2, "TODO", "do it"), ("scripts/x.sh", 2, "FIXME", "do it"),
                          ("CMakeLists.txt", 1, "XXX", "do it"), 
                          ("libs/a/migrations/1.sql", 2, "TODO", "do it"))

    def test_notes_in_texts_are_not(self):
        self.plant("scripts/x.py", "x = 'TODO'\ny = '''\n# FIXME\n'''\n")
        self.plant("scripts/x.sh", "#!/bin/bash\necho \"# TODO\" $# XXX\n")
        self.assert_clean()

    def test_skipped_python_tests_are_found(self):
        for use in ("@unittest.skip('x')", "@unittest.skipIf(a, 'x')", "@unittest.expectedFailure",
                    "@pytest.mark.skip",
                    "@pytest.mark.xfail"):
            self.plant("tests/x_test.py", f"import unittest\n{use}\ndef f(): pass\n")
            self.assert_found(("tests/x_test.py", 2, "skips a test", "make it pass"))
        for use in ("self.skipTest('x')", "raise SkipTest('x')", "pytest.skip('x')"):
            self.plant("tests/x_test.py", f"\n{use}\n")
            self.assert_found(("tests/x_test.py", 2, "skips a test", "make it pass"))

    def test_skipped_ctest_tests_are_found(self):
        self.plant("tests/CMakeLists.txt",
                   "set_tests_properties(a PROPERTIES SKIP_RETURN_CODE 77)\n"
                   "set_tests_properties(a PROPERTIES DISABLED TRUE)\n# SKIP_RETURN_CODE\n")
        self.assert_found(("tests/CMakeLists.txt", 1, "skips a test", "make it pass"),
                          ("tests/CMakeLists.txt", 2, "skips a test", "make it pass"))

    def test_a_sleep_of_a_python_test_is_found_outside_a_function_that_polls(self):
        self.plant("tests/x_test.py", "import time\n\ndef test_x():\n    time.sleep(1)\n")
        self.plant("libs/a/tests/y.py", "from time import sleep\nsleep(1)\n")
        self.assert_found(("tests/x_test.py", 4, "sleeps in a test", "a function named eventually"),
                          ("libs/a/tests/y.py", 2, "sleeps in a test", "a function named eventually"))

    def test_a_sleep_while_polling_or_outside_tests_is_not(self):
        self.plant("tests/x_test.py", "import time\n\ndef eventually(ready):\n    while not ready():\n"
                                      "        time.sleep(0.01)\n\ntext = 'time.sleep(1)'  # time.sleep(1)\n")
        self.plant("scripts/x.py", "import time\ntime.sleep(1)\n")
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
