#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "waybill/base/ensure.hpp"

namespace waybill::outbound {

/// Owns an easy handle.
class EasyHandle {
 public:
  EasyHandle() : handle_(curl_easy_init()) { ENSURE(handle_ != nullptr, "curl has memory for a handle"); }

  CURL* get() const { return handle_.get(); }

  template <class T>
  void set(CURLoption option, T value) {
    const auto code = curl_easy_setopt(handle_.get(), option, value);
    ENSURE(code == CURLE_OK, curl_easy_strerror(code));
  }
  void set(CURLoption option, const std::string& value) { set(option, value.c_str()); }

  template <class T>
  T info(CURLINFO which) const {
    T value{};
    const auto code = curl_easy_getinfo(handle_.get(), which, &value);
    ENSURE(code == CURLE_OK, curl_easy_strerror(code));
    return value;
  }

 private:
  struct Close {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::unique_ptr<CURL, Close> handle_;
};

/// A list of lines, as curl takes headers and recipients.
class LineList {
 public:
  void add(const std::string& line) {
    auto* longer = curl_slist_append(lines_.get(), line.c_str());
    ENSURE(longer != nullptr, "curl has memory for a line");
    static_cast<void>(lines_.release());
    lines_.reset(longer);
  }
  curl_slist* get() const { return lines_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* lines) const { curl_slist_free_all(lines); }
  };
  std::unique_ptr<curl_slist, Free> lines_;
};

}  // namespace waybill::outbound
