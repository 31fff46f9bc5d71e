#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace waybill::runtime {

/// A file with the given content, gone with its folder when the object is.
class ScratchFile {
 public:
  explicit ScratchFile(std::string_view content) {
    std::string folder = (std::filesystem::temp_directory_path() / "waybill-test-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
    folder_ = folder;
    std::ofstream(path()) << content;
  }
  ~ScratchFile() { std::filesystem::remove_all(folder_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  std::string path() const { return (folder_ / "content").string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace waybill::runtime
