// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/report/simulate_json.h"
#include "mase/support/error.h"
#include "tools/mase/external_options.h"

#include <fmt/format.h>
#include <optional>

namespace mase::cli {

void addSimulate(CLI::App &app) {
  CLI::App *command = addCommand(app, "simulate", "Runs an emitted design in Verilator and compares every bit",
                                 {"mase simulate out/rtl", "mase simulate out/rtl --part linears --rows 4 --json"});
  struct Options {
    std::string folder;
    SimulationOptions simulation;
    MemoryOverride memory;
    std::string part = "all";
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("RTL", o->folder, "A folder that mase emit wrote")->required();
  command->add_option("--rows", o->simulation.rows, "Most vectors of each linear (default: all)")
      ->check(CLI::Range(1, 512));
  command
      ->add_option("--part", o->part,
                   "linears: each alone, on its own vectors; model: all operators joined, on the recorded tokens")
      ->check(CLI::IsMember({"all", "linears", "model"}))
      ->capture_default_str();
  command->add_option("--linear", o->simulation.linears, "Only this one; may be given again (default: all)")
      ->allow_extra_args(false);
  command->add_option("--seed", o->simulation.seed, "Of the random stalls")->capture_default_str();
  addMemoryOptions(*command, o->memory);
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    const bool wantsModel = o->part == "model" || (o->part == "all" && o->simulation.linears.empty());
    if (o->part == "model" && !o->simulation.linears.empty())
      fail("simulate: --linear chooses linears, and --part model simulates none alone");
    std::optional<SimulationResult> linears;
    std::optional<ModelSimulationResult> model;
    if (o->part != "model")
      linears = simulateDesign(o->folder, o->simulation);
    if (wantsModel && (o->part == "model" || hasModel(o->folder)))
      model = simulateModel(o->folder, {o->simulation.cache, o->simulation.seed, o->memory});
    if (o->json) {
      nlohmann::ordered_json report = linears ? toJson(*linears) : nlohmann::ordered_json::object();
      if (model)
        report["model"] = toJson(*model);
      print(report);
    } else {
      if (linears)
        fmt::print("{} operators, {} vectors, {} mismatches; {} cycles without stalls, predicted within {:.2f} %; "
                   "build {:.0f} s, run {:.0f} s\n",
                   linears->operators, linears->vectors, linears->mismatches, linears->cycles,
                   100 * worstCycleError(*linears), linears->buildSeconds, linears->runSeconds);
      if (model)
        fmt::print("the model: {} operators in {} kinds, {} tokens, {} beats, {} mismatches; {} cycles without stalls; "
                   "build {:.0f} s, run {:.0f} s\n",
                   model->operators, model->kinds, model->tokens, model->beats, model->mismatches, model->cycles,
                   model->buildSeconds, model->runSeconds);
    }
    if (linears && linears->mismatches > 0)
      throw CheckError(linears->firstDifference);
    if (model && model->mismatches > 0)
      throw CheckError(model->firstDifference);
  });
}

} // namespace mase::cli
