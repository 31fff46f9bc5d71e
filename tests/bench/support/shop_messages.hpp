#pragma once

#include <cstddef>
#include <string>

#include "waybill/message/envelope.hpp"
#include "waybill/postgres/options.hpp"
#include "waybill/servers/test_database.hpp"

namespace waybill::bench {

/// A database of its own with the tables of outbox and inbox, and a table `effect` (text).
class MessagingDatabase {
 public:
  MessagingDatabase();
  const std::string& url() const { return database_.url(); }
  std::string sql(const std::string& statements) const { return database_.sql(statements); }
  postgres::Options options(std::size_t connections) const;

 private:
  servers::TestDatabase database_;
};

/// A command in binary, with an id of its own, that asks for an answer.
message::Envelope sample_command(const std::string& text);

/// Publishes so many commands to the queue, through the default exchange, and waits for the confirms. Their
/// texts are the numbers from 0 on.
void fill_queue(const std::string& queue, int count);

}  // namespace waybill::bench
