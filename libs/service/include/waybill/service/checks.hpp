#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "waybill/amqp/options.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/service/program.hpp"

namespace waybill::service {

/// Whether the database answers, keeps commits, has a clock like ours, and has the tables. Changes nothing.
void check_database(const postgres::Options& database, std::span<const postgres::Migrations> modules,
                    const std::string& program, std::vector<CheckLine>& lines);

/// Whether the broker takes us, and has what the topology describes. Changes nothing.
void check_broker(const amqp::Options& broker, const std::optional<amqp::Topology>& topology,
                  std::vector<CheckLine>& lines);

/// Applies what is pending; a line of each step.
std::vector<std::string> migrate_database(const postgres::Options& database,
                                          std::span<const postgres::Migrations> modules);

}  // namespace waybill::service
