#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::postgres::testing {

/// A file system of a few megabytes in memory, which is soon full. Where mounting is not permitted, making it
/// throws and says what is needed: a test of full disks that tested nothing would be worse.
class SmallDisk {
 public:
  explicit SmallDisk(int megabytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return mount_point_.path(); }
  /// Takes all the space there is, until release().
  void fill();
  void release();

 private:
  testkit::TemporaryDirectory mount_point_;
};

}  // namespace waybill::postgres::testing
