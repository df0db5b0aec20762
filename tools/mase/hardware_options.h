// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From a quantised model to a mapping and a design: what `map`, `emit` and `compile` share.
#pragma once

#include "mase/frontend/model.h"
#include "mase/hardware/map_linears.h"
#include "mase/rtl/emit.h"
#include "mase/runtime/edges.h"
#include "mase/runtime/evaluate.h"
#include "tools/mase/external_options.h"

#include <CLI/CLI.hpp>

namespace mase::cli {

struct HardwareOptions {
  std::string device, objective = "prefill", output = "mxint8";
  double share = 1, clockMhz = 0;
  std::vector<const Format *> outputs; // of each linear, null or none at all: `output`
};

/// Adds --device, --objective (or another name: compile has a search objective too), --share, --clock and
/// --output-format.
void addHardwareOptions(CLI::App &command, HardwareOptions &options, const char *objectiveName = "--objective");

/// Takes what a formats.toml says is behind linears; no name: nothing.
void readOutputs(HardwareOptions &options, const std::string &config, const Plan &plan);

/// Maps the plan's linears, read and written in the assignment's formats, but for a classifier's head, whose few
/// outputs are sums.
/// Errors  InputError when a linear's operands have no hardware, e.g. fp32; CheckError when
///         nothing fits.
MapReport mapModel(const HardwareOptions &options, const Plan &plan, const FormatAssignment &assignment);

/// Emits every linear with its mapped tile, its weights and `rows` rows of what the first text gives it.
/// Three are simulated at their mapped tile as well: the smallest, the middle and the largest of those up to 1024
/// products a cycle whose tile is not the small one anyway, so that a run takes minutes (docs/rtl.md).
/// edges  of the whole model, which is emitted too, with tiles that keep up with the mapped linears, if all of its
///        operators have hardware; a note on stderr says which has none.
/// texts  one at least: sequences that the model is recorded with
/// external  whose weights the whole model reads from outside
/// counters  whether the whole model has registers of its state and counters of its channels
/// Returns  what a reader may want to know of the external memory: a line, or nothing.
/// Errors   InputError when such a linear is asked for and there is none, or no whole model
std::string emitModel(const MapReport &map, Plan &plan, const FormatAssignment &assignment, const EdgeFormats &edges,
                      std::span<const WindowView> texts, int64_t rows, const std::string &modelName,
                      const std::filesystem::path &folder, const ExternalOptions &external = {}, bool counters = true);

/// A mapping as a person reads it: the totals, with errors, and a line of rate.
std::string describe(const MapReport &map);

} // namespace mase::cli
