#pragma once

#include <filesystem>
#include <string>

#include "channels/sink.hpp"
#include "waybill/runtime/blocking_pool.hpp"

namespace shop::notification {

/// Delivers into files, for people and tests to look at: <directory>/email/<id>.eml, <directory>/sms/<id>.txt
/// and <directory>/push/<id>.txt.
///
/// Promises: a file is whole under its name or not there; the same notification makes the same file with the
/// same bytes, whatever ends in between. What the file system refuses is SinkAway. Does not promise: to
/// remove files.
class FileSink final : public Sink {
 public:
  /// Makes the directories; std::filesystem::filesystem_error where it cannot.
  FileSink(std::filesystem::path directory, std::string sender);

  void deliver(std::span<const Delivery> deliveries) override;

 private:
  std::filesystem::path file_of(const Delivery& delivery) const;
  std::string content_of(const Delivery& delivery) const;

  std::filesystem::path directory_;
  std::string sender_;
  waybill::runtime::BlockingPool flushers_;
};

}  // namespace shop::notification
