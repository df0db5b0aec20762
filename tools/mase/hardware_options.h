// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From a quantised model to a mapping and a design: what `map`, `emit` and `compile` share.
#pragma once

#include "mase/frontend/model.h"
#include "mase/rtl/emit.h"
#include "mase/rtl/map_model.h"
#include "mase/runtime/edges.h"
#include "mase/runtime/evaluate.h"
#include "tools/mase/external_options.h"

#include <CLI/CLI.hpp>

namespace mase::cli {

struct HardwareOptions {
  std::string device, objective = "prefill", output = "mxint8", part = "model";
  double share = 1, clockMhz = 0;
  int64_t tileLimit = MapOptions{}.tileLimit;
  std::vector<const Format *> outputs; // of each linear, null or none at all: `output`
};

/// Adds --device, --objective (or another name: compile has a search objective too), --map-part, --share, --clock,
/// --tile-limit and --output-format.
void addHardwareOptions(CLI::App &command, HardwareOptions &options, const char *objectiveName = "--objective");

/// Takes what a formats.toml says is behind linears; no name: nothing.
void readOutputs(HardwareOptions &options, const std::string &config, const Plan &plan);

/// A linear alone, at its mapped tile, read and written as a stream of its own.
struct MappedLinear {
  std::string name;
  LinearConfig config;
};

struct ModelMap {
  MapReport report;
  /// All linears but a classifier's head, whose few outputs are sums.
  std::vector<MappedLinear> linears;
  /// The model in integers, and the tile of each of its steps; null where some operator has no hardware: the linears
  /// alone are mapped then, and a note on stderr says why.
  std::shared_ptr<const BitTruePlan> whole;
  std::vector<HardwareTile> tiles;
};

/// Maps all operators of the plan, or with --map-part linears these alone.
/// edges   of the whole model; static scales do not matter where nothing is emitted
/// Errors  InputError when a linear's operands have no hardware, e.g. fp32; CheckError when nothing fits.
ModelMap mapModel(const HardwareOptions &options, const Plan &plan, const FormatAssignment &assignment,
                  const EdgeFormats &edges);

/// Emits every linear with its mapped tile, its weights and `rows` rows of what the first text gives it, and the whole
/// model, if it is mapped.
/// Three linears are simulated at their mapped tile as well: the smallest, the middle and the largest of those up to
/// 1024 products a cycle whose tile is not the small one anyway, so that a run takes minutes (docs/rtl.md).
/// texts  one at least: sequences that the model is recorded with
/// external  whose weights the whole model reads from outside
/// counters  whether the whole model has registers of its state and counters of its channels
/// Returns  what a reader may want to know of the external memory: a line, or nothing.
/// Errors   InputError when such a linear is asked for and there is none, or no whole model
std::string emitModel(const ModelMap &map, Plan &plan, const FormatAssignment &assignment, const EdgeFormats &edges,
                      std::span<const WindowView> texts, int64_t rows, const std::string &modelName,
                      const std::filesystem::path &folder, const ExternalOptions &external = {}, bool counters = true);

} // namespace mase::cli
