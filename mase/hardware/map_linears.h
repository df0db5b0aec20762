// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What `mase map` does: the linear layers of a model onto a device, as a report with an error beside every figure.
///
/// Only the linear layers and their weight memories are mapped; everything else of a model (attention, norms,
/// embedding, buffers between stages) has to fit in what `share` leaves over.
#pragma once

#include "mase/hardware/device.h"
#include "mase/hardware/mapping.h"
#include "mase/ops/linear/linear_config.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mase {

/// A linear of the model, in the order of the data flow.
struct LinearToMap {
  std::string name;    // "model.layers.0.self_attn.q_proj"
  LinearConfig config; // its tile does not matter
  std::string reads;   // the value it reads; neighbours that read the same one (q, k, v) run side by side. Empty: alone
};

enum class MapObjective { Prefill, Decode };

struct MapOptions {
  MapObjective objective = MapObjective::Prefill;
  double share = 1.0;  // of the device's resources, in (0, 1]
  double clockMhz = 0; // 0: the device's
};

/// A predicted figure and its relative error; 0 where the figure is counted, not modelled.
struct Figure {
  double value = 0, error = 0;
};

struct MappedLinear {
  std::string name;
  LinearConfig config; // with the chosen tile
  MemoryKind memory = MemoryKind::None;
  int64_t interval = 0, latency = 0;
  Area area; // weight memory included
};

struct MapReport {
  std::string device;
  MapObjective objective = MapObjective::Prefill;
  double clockMhz = 0;
  Area budget;
  Figure lut, ff, dsp, bram, uram;
  Figure interval;        // cycles a token, prefill
  Figure latency;         // cycles a token, decode: the linears along the critical path
  Figure tokensPerSecond; // of the objective, at clockMhz
  int64_t bound = 0;      // what the objective minimises is at least this
  bool exact = false;     // proved optimal
  std::vector<MappedLinear> linears;
};

/// Errors  InputError: no linears, a config without hardware, a share out of range, a clock that is not positive;
/// CheckError: nothing fits.
MapReport mapLinears(const std::vector<LinearToMap> &linears, const Device &device, const MapOptions &options = {});

/// The object that `mase map --json` prints: `lut, dsp, bram, uram, interval, latency, tokens_per_second`, each
/// {"value", "error"}, and beside them device, objective, clock_mhz, budget, bound, exact and linears.
nlohmann::ordered_json toJson(const MapReport &report);

} // namespace mase
