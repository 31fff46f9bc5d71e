#pragma once

#include <string>
#include <string_view>

#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::runtime {

/// A file with the given content, gone with its folder when the object is.
class ScratchFile {
 public:
  explicit ScratchFile(std::string_view content) : path_(folder_.write("content", content)) {}

  const std::string& path() const { return path_; }

 private:
  testkit::TemporaryDirectory folder_;
  std::string path_;
};

}  // namespace waybill::runtime
