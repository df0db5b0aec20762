// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Operators of a model onto a device, as a report with an error beside every figure: what `mase map` does.
///
/// Every operator is a stage (operator_stage.h) of one mapping problem (mapping.h). What joins them (resizes, casts,
/// FIFOs) is known when tiles are: whoever builds the netlist adds it (mase/rtl/map_model.h).
#pragma once

#include "mase/hardware/device.h"
#include "mase/hardware/operator_area.h"
#include "mase/hardware/operator_stage.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mase {

enum class MapObjective {
  Prefill, ///< the least interval, then the fewest LUTs
  Decode,  ///< the least latency
  Area,    ///< the fewest LUTs, however slow
};

struct MapOptions {
  MapObjective objective = MapObjective::Prefill;
  double share = 1.0;       // of the device's resources, in (0, 1]
  double clockMhz = 0;      // 0: the device's
  int64_t tileLimit = 4096; // products a cycle of an operator: twice the largest sample of the linear's area model
};

/// A predicted figure and its relative error; 0 where the figure is counted, not modelled.
struct Figure {
  double value = 0, error = 0;
};

struct MappedOperator {
  std::string name, op; // of the edge; the folder
  std::string kind;     // of the module
  HardwareTile tile;
  MemoryKind memory = MemoryKind::None; // of the model's constants
  int64_t interval = 0, latency = 0;
  Area area; // memory included
  AreaError error;
};

/// What joins operators, by module: "resize" and so on; FIFOs.
struct MappedPart {
  std::string name;
  int64_t count = 0;
  Area area;
  AreaError error;
};

/// Cycles by simulation of the dataflow, beat by beat: what the hardware takes. A classifier gives a result a text, so
/// `prompt` is of a text of a full context, `interval` of two such, a token's share, `latency` of one of half a
/// context, `firstLatency` of one of a single token.
struct MapCycles {
  int64_t context = 0;      // positions
  double interval = 0;      // of a prompt of a full context: from one token's result to the next, the mean
  int64_t prompt = 0;       // of that prompt, from its first token in to its last result
  int64_t latency = 0;      // of one token alone, in the middle of a context
  int64_t firstLatency = 0; // of the first token of a sequence, alone
  bool classifies = false;
};

struct MapReport {
  std::string device;
  MapObjective objective = MapObjective::Prefill;
  double clockMhz = 0;
  Area budget;
  Figure lut, ff, dsp, bram, uram;
  Figure interval;        // cycles a token, prefill, in the mean of a full context
  Figure latency;         // cycles a token, decode, in the middle of a context
  Figure tokensPerSecond; // at clockMhz: of decode where that is the objective, else of prefill
  /// What the objective minimises: the slowest operator's interval, the sum of latencies along the critical path, the
  /// LUTs of operators; and what it is at least in any mapping.
  int64_t minimised = 0, bound = 0;
  bool exact = false; // proved optimal
  std::vector<MappedOperator> operators;
  std::vector<MappedPart> parts; // empty where operators alone are mapped
  /// Likewise, and none of a model whose dataflow says no timing. With them interval and latency are these, else the
  /// slowest operator's and the sum along the critical path.
  std::optional<MapCycles> cycles;
};

/// operators  stages of one place of the path stand one after the other
/// joints     what joins the operators takes this much of the budget
/// Errors  InputError: no operators, one without hardware, a share out of range, a clock that is not positive;
/// CheckError: nothing fits.
MapReport mapOperators(std::span<const OperatorToMap> operators, const Device &device, const MapOptions &options = {},
                       const Area &joints = {});

/// Adds parts to a report's totals.
void addParts(MapReport &report, std::vector<MappedPart> parts);
/// Sets the cycles, and the figures that follow from them.
void setCycles(MapReport &report, const MapCycles &cycles);

/// The object that `mase map --json` prints: `lut, dsp, bram, uram, interval, latency, tokens_per_second`, each
/// {"value", "error"}, and beside them device, objective, clock_mhz, budget, minimised, bound, exact, operators, parts,
/// cycles.
nlohmann::ordered_json toJson(const MapReport &report);
/// For a person: totals and rate.
std::string describe(const MapReport &report);
/// A line for operators that agree but for their layer, then what joins them, then the sum.
std::string table(const MapReport &report);
/// A line for each kind of operator, the largest first, and for what joins them.
std::string tableOfKinds(const MapReport &report);

std::string_view nameOf(MapObjective objective);

} // namespace mase
