#include "small_disk.hpp"

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace waybill::postgres::testing {
namespace {

constexpr std::size_t piece_bytes = 64 << 10;

}  // namespace

SmallDisk::SmallDisk(int megabytes) {
  const auto size = "size=" + std::to_string(megabytes) + "m,mode=755";
  if (::mount("tmpfs", path().c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) == 0) return;
  const std::string why = std::strerror(errno);
  throw std::runtime_error("a file system that can be full is needed, and mounting one failed (" + why +
                           "): run this test as root, in a container with CAP_SYS_ADMIN");
}

SmallDisk::~SmallDisk() {
  // A server that still runs keeps it; it is gone when the server is.
  ::umount2(path().c_str(), MNT_DETACH);
}

void SmallDisk::fill() {
  std::ofstream file(path() / "ballast", std::ios::app | std::ios::binary);
  const std::string piece(piece_bytes, 'x');
  while (file.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) continue;
}

void SmallDisk::release() { std::filesystem::remove(path() / "ballast"); }

}  // namespace waybill::postgres::testing
