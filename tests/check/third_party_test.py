import unittest

from planted import PlantedTree

# library, its module, a use in code, one of its headers, a look-alike that is not it
LIBRARIES = (
    ("pqxx", "postgres", "pqxx::work tx(c);", "pqxx/pqxx", "int pqxx_version = 6;"),
    ("libpq", "postgres", "PGconn* c = PQconnectdb(url);", "libpq-fe.h", "int PQ = 1; int PGpool;"),
    ("rabbitmq-c", "amqp", "amqp_destroy_connection(c);", "rabbitmq-c/amqp.h",
     "Connection amqp_; run(amqp_);"),
    ("rabbitmq-c", "amqp", "int d = AMQP_DELIVERY_PERSISTENT;", "amqp_tcp_socket.h", "amqp::Connection c;"),
    ("Beast", "http", "boost::beast::flat_buffer b;", "boost/beast/http.hpp", "int beast = 1;"),
    ("libcurl", "outbound", "CURL* c = curl_easy_init();", "curl/curl.h", "int curl = CURLY;"),
    ("prometheus-cpp", "telemetry", "prometheus::Registry r;", "prometheus/registry.h", "int prometheus;"),
    ("spdlog", "telemetry", 'spdlog::info("x");', "spdlog/spdlog.h", "int spdlog;"),
    ("protobuf", "contract", "google::protobuf::Message* m;", "google/protobuf/message.h", "int protobuf;"),
)


class ThirdParty(PlantedTree):
    rule = "third-party"

    def test_a_library_named_outside_its_module_is_found(self):
        for library, home, use, header, _ in LIBRARIES:
            with self.subTest(use):
                self.plant("libs/inbox/src/x.cpp",
                           f"#include <vector>\n#include <{header}>\n\nvoid f() {{ {use} }}\n")
                lines = {(one.path, one.line) for one in self.findings()}
                self.assertEqual({("libs/inbox/src/x.cpp", 2), ("libs/inbox/src/x.cpp", 4)}, lines)
                for finding in self.findings():
                    self.assertIn(f"is {library}, which only libs/{home}/ may name", finding.what)
                    self.assertIn(f"use what libs/{home}/ offers", finding.remedy)

    def test_its_module_may_name_it_in_sources_and_tests(self):
        for _, home, use, header, _ in LIBRARIES:
            for folder in ("src", "tests"):
                self.plant(f"libs/{home}/{folder}/x.cpp", f"#include <{header}>\nvoid f() {{ {use} }}\n")
        self.assert_clean()

    def test_no_public_header_may_name_it(self):
        for library, home, use, header, _ in LIBRARIES:
            with self.subTest(use):
                path = f"libs/{home}/include/waybill/{home}/x.hpp"
                self.plant(path, f"#pragma once\n#include <{header}>\n{use}\n")
                self.assertEqual({(path, 2), (path, 3)}, {(one.path, one.line) for one in self.findings()})
                for finding in self.findings():
                    self.assertIn(f"puts {library} into a public header", finding.what)
                    self.assertIn("hide it", finding.remedy)
                (self.root / path).unlink()

    def test_comments_texts_and_look_alikes_are_not_it(self):
        for number, (_, _, use, header, look_alike) in enumerate(LIBRARIES):
            self.plant(f"libs/inbox/src/x{number}.cpp",
                       f"// {use}\n/* #include <{header}> */\n"
                       f"auto text = R\"x({use} #include <{header}>)x\";\n{look_alike}\n")
        self.assert_clean()

    def test_floor_programs_may_use_database_and_broker_bare_but_not_the_rest(self):
        self.plant("tests/bench/transact/floor.cpp",
                   "PGconn* c = PQconnectdb(url);\npqxx::work w;\namqp_bytes_t b;\n")
        self.assert_clean()
        self.plant("tests/bench/transact/floor.cpp", "\nspdlog::info(1);\n")
        self.assert_found(("tests/bench/transact/floor.cpp", 2, "spdlog", "libs/telemetry/"))
        self.plant("tests/bench/transact/floor.cpp", "\n")
        self.plant("tests/integration/x.cpp", "pqxx::work w;\n")
        self.assert_found(("tests/integration/x.cpp", 1, "pqxx", "libs/postgres/"))

    # What looks at a server for the tests must not do so by the code that they test.
    def test_the_module_that_judges_may_use_libpq_bare_in_its_sources(self):
        self.plant("libs/servers/src/x.cpp", "#include <libpq-fe.h>\nPGconn* c = PQconnectdb(url);\n")
        self.assert_clean()
        self.plant("libs/servers/src/x.cpp", "pqxx::work w;\n")
        self.assert_found(("libs/servers/src/x.cpp", 1, "pqxx", "libs/postgres/"))
        self.plant("libs/servers/src/x.cpp", "\n")
        self.plant("libs/servers/include/waybill/servers/x.hpp", "#pragma once\nPGconn* c();\n")
        self.assert_found(("libs/servers/include/waybill/servers/x.hpp", 2, "libpq", "libs/postgres/"))

    # A test compares messages; a service has generated classes, and the codec reads and writes them.
    def test_protobuf_may_be_named_by_tests_and_generated_headers_by_all(self):
        use = "#include <google/protobuf/util/message_differencer.h>\ngoogle::protobuf::Message* m;\n"
        for path in ("libs/inbox/tests/x.cpp", "tests/golden/x.cpp", "services/order/tests/x.cpp"):
            self.plant(path, use)
        self.plant("services/order/handlers/x.cpp", '#include "shop/order/v1/order.pb.h"\n')
        self.assert_clean()
        self.plant("services/order/handlers/x.cpp", use)
        self.assertEqual(2, len(self.findings()))

    def test_protobuf_is_offered_by_one_header_alone(self):
        use = "#pragma once\nnamespace google::protobuf {\nclass Message;\n}\n"
        self.plant("libs/contract/include/waybill/contract/payload.hpp", use)
        self.assert_clean()
        self.plant("libs/contract/include/waybill/contract/x.hpp", use)
        self.assert_found(("libs/contract/include/waybill/contract/x.hpp", 2, "public header", "hide it"))


if __name__ == "__main__":
    unittest.main()
