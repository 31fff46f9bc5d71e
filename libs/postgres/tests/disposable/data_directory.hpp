#pragma once

#include <filesystem>
#include <string>

#include "waybill/postgres/pool.hpp"

namespace waybill::postgres::testing {

/// The files of a server, and the user that it runs as.
class DataDirectory {
 public:
  /// Asks the server, which has to be up, and whose user has to be a superuser.
  explicit DataDirectory(Pool& pool);

  const std::filesystem::path& path() const { return path_; }
  /// A copy of a secret in a file that the server is willing to use; where that is.
  std::string copy_of_secret(const std::string& file, const std::string& name) const;
  /// Moves a directory of the server, which has to be down, to another place and leaves a link.
  void move(const std::string& directory, const std::filesystem::path& to) const;
  /// Adds to the server's configuration, from its next start on.
  void configure(const std::string& lines) const;
  /// Lets these lines stand alone in pg_hba.conf, from the server's next start on.
  void let_in(const std::string& lines) const;

 private:
  void give(const std::filesystem::path& what) const;
  std::filesystem::path path_;
};

}  // namespace waybill::postgres::testing
