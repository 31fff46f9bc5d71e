#include "channels/file_sink.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <future>
#include <set>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "waybill/base/uuid_v7.hpp"
#include "waybill/runtime/file_descriptor.hpp"

namespace shop::notification {
namespace {

namespace fs = std::filesystem;
using waybill::runtime::FileDescriptor;

struct Written {
  fs::path path;  ///< what it is to be called
  FileDescriptor file;
};

/// Beside the caller's: a flush is little work and much waiting.
constexpr std::size_t flushing_threads = 7;

[[noreturn]] void fail(std::string_view what, const fs::path& path, int error = errno) {
  const auto why = std::generic_category().message(error);
  throw SinkAway("'" + path.string() + "' cannot be " + std::string(what) + ": " + why);
}

/// Of one call alone: another process may be at the same delivery, whose transaction will not be committed.
fs::path unfinished(const fs::path& path, const std::string& mark) {
  return path.parent_path() / ("." + path.filename().string() + "." + mark + ".part");
}

FileDescriptor write_file(const fs::path& path, std::string_view content) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) fail("opened for writing", path);
  while (!content.empty()) {
    const auto written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("written", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return file;
}

void flush_files(waybill::runtime::BlockingPool& helpers, std::span<const Written> files) {
  for (const auto& [path, file] : files) ::sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
  std::atomic<std::size_t> next{0};
  std::vector<int> errors(files.size(), 0);
  const auto flush = [&] {
    for (auto n = next++; n < files.size(); n = next++) {
      if (::fsync(files[n].file.get()) != 0) errors[n] = errno;
    }
  };
  std::vector<std::future<void>> helped;
  while (helped.size() + 1 < std::min(flushing_threads + 1, files.size())) {
    auto help = helpers.submit(flush);
    if (!help) break;  // busy with another channel's: it goes without
    helped.push_back(*std::move(help));
  }
  flush();
  for (auto& each : helped) each.get();
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (errors[n] != 0) fail("flushed", files[n].path, errors[n]);
  }
}

void flush_directory(const fs::path& path) {
  const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) fail("flushed", path);
}

/// What one who was killed has left; what is younger may be somebody's who is at it.
void remove_leftovers(const fs::path& directory) {
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours{1};
  for (const auto& entry : fs::directory_iterator(directory)) {
    std::error_code gone;
    const bool is_left = entry.path().extension() == ".part" && entry.last_write_time(gone) < long_ago;
    if (is_left && !gone) fs::remove(entry.path(), gone);
  }
}

}  // namespace

FileSink::FileSink(fs::path directory, std::string sender)
    : directory_(std::move(directory)),
      sender_(std::move(sender)),
      flushers_({.name = "flush", .threads = flushing_threads}) {
  try {
    for (const auto channel : channels) {
      fs::create_directories(directory_ / to_string(channel));
      remove_leftovers(directory_ / to_string(channel));
    }
  } catch (const fs::filesystem_error& error) {
    throw std::runtime_error("notification.sink_directory '" + directory_.string() +
                             "' cannot be made or written: " + error.code().message() +
                             "; name a directory that this user may make");
  }
}

void FileSink::deliver(std::span<const Delivery> deliveries) {
  const auto mark = waybill::base::new_uuid_v7().to_string();
  std::vector<Written> files;
  std::set<fs::path> directories;
  for (const auto& delivery : deliveries) {
    auto path = file_of(delivery);
    auto file = write_file(unfinished(path, mark), content_of(delivery));
    directories.insert(path.parent_path());
    files.push_back({std::move(path), std::move(file)});
  }
  flush_files(flushers_, files);
  for (const auto& [path, file] : files) {
    if (std::rename(unfinished(path, mark).c_str(), path.c_str()) != 0) fail("given its name", path);
  }
  for (const auto& each : directories) flush_directory(each);
}

fs::path FileSink::file_of(const Delivery& delivery) const {
  const auto* const ending = delivery.channel == Channel::email ? ".eml" : ".txt";
  return directory_ / to_string(delivery.channel) / (delivery.id.to_string() + ending);
}

std::string FileSink::content_of(const Delivery& delivery) const {
  return delivery.channel == Channel::email ? email_text(delivery, sender_) : plain_text(delivery);
}

}  // namespace shop::notification
