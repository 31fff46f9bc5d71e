import unittest

from planted import PlantedTree

LAYERS = """\
# waybill_layer(broker ABOVE nothing) in a comment declares nothing
waybill_layer(base)
waybill_layer(message ABOVE base)
waybill_layer(postgres
              ABOVE message)
waybill_layer(testkit ABOVE message)
waybill_layer(simulate ABOVE message)
waybill_layer(servers ABOVE testkit postgres)
"""


class Layering(PlantedTree):
    rule = "layering"

    def setUp(self):
        super().setUp()
        self.plant("cmake/layers.cmake", LAYERS)
        for module in ("base", "message", "postgres", "simulate", "testkit"):
            self.plant(f"libs/{module}/CMakeLists.txt", f"add_module({module}\n  SOURCES src/x.cpp)\n")
            self.plant(f"libs/{module}/include/waybill/{module}/x.hpp", "#pragma once\n")
        self.plant("libs/testkit/servers/CMakeLists.txt", "add_module(servers SOURCES src/x.cpp)\n")

    def test_an_upward_include_is_found_in_header_and_source(self):
        self.plant("libs/message/src/x.cpp", '\n#include "waybill/postgres/x.hpp"\n')
        self.plant("libs/base/include/waybill/base/y.hpp",
                   "#pragma once\n#  include <waybill/message/x.hpp>\n")
        self.assert_found(
            ("libs/base/include/waybill/base/y.hpp", 2, "'base' may not include 'waybill/message/x.hpp'",
             "ADR"),
            ("libs/message/src/x.cpp", 2, "'postgres' is not below it", "move the code down"))

    def test_what_is_below_may_be_included_directly_or_through_others(self):
        self.plant("libs/postgres/src/x.cpp",
                   '#include "waybill/postgres/x.hpp"\n#include "waybill/message/x.hpp"\n'
                   '#include "waybill/base/x.hpp"\n#include "own.hpp"\n#include <vector>\n')
        self.assert_clean()

    # Its folder is the package's, which may begin with any name.
    def test_what_protoc_generates_is_of_no_module(self):
        self.plant("libs/base/src/x.cpp",
                   '#include "waybill/v1/options.pb.h"\n#include "waybill/v1/x.contract.hpp"\n')
        self.assert_clean()
        self.plant("libs/base/src/x.cpp", '#include "waybill/v1/options.hpp"\n')
        self.assert_found(("libs/base/src/x.cpp", 1, "'v1' is not below it", "move the code down"))

    def test_an_include_that_is_only_text_is_none(self):
        self.plant("libs/base/src/x.cpp",
                   '// #include "waybill/postgres/x.hpp"\n/*\n#include "waybill/postgres/x.hpp"\n*/\n'
                   'auto text = R"(\n#include "waybill/postgres/x.hpp"\n)";\n')
        self.assert_clean()

    def test_tests_of_a_module_may_use_testkit_servers_and_simulate_but_nothing_else_above(self):
        self.plant("libs/message/tests/x.cpp",
                   '#include "waybill/testkit/x.hpp"\n#include "waybill/servers/x.hpp"\n'
                   '#include "waybill/simulate/x.hpp"\n#include "waybill/postgres/x.hpp"\n')
        self.assert_found(("libs/message/tests/x.cpp", 4, "'message' may not include", "move the code down"))

    def test_sources_may_not_use_testkit(self):
        self.plant("libs/message/src/x.cpp", '#include "waybill/testkit/x.hpp"\n')
        self.assert_found(("libs/message/src/x.cpp", 1, "'testkit' is not below it", "move the code down"))

    def test_a_module_within_anothers_folder_is_its_own(self):
        self.plant("libs/testkit/servers/include/waybill/testkit/servers/x.hpp",
                   '#pragma once\n#include "waybill/postgres/x.hpp"\n')
        self.plant("libs/testkit/src/x.cpp", '#include "waybill/testkit/servers/x.hpp"\n')
        self.assert_found(("libs/testkit/src/x.cpp", 1, "'servers' is not below it", "move the code down"))

    def test_a_path_into_another_modules_folder_is_found_and_one_within_the_own_is_not(self):
        self.plant("libs/message/src/x.cpp", '#include "../../base/src/inner.hpp"\n')
        self.plant("libs/message/tests/y.cpp", '#include "../src/inner.hpp"\n')
        self.assert_found(("libs/message/src/x.cpp", 1, "another module's folder", "waybill/<module>/"))

    def test_a_module_without_a_layer_is_found(self):
        self.plant("libs/broker/src/x.cpp", "\n")
        self.assert_found(("libs/broker/src/x.cpp", 1, "'broker' has no layer", "cmake/layers.cmake"))

    def test_what_spans_modules_may_include_any(self):
        self.plant("tests/integration/x.cpp", '#include "waybill/postgres/x.hpp"\n')
        self.assert_clean()

    def test_without_layers_nothing_is_said_to_be_right(self):
        (self.root / "cmake/layers.cmake").unlink()
        status, _, err = self.run_check("layering")
        self.assertEqual(2, status)
        self.assertIn("cmake/layers.cmake is missing", err)


if __name__ == "__main__":
    unittest.main()
