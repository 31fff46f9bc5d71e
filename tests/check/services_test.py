import unittest

from planted import PlantedTree

SQL_IN_CODE = ("postgres::Sql find;", "tx.query(find, id);", "scope.tx().execute(change);",
               "tx_.pipeline(write);", "tx->query<Row>(find);")
SQL_IN_TEXT = ('"SELECT 1"', '"INSERT INTO stock VALUES (1)"', 'R"(\n  UPDATE stock SET pieces = 1)"',
               '"DELETE FROM stock"', '"WITH x AS (SELECT 1)"', '"CREATE TABLE stock (sku text)"')
NO_SQL = ('// "SELECT 1", tx.query(x)\nauto a = "select one, or UPDATE; deleted from stock";\n'
          "http::Query query(request.query());\n")


class Services(PlantedTree):
    rule = "services"

    def test_sql_has_one_place(self):
        for folder, suffix in (("api", "cpp"), ("handlers", "hpp"), ("domain", "cpp")):
            for code in SQL_IN_CODE + SQL_IN_TEXT:
                with self.subTest(f"{folder}: {code}"):
                    path = f"services/order/{folder}/x.{suffix}"
                    self.plant(path, f"\nauto x = {code};\n")
                    self.assert_found((path, 2, "is SQL outside of persistence/",
                                       "put it into services/order/persistence/"))
                    (self.root / path).unlink()
        self.plant("services/order/settings.cpp", f"\n{SQL_IN_CODE[0]}\n")
        self.assert_found(("services/order/settings.cpp", 2, "'postgres::Sql'", "persistence/"))

    def test_there_it_is_and_elsewhere_is_what_looks_like_it(self):
        for folder in ("persistence", "migrations", "tests"):
            self.plant(f"services/order/{folder}/x.cpp", "\n".join(SQL_IN_CODE + SQL_IN_TEXT))
        self.plant("services/order/api/x.cpp", NO_SQL)
        self.plant("libs/inbox/src/x.cpp", SQL_IN_CODE[0])
        self.assert_clean()

    def test_a_domain_knows_nothing_of_what_is_around_it(self):
        for include, what in (('"waybill/postgres/tx.hpp"', "base/ alone"), ("<nlohmann/json.hpp>", "JSON"),
                              ("<boost/asio/awaitable.hpp>", "result.hpp alone"),
                              ('"shop/order/v1/order.pb.h"', "generated"),
                              ('"waybill/v1/options.pb.h"', "generated"),
                              ('"shop/order/v1/order.contract.hpp"', "generated"),
                              ('"persistence/orders.hpp"', "around"), ('"api/orders.hpp"', "around")):
            with self.subTest(include):
                self.plant("services/order/domain/x.hpp", f"#pragma once\n#include {include}\n")
                self.assert_found(("services/order/domain/x.hpp", 2, what, "give the domain values"))
                self.plant("services/order/domain/x.hpp", f"#pragma once\n// #include {include}\n")
                self.plant("services/order/api/x.hpp", f"#include {include}\n")
                self.assert_clean()

    def test_a_domain_knows_itself_and_base(self):
        self.plant("services/order/domain/y.hpp", "#pragma once\n")
        self.plant("services/order/domain/x.hpp",
                   '#include <vector>\n#include <boost/system/result.hpp>\n#include "domain/y.hpp"\n'
                   '#include "waybill/base/uuid.hpp"\n#include "y.hpp"\n')
        self.assert_clean()

    def test_a_service_has_nothing_of_another(self):
        self.plant("services/payment/domain/ledger.hpp", "#pragma once\n")
        for include in ("../../payment/domain/ledger.hpp", "services/payment/domain/ledger.hpp",
                        "domain/ledger.hpp", "payment_migrations.hpp"):
            with self.subTest(include):
                self.plant("services/order/handlers/x.cpp", f'\n#include "{include}"\n')
                self.assert_found(("services/order/handlers/x.cpp", 2, "service 'payment'", "libs/"))
        self.plant("services/order/handlers/x.cpp", "\n")
        self.plant("services/order/CMakeLists.txt", "# payment_parts\nadd_x(order LINKS payment_parts)\n")
        self.assert_found(("services/order/CMakeLists.txt", 2, "of the service 'payment'", "libs/"))

    def test_what_has_the_same_name_in_both_is_its_own(self):
        for service in ("order", "payment"):
            self.plant(f"services/{service}/domain/money.hpp", "#pragma once\n")
            self.plant(f"services/{service}/main.cpp",
                       f'#include "domain/money.hpp"\n#include "{service}_migrations.hpp"\n'
                       f'#include "shop/payment/v1/payment.pb.h"\n#include "service_fixture.hpp"\n')
            self.plant(f"services/{service}/CMakeLists.txt", f"add_x({service} LINKS {service}_parts)\n")
        self.plant("services/CMakeLists.txt", "add_subdirectory(order)\n")
        self.assert_clean()

    def test_a_main_wires(self):
        self.plant("services/order/main.cpp", "\n" * 60)
        self.plant("services/order/api/main.cpp", "\n" * 61)
        self.assert_clean()
        self.plant("services/order/main.cpp", "\n" * 61)
        self.assert_found(("services/order/main.cpp", 61, "more than 60 lines", "a file of its own"))

    def test_the_relay_has_no_such_folders(self):
        self.plant("services/relay/main.cpp", SQL_IN_CODE[0] + "\n" * 70)
        self.assert_clean()
        self.plant("services/order/domain/x.hpp", "#pragma once\n")
        self.plant("services/relay/main.cpp", '#include "../order/domain/x.hpp"\n')
        self.assert_found(("services/relay/main.cpp", 1, "of the service 'order'", "libs/"))


if __name__ == "__main__":
    unittest.main()
