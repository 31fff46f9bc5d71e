#include "waybill/testkit/temporary_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace waybill::testkit {

TemporaryDirectory::TemporaryDirectory() {
  auto name = (std::filesystem::temp_directory_path() / "waybill-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "cannot make " + name);
  path_ = name;
  std::filesystem::permissions(path_, std::filesystem::perms{0755});
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!is_kept_) std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, std::string_view content) const {
  const auto file = path_ / name;
  std::ofstream out(file, std::ios::binary);
  out << content << std::flush;
  if (!out) throw std::system_error(errno, std::generic_category(), "cannot write " + file.string());
  return file;
}

}  // namespace waybill::testkit
