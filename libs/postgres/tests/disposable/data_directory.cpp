#include "data_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "../test_database.hpp"

namespace waybill::postgres::testing {

DataDirectory::DataDirectory(Pool& pool)
    : path_(pool.transact([](Tx& tx) { return tx.query_one<std::string>("SHOW data_directory"); }, soon())) {}

void DataDirectory::give(const std::filesystem::path& what) const {
  struct stat server {};
  const bool given =
      ::stat(path_.c_str(), &server) == 0 && ::chown(what.c_str(), server.st_uid, server.st_gid) == 0;
  if (!given)
    throw std::system_error(errno, std::generic_category(),
                            "cannot give " + what.string() + " to the server's user");
}

std::string DataDirectory::copy_of_secret(const std::string& file, const std::string& name) const {
  const auto copy = path_ / name;
  copy_file(file, copy, std::filesystem::copy_options::overwrite_existing);
  using std::filesystem::perms;
  std::filesystem::permissions(copy, perms::owner_read | perms::owner_write);
  give(copy);
  return copy;
}

void DataDirectory::move(const std::string& directory, const std::filesystem::path& to) const {
  const auto from = path_ / directory;
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  give(to);
  for (const auto& each : std::filesystem::recursive_directory_iterator(to)) give(each.path());
  std::filesystem::remove_all(from);
  std::filesystem::create_directory_symlink(to, from);
}

void DataDirectory::configure(const std::string& lines) const {
  std::ofstream(path_ / "postgresql.auto.conf", std::ios::app) << lines;
}

void DataDirectory::let_in(const std::string& lines) const { std::ofstream(path_ / "pg_hba.conf") << lines; }

}  // namespace waybill::postgres::testing
