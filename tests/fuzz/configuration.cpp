#include "waybill/runtime/configuration.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_input.hpp"
#include "waybill/amqp/endpoint.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill {
namespace {

using namespace std::chrono_literals;
using namespace runtime;

constexpr std::string_view secret = "p4ss-w0rd-of-nobody";

enum class Level { low, high };

const Setting<Url> database =
    Setting{"db.url", form::url({"postgresql"}, form::Hosts::many), "x"}.by_default("postgresql://h/d");
const Setting<int> size = Setting{"db.size", form::integer<int>(1, 64), "x"}.by_default("8");
const Setting<std::string> key = Setting{"db.key", form::text(), "x"}.secret().by_default("none");
const Setting<bool> on = Setting{"a.on", form::flag(), "x"}.by_default("true");
const Setting<ByteCount> most =
    Setting{"a.most", form::size(ByteCount{1}, ByteCount{1 << 30}), "x"}.by_default("1KiB");
const Setting<std::chrono::milliseconds> wait =
    Setting{"a.wait", form::duration(1ms, 24h), "x"}.by_default("1s");
const Setting<std::vector<HostPort>> hosts =
    Setting{"a.hosts", form::list_of(form::host_port()), "x"}.by_default("h:1");
const Setting<Level> level =
    Setting{"a.level", form::one_of<Level>({{"low", Level::low}, {"high", Level::high}}), "x"}.by_default(
        "low");

const Schema& schema() {
  static const Schema all{Section{"D", {database, size, key}}, Section{"A", {on, most, wait, hosts, level}}};
  return all;
}

/// A file without a disk, with one content after another.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("configuration", MFD_CLOEXEC)) {
    ENSURE(descriptor_ >= 0, "a file in memory can be made");
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  void hold(const std::string& content) {
    ENSURE(ftruncate(descriptor_, 0) == 0, "it can be emptied");
    const auto bytes = static_cast<ssize_t>(content.size());
    ENSURE(pwrite(descriptor_, content.data(), content.size(), 0) == bytes, "it can be written");
  }

 private:
  int descriptor_;
};

bool shows_the_secret(const std::string& text) { return text.find(secret) != std::string::npos; }

void check_loaded(const Configuration& configuration) {
  ENSURE(configuration[size] >= 1 && configuration[size] <= 64, "a number lies within its bounds");
  ENSURE(configuration[wait] >= 1ms && configuration[wait] <= 24h, "a duration lies within its bounds");
  ENSURE(!shows_the_secret(configuration.to_table() + configuration.to_json()), "no secret is shown");
}

void check_settings(const std::string& file_text, std::map<std::string, std::string> environment) {
  static MemoryFile file;
  file.hold(file_text);
  environment["WAYBILL_DB_KEY"] = secret;
  environment["WAYBILL_DB_URL"] = "postgresql://user:" + std::string{secret} + environment["WAYBILL_DB_URL"];
  const auto loaded =
      load(schema(), {.file = Sources::File{file.path(), "--config"}, .environment = environment});
  if (loaded) return check_loaded(*loaded);
  ENSURE(!loaded.error().lines.empty(), "a refusal says why");
  ENSURE(!shows_the_secret(loaded.error().to_string()), "no refusal contains a secret");
}

void check_url(const std::string& text) {
  const auto url = Url::parse(text);
  if (!url) return;
  ENSURE(Url::parse(url->text) == url, "a URL is read as it was written");
  ENSURE(!url->hosts.empty(), "a URL has a host");
  ENSURE(amqp::parse_url(text).has_value() || !amqp::parse_url(text).error().text.empty(),
         "a refusal says why");
}

}  // namespace
}  // namespace waybill

// Lines of the input are variables' values and a URL; the rest is the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
  // An input that contains the secret tells it itself, where anyone may read it.
  if (waybill::shows_the_secret(waybill::fuzz::Input(data, length).rest())) return -1;
  waybill::fuzz::Input input(data, length);
  std::map<std::string, std::string> environment;
  for (const char* name :
       {"WAYBILL_DB_URL", "WAYBILL_DB_SIZE", "WAYBILL_A_MOST", "WAYBILL_A_WAIT", "WAYBILL_A_HOSTS"}) {
    if (auto value = input.line(); !value.empty()) environment[name] = std::move(value);
  }
  const auto url = input.line();
  waybill::check_url(url);
  waybill::check_settings(input.rest(), std::move(environment));
  return 0;
}
