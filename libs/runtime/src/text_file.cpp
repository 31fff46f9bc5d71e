#include "waybill/runtime/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::runtime {

boost::system::result<std::string, Unfit> read_text_file(const std::string& path, std::size_t most_bytes) {
  const auto failed = [](int error) {
    return Unfit::that("cannot be read: " + std::generic_category().message(error));
  };
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failed(errno);
  std::string content;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t got = ::read(file.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) return content;
    content.append(part.data(), static_cast<std::size_t>(got));
    if (content.size() > most_bytes) {
      return Unfit::that("is larger than the " + std::to_string(most_bytes) +
                         " bytes that are read of such a file");
    }
  }
}

}  // namespace waybill::runtime
