#include "file_settings.hpp"

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "waybill/runtime/printable.hpp"
#include "waybill/runtime/text_position.hpp"

namespace waybill::runtime {
namespace {

using Json = nlohmann::json;

constexpr std::size_t deepest = 16;

/// Takes the parser's events. What nlohmann says of an error quotes the text around it, so none of that is
/// passed on.
class Reader {
 public:
  Reader(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  void read(FileSettings& into) {
    settings_ = &into;
    Json::sax_parse(LineCounting(text_.data(), &line_), LineCounting(text_.data() + text_.size(), &line_),
                    this);
  }

  bool null() { return problem("has no value: null is not one; leave the setting out instead"); }
  bool boolean(bool value) { return scalar(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) { return scalar(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) { return scalar(std::to_string(value)); }
  bool number_float(double, const std::string& written) { return scalar(written); }
  bool string(std::string& value) { return scalar(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }

  bool start_object(std::size_t) {
    if (list_) return problem("has an object in its list; it takes only texts, numbers and booleans");
    if (path_to_.size() >= deepest) return give_up("objects are nested too deeply to be settings");
    path_to_.push_back(name_);
    return true;
  }
  bool key(std::string& key) {
    key_line_ = line_;
    name_ = path_to_.back().empty() ? std::move(key) : path_to_.back() + "." + key;
    return true;
  }
  bool end_object() {
    path_to_.pop_back();
    return true;
  }

  bool start_array(std::size_t) {
    if (list_) return problem("has a list in its list; it takes only texts, numbers and booleans");
    if (path_to_.empty()) return not_an_object();
    list_.emplace();
    return true;
  }
  bool end_array() {
    if (auto list = std::exchange(list_, std::nullopt)) add(*std::move(list));
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    const auto [line, column] = position_at(text_, position == 0 ? 0 : position - 1);
    line_ = line;
    return give_up("the file is not valid JSON at column " + std::to_string(column) +
                   "; mend it there: the rest was not read");
  }

 private:
  bool scalar(std::string text) {
    if (path_to_.empty()) return not_an_object();
    if (list_) {
      list_->push_back(std::move(text));
    } else {
      add(std::move(text));
    }
    return true;
  }

  void add(Given given) {
    const auto [seen, is_new] = lines_.emplace(name_, key_line_);
    if (is_new) {
      settings_->settings.push_back({name_, std::move(given), key_line_});
    } else {
      problem("is set twice, also in line " + std::to_string(seen->second) + "; keep one of the two");
    }
  }

  /// One that concerns the setting being read; the rest of the file is read all the same, unless a list is
  /// malformed.
  bool problem(const std::string& what) {
    if (path_to_.empty()) return not_an_object();
    settings_->problems.push_back(at(key_line_) + printable(name_) + " " + what);
    if (!list_) return true;
    settings_->complete = false;
    return false;
  }
  bool not_an_object() { return give_up("the file is not a JSON object of settings"); }
  bool give_up(const std::string& what) {
    settings_->problems.push_back(at(line_) + what);
    settings_->complete = false;
    return false;
  }
  std::string at(int line) const { return path_ + ":" + std::to_string(line) + ": "; }

  std::string_view text_;
  const std::string& path_;
  FileSettings* settings_ = nullptr;
  int line_ = 1;
  int key_line_ = 1;
  std::string name_;
  std::vector<std::string> path_to_;
  std::optional<std::vector<std::string>> list_;
  std::map<std::string, int> lines_;
};

}  // namespace

FileSettings read_json_settings(std::string_view text, const std::string& path) {
  FileSettings settings;
  Reader(text, path).read(settings);
  return settings;
}

}  // namespace waybill::runtime
