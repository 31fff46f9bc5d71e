#include "temporary_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace waybill::servers {

TemporaryFile::TemporaryFile(const std::string& contents)
    : path_(std::filesystem::temp_directory_path() / "waybill-XXXXXX") {
  const int descriptor = ::mkstemp(path_.data());
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot make " + path_);
  ::close(descriptor);
  std::filesystem::permissions(path_, std::filesystem::perms{0644});
  std::ofstream{path_} << contents;
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace waybill::servers
