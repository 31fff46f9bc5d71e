# Run by add_migrations() at build time: writes OUTPUT, a C++ source with the SQL files of DIRECTORY as
# literals.

file(GLOB files ${DIRECTORY}/*.sql)
list(SORT files)
set(entries)
foreach(file IN LISTS files)
  cmake_path(GET file FILENAME name)
  file(READ ${file} text)
  if(text MATCHES "\\)waybill_sql\"")
    message(FATAL_ERROR "${file} holds )waybill_sql\", which ends the literal it becomes: change it")
  endif()
  string(APPEND entries "      {\"${name}\", R\"waybill_sql(${text})waybill_sql\"},\n")
endforeach()

file(WRITE ${OUTPUT} "\
#include <array>
#include <string_view>
#include <utility>

#include \"waybill/postgres/migrations.hpp\"

namespace ${NAMESPACE} {

const waybill::postgres::Migrations& migrations();

const waybill::postgres::Migrations& migrations() {
  static constexpr std::pair<std::string_view, std::string_view> files[] = {
${entries}  };
  static const auto all = waybill::postgres::make_migrations(\"${MODULE}\", files);
  return all;
}

}  // namespace ${NAMESPACE}
")
