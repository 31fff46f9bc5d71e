#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace waybill::testkit {

/// An empty directory that is gone with this, and with it all that was put into it. Everybody may read it,
/// since servers that a test starts run as users of their own. Not thread-safe.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file in it, and says where that is.
  std::string write(const std::string& name, std::string_view content) const;
  /// Leaves it behind, for somebody to look at.
  void keep() { is_kept_ = true; }

 private:
  std::filesystem::path path_;
  bool is_kept_ = false;
};

}  // namespace waybill::testkit
