"""scripts/setup against stand-ins of the package tools: what it asks of them, and what it leaves behind."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TOOLS = "bash cat chmod cmp comm cp dirname env grep id mkdir mv rm sed sort wc".split()

# Notes what it is asked, and whether a package that wants to start a server would be let.
APT_GET = """#!/bin/bash
"$ROOT/usr/sbin/policy-rc.d" rabbitmq-server start
echo "policy $? clusters $(grep -c '^create_main_cluster = false' "$CLUSTERS") apt-get $*" >>"$NOTES"
exit ${APT_STATUS-0}
"""

# Notes what it is asked and where, and installs the like of it.
NPM = """#!/bin/bash
echo "npm $* in $PWD" >>"$NOTES"
[ -z "${NPM_STATUS-}" ] || { echo "npm has words of its own" >&2; exit "$NPM_STATUS"; }
mkdir -p node_modules/.bin node_modules/@asyncapi/parser && cp "$0" node_modules/.bin/buf
"""


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="waybill setup test ")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.bin = self.root / "bin"
        self.notes = self.root / "notes"
        self.policy = self.root / "usr/sbin/policy-rc.d"
        self.clusters = self.root / "etc/postgresql-common/createcluster.conf"
        for path in (self.bin, self.policy.parent, self.clusters.parent):
            path.mkdir(parents=True)
        self.clusters.write_text("own = settings\n", encoding="utf-8")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.checkout = self.root / "checkout" / "scripts"
        for folder in ("buf", "api"):
            (self.checkout / folder).mkdir(parents=True)
        for name in ("setup", "debian-packages.txt", "buf/package-lock.json", "api/package-lock.json"):
            shutil.copy(SCRIPTS / name, self.checkout / name)
        self.stand_in("apt-get", APT_GET)
        self.stand_in("npm", NPM)
        self.there("")

    def stand_in(self, name, text):
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(text, encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def there(self, packages):
        answers = "".join(f"installed {package}\n" for package in packages.split())
        (self.root / "installed").write_text(answers, encoding="utf-8")
        self.stand_in("dpkg-query", f"#!/bin/bash\ncat '{self.root}/installed'\n")

    def setup(self, *arguments, expect=0, **environment):
        environment |= {"PATH": str(self.bin), "NOTES": str(self.notes), "ROOT": str(self.root),
                        "CLUSTERS": str(self.clusters), "WAYBILL_SETUP_ROOT": str(self.root)}
        done = subprocess.run([self.checkout / "setup", *arguments], env=environment, capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def told(self):
        return self.notes.read_text(encoding="utf-8").splitlines() if self.notes.exists() else []

    def wanted(self):
        return self.setup("--print").split()

    def everything_is_there(self):
        self.there(" ".join(self.wanted()))
        self.setup()
        self.notes.unlink(missing_ok=True)

    def test_does_nothing_when_all_is_there(self):
        self.everything_is_there()
        self.assertIn(f"all {len(self.wanted())} packages are there", self.setup())
        self.assertEqual(self.told(), [])

    def test_asks_sudo_for_what_is_missing_and_for_nothing_else(self):
        self.everything_is_there()
        *there, missing = self.wanted()
        self.there(" ".join(there))
        self.stand_in("id", "#!/bin/bash\necho 1000\n")
        self.assertIn("there is no sudo", self.setup(expect=1))
        self.stand_in("sudo", '#!/bin/bash\necho "sudo $*" >>"$NOTES"\n')
        self.setup()
        self.assertEqual(self.told(), [f"sudo {self.checkout / 'setup'} --install-as-root {missing}"])

    def test_leaves_an_npm_alone_that_is_there_from_elsewhere_and_installs_debians_where_there_is_none(self):
        self.there(" ".join(package for package in self.wanted() if package != "npm"))
        self.assertIn("packages are there", self.setup())
        self.assertEqual([line.split()[0] for line in self.told()], ["npm", "npm"])
        (self.bin / "npm").unlink()
        self.assertIn("installing 1 packages: npm", self.setup())
        self.assertIn("apt-get", self.told()[-1])

    def test_installs_buf_and_what_judges_apis_as_their_lock_files_say_and_runs_nothing_of_them(self):
        self.there(" ".join(self.wanted()))
        self.setup()
        buf, api = self.told()
        self.assertRegex(buf, r"^npm ci --ignore-scripts .* in .*/scripts/buf$")
        self.assertRegex(api, r"^npm ci --ignore-scripts .* in .*/scripts/api$")

    # A change of the version must not leave the old one in place.
    def test_installs_each_anew_when_its_lock_file_has_changed_or_it_is_gone(self):
        for folder, program in (("buf", ".bin/buf"), ("api", "@asyncapi/parser")):
            with self.subTest(folder):
                self.everything_is_there()
                with (self.checkout / folder / "package-lock.json").open("a", encoding="utf-8") as lock:
                    lock.write("\n")
                self.setup()
                self.assertEqual([line.rpartition("/")[2] for line in self.told()], [folder])
                (self.checkout / folder / "node_modules" / program).rename(self.root / folder)
                self.setup()
                self.assertEqual(len(self.told()), 2)
                self.setup()
                self.assertEqual(len(self.told()), 2)

    def test_says_what_to_do_when_buf_cannot_be_installed_and_tries_again_the_next_time(self):
        self.there(" ".join(self.wanted()))
        said = self.setup(expect=1, NPM_STATUS="7")
        self.assertIn("npm has words of its own", said)
        self.assertIn("See that the npm registry can be reached, and run scripts/setup again", said)
        self.assertIn("all", self.setup())

    def test_names_the_packages_where_the_system_is_another(self):
        (self.bin / "apt-get").unlink()
        said = self.setup(expect=1)
        for package in self.wanted():
            self.assertIn(package, said)
        self.assertIn("docker-compose", said)

    # A server that a package started would be the machine's, on the well-known port.
    def test_lets_no_package_start_a_server_or_make_a_cluster(self):
        self.setup("--install-as-root", "rabbitmq-server")
        self.assertEqual([line.split(" apt-get")[0] for line in self.told()],
                         ["policy 101 clusters 0", "policy 101 clusters 1"])
        self.assert_as_before()

    def test_leaves_the_machine_as_it_was_when_the_installation_fails(self):
        self.assertIn("could not install", self.setup("--install-as-root", "x", expect=1, APT_STATUS="100"))
        self.assert_as_before()

    def test_gives_back_a_policy_that_was_there(self):
        self.policy.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
        self.policy.chmod(0o755)
        self.setup("--install-as-root", "rabbitmq-server")
        self.assertEqual({line.split()[1] for line in self.told()}, {"101"})
        self.assertEqual(self.policy.read_text(encoding="utf-8"), "#!/bin/sh\nexit 0\n")

    # What the interrupted run had changed must not be taken for the original.
    def test_gives_back_the_settings_that_an_interrupted_run_has_saved(self):
        self.clusters.rename(f"{self.clusters}.waybill-saved")
        self.clusters.write_text("own = settings\ncreate_main_cluster = false\n", encoding="utf-8")
        self.setup("--install-as-root", "rabbitmq-server")
        self.assert_as_before()

    def assert_as_before(self):
        self.assertEqual(list(self.policy.parent.iterdir()), [])
        self.assertEqual([entry.name for entry in self.clusters.parent.iterdir()], [self.clusters.name])
        self.assertEqual(self.clusters.read_text(encoding="utf-8"), "own = settings\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
