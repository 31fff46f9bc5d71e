#pragma once

#include <libpq-fe.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::bench {

/// Plain libpq on one connection, with prepared statements and parameters as text.
class BareSql {
 public:
  explicit BareSql(const std::string& url);
  ~BareSql();
  BareSql(const BareSql&) = delete;
  BareSql& operator=(const BareSql&) = delete;

  void run(const std::string& sql);
  void prepare(const char* name, const char* sql);
  /// The result is the caller's, to be given to PQclear(). Rows come in binary where it is asked for.
  PGresult* execute(const char* name, std::span<const std::string> parameters, bool binary_rows = false);

  /// Between the two, what is sent is not waited for; at the end it is, and has to have succeeded.
  void enter_pipeline();
  void send(const char* name, std::span<const std::string> parameters);
  void leave_pipeline();

 private:
  [[noreturn]] void fail(const std::string& what) const;
  PGconn* connection_;
};

/// PostgreSQL's text form of an array; the values need no escape.
class ArrayText {
 public:
  void add(std::string_view value) {
    text_.append(text_.empty() ? "{\"" : ",\"").append(value).append(1, '"');
  }
  std::string take() {
    auto whole = text_.empty() ? std::string("{}") : text_ + "}";
    text_.clear();
    return whole;
  }

 private:
  std::string text_;
};

}  // namespace waybill::bench
