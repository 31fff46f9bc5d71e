#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "waybill/postgres/codec.hpp"

namespace waybill::postgres {

/// The statements that one connection has prepared, by their text and the types of their parameters. Since
/// texts are literals, their number is bounded by the program.
class Statements {
 public:
  struct Statement {
    std::string name;
    bool prepared = false;   ///< the server has said so
    bool preparing = false;  ///< it is asked to, and has not answered yet
  };

  /// The statement, with a name of its own from the first time on. Stays where it is.
  Statement& find(std::string_view sql, std::span<const TypeId> types);

 private:
  struct View {
    std::string_view sql;
    std::span<const TypeId> types;
  };
  struct Key {
    std::string sql;
    std::vector<TypeId> types;
    operator View() const { return {sql, types}; }
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const View& view) const noexcept;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const View& left, const View& right) const noexcept;
  };

  std::unordered_map<Key, Statement, Hash, Equal> statements_;
};

}  // namespace waybill::postgres
