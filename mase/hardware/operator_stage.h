// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Operators as stages of the mapping: every tile that their hardware has, with its cycles, area and memory.
///
/// Nothing here knows an operator: tiles, modules, timings and area models are their folders' (hardware_operator.h,
/// operator_area.h). Cycles are those without stalls (docs/streams.md); of attention intervals are those of the last
/// row of a full context, latencies those of the mean row. Thread-safe.
#pragma once

#include "mase/hardware/mapping.h"
#include "mase/ops/hardware_operator.h"

#include <optional>
#include <span>

namespace mase {

/// An operator of the model, in the order of the data flow.
struct OperatorToMap {
  std::string name;                        // of the edge that it writes: "model.layers.0.self_attn.q_proj"
  const OperatorDescription *op = nullptr; // its constants' values matter only where parameters follow from them
  BitTrueFormats formats;
  /// The place on the path of decode: operators of one place work side by side.
  int place = 0;
  /// What it gives is cast to these as well, behind it, as others read it so.
  std::vector<const Format *> readAs;
  /// The operator before it in the list whose result, rows that grow, it reads beat by beat (scores, exponentials):
  /// both are one stage, in which as many keys go side by side. -1: none.
  int joinedTo = -1;
  /// An embedding that reads its rows out of the words of this one, later in the list: both are one stage, which has
  /// one memory, and this one's tile says what theirs is (HardwareRequest::head).
  std::optional<TiedHead> head = {};

  int64_t lastPosition() const { return op->maxRows > 0 ? op->maxRows - 1 : 0; }
};

/// What a candidate is in hardware: of each operator of the stage.
using StageTiles = std::vector<HardwareTile>;

struct OperatorStage {
  Stage stage;
  std::vector<StageTiles> tiles; // of each candidate
};

/// operators  of one stage, in order; an embedding that is tied to the last of them behind it
/// most       products a cycle of the largest tile
/// Candidates that another one beats in everything are left out; of several operators one after the other that work at
/// the same time, a candidate's interval is the slowest one's and its latency counts the slowest once.
/// Errors     InputError: no tile has hardware in these formats; nothing predicts a module's area.
OperatorStage operatorStage(std::span<const OperatorToMap> operators, int64_t most);

/// The module of an operator at a tile, without its contents; of a tied embedding at its head's tile.
HardwareModule shapeOf(const OperatorToMap &op, const HardwareTile &tile);

/// What predicts the area of an operator's module says; its memory is not in it.
/// Errors  InputError: nothing does.
Area moduleArea(const std::string &name, const HardwareModule &module);

/// Width and depth of the memory beside or inside a module that holds the model's constants; 0: none, or it is
/// another module's.
struct ModuleMemory {
  int64_t width = 0, depth = 0;
  int ports = 1; // words that are read in the same cycle
};
ModuleMemory memoryOf(const HardwareModule &module);

} // namespace mase
