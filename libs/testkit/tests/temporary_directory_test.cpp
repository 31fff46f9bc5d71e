#include "waybill/testkit/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>

namespace waybill::testkit {
namespace {

using std::filesystem::exists;
using std::filesystem::perms;
using std::filesystem::status;

TEST(TemporaryDirectory, is_gone_with_all_that_is_in_it) {
  std::optional<TemporaryDirectory> directory(std::in_place);
  const auto path = directory->path();
  std::filesystem::create_directories(path / "deep" / "er");
  directory->write("deep/er/file", "x");
  EXPECT_NE(TemporaryDirectory().path(), path);
  directory.reset();
  EXPECT_FALSE(exists(path));
}

// A server that a test starts is another user.
TEST(TemporaryDirectory, may_be_read_by_everybody) {
  const TemporaryDirectory directory;
  const auto file = directory.write("file", std::string("a\0b", 3));
  EXPECT_EQ(status(directory.path()).permissions() & perms{0555}, perms{0555});
  EXPECT_EQ(status(file).permissions() & perms::others_read, perms::others_read);
  std::ifstream in(file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), std::string("a\0b", 3));
}

TEST(TemporaryDirectory, stays_when_it_is_to_be_looked_at) {
  std::optional<TemporaryDirectory> directory(std::in_place);
  const auto path = directory->path();
  directory->keep();
  directory.reset();
  EXPECT_TRUE(std::filesystem::remove(path));
}

}  // namespace
}  // namespace waybill::testkit
