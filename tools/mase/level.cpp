// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/level.h"

#include "mase/formats/registry.h"
#include "mase/runtime/format_config.h"
#include "mase/support/error.h"

#include <algorithm>

namespace mase::cli {
namespace {

bool quantizes(const FormatAssignment &assignment) {
  return std::any_of(assignment.begin(), assignment.end(), [](const Format *format) { return format != &fp32(); });
}

// Law 3 of docs/design.md: such activations exist in emulation only, and the user is told. An encoder has no decode.
const FormatAssignment &noted(const FormatAssignment &assignment, const std::vector<Slot> &slots, const Model &model) {
  for (size_t i = 0; model.config().causal && i < slots.size(); ++i)
    if (slots[i].role == Role::input && assignment[i]->scaleReach() == ScaleReach::tensor) {
      fmt::print(
          stderr,
          "mase: note: inputs in '{}' share scales between tokens: emulation only, as prefill and decode differ\n",
          assignment[i]->name());
      break;
    }
  return assignment;
}

} // namespace

void addFormats(CLI::App &command, LevelOptions &options) {
  command.add_option(
      "--format", options.format,
      "One format for every weight and input of the linears, as in mxint4 (mase formats lists them); inputs "
      "have a scale a row where the format has one for the tensor");
  command.add_option("--config", options.config, "Formats of every tensor: a TOML file, as mase search writes it");
}

void addLevel(CLI::App &command, LevelOptions &options) {
  addFormats(command, options);
  command.add_option("--level", options.level, "Arithmetic: float, emulated or bit-true")
      ->check(CLI::IsMember({"float", "emulated", "bit-true"}));
}

FormatAssignment resolveLevel(const LevelOptions &options, Model &model) {
  if (!options.format.empty() && !options.config.empty())
    fail("--format and --config are both given (one of them says the formats)");
  const bool given = !options.format.empty() || !options.config.empty();
  if (options.level == "float" && given)
    fail("--level float has no formats (leave out --format and --config, or ask for --level emulated)");
  const std::vector<Slot> slots = model.slots();
  if (options.level == "float")
    return FormatAssignment(slots.size(), &fp32());
  if (!options.format.empty())
    return noted(uniformAssignment(slots, parseFormat(options.format)), slots, model);
  if (!options.config.empty())
    return noted(resolve(readFormatConfig(options.config), slots), slots, model);
  FormatAssignment assignment = model.assignment();
  if (!options.level.empty() && !quantizes(assignment))
    fail("--level {} needs formats (--format, --config, or a model that mase quantize wrote)", options.level);
  return noted(assignment, slots, model);
}

EdgeFormats resolveEdgeFormats(const LevelOptions &options, Plan &plan, const FormatAssignment &assignment,
                               std::span<const WindowView> text) {
  const bool classifies = plan.graph().values[static_cast<size_t>(plan.graph().steps.back().output)].rows == 1;
  const size_t calibrationWindows = classifies ? 64 : 4; // sentences, or windows of a text
  FormatConfig config;
  if (!options.config.empty())
    config = readFormatConfig(options.config);
  std::vector<std::span<const int32_t>> windows;
  for (const WindowView &window : text.first(std::min(text.size(), calibrationWindows)))
    windows.push_back(window.inputs);
  return resolveEdges(plan.graph(), assignment, options.config.empty() ? nullptr : &config,
                      calibrateEdges(plan, windows));
}

std::string levelName(const FormatAssignment &assignment) { return quantizes(assignment) ? "emulated" : "float"; }

} // namespace mase::cli
