#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace waybill::bench {

/// Prints one figure as a JSON object on a line of standard output, where scripts/bench reads it.
void print_figure(std::string_view metric, std::string_view unit, double value);

/// Prints a part of what the figures are made of, which scripts/bench tells and does not judge.
void print_part(std::string_view part, std::string_view unit, double value);

/// Processor time of this process, user and system, over all its threads.
std::chrono::duration<double> cpu_used();

/// Wall seconds that `work` takes.
double seconds_of(const std::function<void()>& work);

/// The environment variable, or an end of the program that says how to set it.
std::string need_environment(const char* name);

/// Runs `ours` or `floor` as the command line asks; whatever they throw is printed and ends in status 1.
///   int main(int argc, char** argv) { return run(argc, argv, ours, floor); }
using Side = void (*)(bool quick);
int run(int argc, char** argv, Side ours, Side floor);

}  // namespace waybill::bench
