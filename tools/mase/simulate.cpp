// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/report/simulate_json.h"
#include "mase/support/error.h"

#include <fmt/format.h>

namespace mase::cli {

void addSimulate(CLI::App &app) {
  CLI::App *command = addCommand(app, "simulate", "Runs an emitted design in Verilator and compares every bit",
                                 {"mase simulate out/rtl", "mase simulate out/rtl --rows 4 --json"});
  struct Options {
    std::string folder;
    SimulationOptions simulation;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("RTL", o->folder, "A folder that mase emit wrote")->required();
  command->add_option("--rows", o->simulation.rows, "Most vectors of each linear (default: all)")
      ->check(CLI::Range(1, 512));
  command->add_option("--linear", o->simulation.linears, "Only this one; may be given again (default: all)")
      ->allow_extra_args(false);
  command->add_option("--seed", o->simulation.seed, "Of the random stalls")->capture_default_str();
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    const SimulationResult result = simulateDesign(o->folder, o->simulation);
    if (o->json)
      print(toJson(result));
    else
      fmt::print("{} operators, {} vectors, {} mismatches; {} cycles without stalls, predicted within {:.2f} %; build "
                 "{:.0f} s, run {:.0f} s\n",
                 result.operators, result.vectors, result.mismatches, result.cycles, 100 * worstCycleError(result),
                 result.buildSeconds, result.runSeconds);
    if (result.mismatches > 0)
      throw CheckError(result.firstDifference);
  });
}

} // namespace mase::cli
