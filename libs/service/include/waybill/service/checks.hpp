#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "waybill/amqp/topology.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/service/broker_settings.hpp"
#include "waybill/service/program.hpp"

namespace waybill::service {

/// Whether the database answers, keeps commits, has a clock like ours, and has the tables. Changes nothing.
/// `name` is put behind the subjects of its lines, where a process has several databases.
void check_database(const postgres::Options& database, std::span<const postgres::Migrations> modules,
                    const std::string& program, std::vector<CheckLine>& lines, const std::string& name = {});

/// Whether the broker takes us, and has what the topology describes, unless that is declared at the start.
/// Changes nothing.
void check_broker(const BrokerSettings& settings, const std::optional<amqp::Topology>& topology,
                  std::vector<CheckLine>& lines);

/// Applies what is pending; a line of each step.
std::vector<std::string> migrate_database(const postgres::Options& database,
                                          std::span<const postgres::Migrations> modules);

}  // namespace waybill::service
