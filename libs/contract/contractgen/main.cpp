// contractgen FOLDER DESCRIPTOR_SET… -- FILE.proto…
//   writes FOLDER/FILE.contract.hpp for each file. The sets, which protoc writes with --include_imports, hold
//   the files and all that define their replies. Exit status: 0 all written; 1 something is wrong with a
//   contract, said on standard error; 2 anything else.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <vector>

#include "traits_header.hpp"

namespace {

namespace pb = google::protobuf;
namespace contractgen = waybill::contractgen;
namespace filesystem = std::filesystem;

std::string bytes_of(const filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A header that has not changed keeps its time, and nothing that includes it is compiled again.
bool write(const filesystem::path& path, const std::string& text) {
  if (bytes_of(path) == text) return true;
  std::error_code ignored;
  filesystem::create_directories(path.parent_path(), ignored);
  std::ofstream out(path, std::ios::binary);
  out << text;
  return static_cast<bool>(out.flush());
}

// What of the command line comes before the dashes, and what after.
struct Arguments {
  filesystem::path folder;
  std::vector<std::string> sets;
  std::vector<std::string> files;
};

std::optional<Arguments> arguments_of(const std::vector<std::string>& words) {
  const auto dashes = std::ranges::find(words, "--");
  if (words.size() < 4 || dashes - words.begin() < 2 || words.end() - dashes < 2) return std::nullopt;
  return Arguments{words.front(), {words.begin() + 1, dashes}, {dashes + 1, words.end()}};
}

int generate(const Arguments& arguments) {
  pb::FileDescriptorSet all;
  for (const auto& path : arguments.sets) {
    pb::FileDescriptorSet set;
    if (!set.ParseFromString(bytes_of(path)) || set.file_size() == 0) {
      std::cerr << "contractgen: '" << path << "' is no descriptor set; protoc writes one with "
                << "--descriptor_set_out and --include_imports\n";
      return 2;
    }
    all.MergeFrom(set);
  }
  int status = 0;
  for (const auto& name : arguments.files) {
    const auto file = contractgen::read_contract_file(all, name);
    for (const auto& problem : file.problems) std::cerr << problem << '\n';
    if (!file.problems.empty()) {
      status = 1;
      continue;
    }
    const auto path = arguments.folder / contractgen::traits_header_path(file.path);
    if (write(path, contractgen::traits_header(file))) continue;
    std::cerr << "contractgen: '" << path.string() << "' cannot be written\n";
    return 2;
  }
  return status;
}

}  // namespace

int main(int count, char** words) {
  const auto arguments = arguments_of({words + 1, words + count});
  if (arguments) return generate(*arguments);
  std::cerr << "Usage: contractgen FOLDER DESCRIPTOR_SET… -- FILE.proto…\n";
  return 2;
}
